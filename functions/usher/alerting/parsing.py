"""Reading what the topic was told: CloudWatch's alarms, AWS Budgets, anything else. Pure.

CloudWatch user guide: Notifying users on alarm changes (schema of the notifications).
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from usher.alerting.model import Change, Facts, News, Notice, State, Turn

MOST_TEXT: Final = 1_500
"""Characters of a text that is not understood, and is shown as it is."""
ABOVE: Final = {
    "GreaterThanThreshold": "above {}",
    "GreaterThanOrEqualToThreshold": "at {} or more",
    "LessThanThreshold": "below {}",
    "LessThanOrEqualToThreshold": "at {} or less",
    "GreaterThanUpperThreshold": "above the expected band",
    "LessThanLowerThreshold": "below the expected band",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside the expected band",
}

_PAGE: Final = re.compile(r"\s*\(?(docs/[\w./-]+(?:#[\w-]+)?)\)?[.]?\s*$")
_VALUE: Final = re.compile(r"datapoints? \[(-?[\d.]+(?:E[+-]?\d+)?)")
_NO_VALUE: Final = re.compile(r"no datapoints were received", re.IGNORECASE)
_ARN: Final = re.compile(r"arn:[\w-]+:cloudwatch:([\w-]+):(\d*):alarm:(.+)")
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_BUDGET: Final = re.compile(r"^(Budget Name|Budgeted Amount|Alert Type|Alert Threshold"
                            r"|ACTUAL Amount|FORECASTED Amount): *(.+)$", re.MULTILINE)  # fmt: skip


def read_news(body: str, name: str, now: datetime) -> News:
    """Read the body of a queue's message: SNS's envelope. Never raises.

    What is neither an alarm nor a budget becomes a notice with its text. `name` and `now` are its
    id and its time where the envelope tells none.
    """
    envelope = _object(body)
    text = envelope.get("Message")
    if not isinstance(text, str):  # not from SNS: somebody's own message in the queue
        envelope, text = {}, body
    fields = _object(text)
    try:
        if "AlarmName" in fields and "NewStateValue" in fields:
            return _alarm(fields)
    except (KeyError, TypeError, ValueError, OverflowError):
        pass  # shown as it is
    return _notice(envelope, text, name, now)


def _alarm(told: Mapping[str, object]) -> Change:
    sentence, page = _described(_text(told, "AlarmDescription"))
    arn = _ARN.fullmatch(_text(told, "AlarmArn"))
    named = _text(told, "Region")
    region = arn[1] if arn else named if _REGION.fullmatch(named) else ""
    facts = Facts(sentence, page, measured(told), region, _text(told, "AWSAccountId"))
    turn = Turn(
        _time(_text(told, "StateChangeTime")),
        State(_text(told, "NewStateValue")),
        State(_text(told, "OldStateValue") or State.NO_DATA),
    )
    return Change(str(told["AlarmName"]), turn, facts)


def _described(text: str) -> tuple[str, str]:
    """Part an alarm's description into its sentence and the page of the remedy."""
    found = _PAGE.search(text)
    if found is None:
        return " ".join(text.split()), ""
    return " ".join(text[: found.start()].split()), found[1]


def measured(told: Mapping[str, object]) -> str:
    """Say what was measured and what is allowed; CloudWatch's own reason where that is unclear."""
    reason = _text(told, "NewStateReason")
    trigger = told.get("Trigger")
    if not isinstance(trigger, Mapping):
        return _composite(told, reason)
    value = _VALUE.search(reason)
    if value:
        shown = f"**{number(value[1])}**"
    elif _NO_VALUE.search(reason):
        shown = "No data came"
    else:
        return reason
    limit = ABOVE.get(str(trigger.get("ComparisonOperator")))
    allowed = f", an alarm when {limit.format(number(trigger.get('Threshold')))}" if limit else ""
    return f"{shown}{allowed}\n{_metric(trigger)}".strip()


def _composite(told: Mapping[str, object], reason: str) -> str:
    children = told.get("TriggeringChildren")
    names = [
        found[3]
        for one in (children if isinstance(children, list) else ())
        if isinstance(one, Mapping) and (found := _ARN.fullmatch(str(one.get("Arn"))))
    ]
    return f"By {', '.join(names)}" if names else reason


def _metric(trigger: Mapping[str, object]) -> str:
    name = str(trigger.get("MetricName") or _label(trigger) or "")
    statistic = trigger.get("ExtendedStatistic") or trigger.get("Statistic") or ""
    period = trigger.get("Period")
    seconds = period if isinstance(period, int | float) else 0
    of = trigger.get("EvaluationPeriods") or 1
    needed = trigger.get("DatapointsToAlarm") or of
    words = [f"{str(statistic).lower()} of {name}" if statistic and name else name]
    if seconds:
        unit = f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
        words.append(f"{needed} of {of} × {unit}" if of != 1 else unit)
    return ", ".join(word for word in words if word)


def _label(trigger: Mapping[str, object]) -> object:
    """Find the name of what a metric math alarm looks at."""
    metrics = trigger.get("Metrics")
    for one in metrics if isinstance(metrics, list) else ():
        if isinstance(one, Mapping) and one.get("ReturnData", True) in (True, "true"):
            return one.get("Label") or one.get("Expression") or one.get("Id")
    return None


def _notice(envelope: Mapping[str, object], text: str, name: str, now: datetime) -> Notice:
    try:
        at = _time(_text(envelope, "Timestamp"))
    except (ValueError, OverflowError):
        at = now
    title = _text(envelope, "Subject") or "A message to the alarm topic"
    name = _text(envelope, "MessageId") or name
    budget = dict(_BUDGET.findall(text.replace("\r", "")))
    if "Budget Name" in budget:
        title = f"Budget {budget.pop('Budget Name').strip()}"
        fields = tuple((field, value.strip()) for field, value in budget.items())
        sentence = "The costs of this account reach a limit that was set for them."
        return Notice(name, at, title, sentence, fields)
    return Notice(name, at, title, text.strip()[:MOST_TEXT])


def number(value: object) -> str:
    """Write a number without the decimals that say nothing."""
    try:
        exact = float(str(value))
    except ValueError:
        return str(value)
    return f"{exact:,.0f}" if abs(exact) >= 1e5 else f"{exact:.6g}"


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _object(text: str) -> Mapping[str, object]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
