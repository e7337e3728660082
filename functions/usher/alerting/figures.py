"""What a status report asks CloudWatch, and what the answers amount to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from usher.alerting.periods import Period, Span

type Series = Sequence[tuple[datetime, float]]
"""Values by the beginning of their step."""

CALLERS: Final = (
    *("effects", "confirmer", "command_worker", "referral_api", "integrity", "listener"),
)
"""Services that call Discord."""
STEPS: Final = {
    # CloudWatch keeps minutes for 15 days, five minutes for 63, hours for 455.
    Span.DAILY: timedelta(minutes=15),
    Span.WEEKLY: timedelta(hours=1),
    Span.MONTHLY: timedelta(hours=1),
}
DEAD: Final = "DeadLetterQueue"


@dataclass(frozen=True, slots=True)
class Query:
    """One metric, as a report wants it."""

    id: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    stat: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """What there is to ask about."""

    namespace: str
    """Of Usher's own metrics."""
    functions: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    """Dead-letter queues."""

    def queries(self) -> list[Query]:
        """List all queries of a report."""
        own = [
            ("joins", "JoinsRecorded", {"service": "event_worker"}, "Sum"),
            ("leaves", "LeavesRecorded", {"service": "event_worker"}, "Sum"),
            ("settled", "Joins", {"service": "event_worker"}, "Sum"),
            ("uncertain", "UncertainJoins", {"service": "event_worker"}, "Sum"),
            ("commands", "Interactions", {"service": "interactions"}, "Sum"),
            ("slowest", "HandlerMilliseconds", {"service": "interactions"}, "p99"),
            ("missed", "BackupsMissed", {"service": "log_backup"}, "Minimum"),
            ("age", "BackupAgeHours", {"service": "log_backup", "kind": "daily"}, "Maximum"),
            ("drift", "IntegrityDrift", {"service": "integrity"}, "Maximum"),
            *(
                (f"refused{number}", "DiscordRefusals", {"service": service}, "Sum")
                for number, service in enumerate(CALLERS)
            ),
        ]
        found = [Query(one[0], self.namespace, *one[1:]) for one in own]
        for number, name in enumerate(self.functions):
            of = {"FunctionName": name}
            found.append(Query(f"ran{number}", "AWS/Lambda", "Invocations", of, "Sum"))
            found.append(Query(f"failed{number}", "AWS/Lambda", "Errors", of, "Sum"))
        for number, name in enumerate(self.queues):
            visible = "ApproximateNumberOfMessagesVisible"
            found.append(Query(f"dead{number}", "AWS/SQS", visible, {"QueueName": name}, "Maximum"))
        return found


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a period. None where nobody measured it."""

    joins: int = 0
    leaves: int = 0
    certain: float | None = None
    """Share of the joins of which it is known who brought them, 0 to 1."""
    commands: int = 0
    slowest: float | None = None
    """Milliseconds: the 99th percentile of the handler in its slowest step."""
    invocations: int = 0
    failures: int = 0
    refusals: int = 0
    """Discord's 401, 403 and 429."""
    dead: Mapping[str, int] = field(default_factory=dict)
    """Messages in dead-letter queues at the end, by queue; those with none are left out."""
    missed: int | None = None
    """Backups that are missing, as the daily job said last."""
    age: float | None = None
    """Hours since the daily backup, as the daily job said last."""
    drift: int | None = None
    """Differences of Discord, table and ledger, as the comparison said last."""
    came: Series = ()
    went: Series = ()


def figures_of(deployed: Deployed, answers: Mapping[str, Series]) -> Figures:
    """Put answers together; what is not among them was not measured."""
    settled, uncertain = _sum(answers, "settled"), _sum(answers, "uncertain")
    functions, callers = range(len(deployed.functions)), range(len(CALLERS))
    dead = {
        _short(name): int(found)
        for number, name in enumerate(deployed.queues)
        if (found := _last(answers, f"dead{number}"))
    }
    return Figures(
        joins=int(_sum(answers, "joins")),
        leaves=int(_sum(answers, "leaves")),
        certain=1 - min(uncertain / settled, 1) if settled else None,
        commands=int(_sum(answers, "commands")),
        slowest=max((value for _, value in answers.get("slowest", ())), default=None),
        invocations=int(sum(_sum(answers, f"ran{one}") for one in functions)),
        failures=int(sum(_sum(answers, f"failed{one}") for one in functions)),
        refusals=int(sum(_sum(answers, f"refused{one}") for one in callers)),
        dead=dead,
        missed=_whole(_last(answers, "missed")),
        age=_last(answers, "age"),
        drift=_whole(_last(answers, "drift")),
        came=answers.get("joins", ()),
        went=answers.get("leaves", ()),
    )


def step_of(period: Period) -> timedelta:
    """Say how fine a period is looked at."""
    return STEPS[period.span]


def _sum(answers: Mapping[str, Series], name: str) -> float:
    return sum(value for _, value in answers.get(name, ()))


def _last(answers: Mapping[str, Series], name: str) -> float | None:
    return max(answers.get(name, ()), default=(None, None))[1]


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _short(name: str) -> str:
    """Make `events` of a queue's name, `usher-EventsDeadLetterQueue-1A2B3C`."""
    for part in name.removesuffix(".fifo").split("-"):
        if part.endswith(DEAD) and part != DEAD:
            return part.removesuffix(DEAD).lower()
    return name


def binned(series: Series, period: Period, parts: int) -> list[float]:
    """Sum a series up in so many equal parts of a period."""
    width = (period.last - period.first) / parts
    sums = [0.0] * parts
    for moment, value in series:
        place = int((moment - period.first) / width)
        if 0 <= place < parts:
            sums[place] += value
    return sums
