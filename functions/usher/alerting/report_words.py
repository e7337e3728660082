"""How a status report reads. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from usher.alerting.figures import Figures
from usher.alerting.model import Severity
from usher.alerting.periods import Period, Span
from usher.alerting.ports import Past
from usher.alerting.words import (
    AMBER,
    GREEN,
    MOST_DESCRIPTION,
    RED,
    Embed,
    Rendered,
    Wording,
    duration,
    field,
    plain,
    severity_of,
    stamp,
)

MOST_LINES: Final = 10
"""Incidents that a report names."""
CHART: Final = "status.png"

_NAMES: Final = {Span.DAILY: "Day", Span.WEEKLY: "Week", Span.MONTHLY: "Month"}


@dataclass(frozen=True, slots=True)
class Status:
    """What a report tells."""

    period: Period
    figures: Figures
    incidents: Sequence[Past]
    """Those that were on in the period, oldest first."""

    @property
    def open(self) -> int:
        """Count the incidents that are still on."""
        return sum(one.ended is None for one in self.incidents)


@dataclass(frozen=True, slots=True)
class ReportWording:
    """Puts reports into words."""

    wording: Wording
    zone: str
    """Name of the time zone of the days."""

    def report(self, status: Status, *, chart: bool) -> Rendered:
        """Write a report."""
        troubles = _troubles(status)
        color = RED if status.open else AMBER if troubles else GREEN
        embed: Embed = {
            "title": f"{_NAMES[status.period.span]} · {when(status.period)}",
            "description": "\n".join([_verdict(troubles), *self._incidents(status)]),
            "color": color,
            "fields": [field(name, text, inline=True) for name, text in _fields(status.figures)],
            "footer": {"text": f"Usher {self.wording.stage} · days of {self.zone}"},
        }
        embed["description"] = str(embed["description"])[:MOST_DESCRIPTION]
        if chart:
            embed["image"] = {"url": f"attachment://{CHART}"}
        return Rendered(embed)

    def _incidents(self, status: Status) -> list[str]:
        lines = []
        for one in status.incidents[:MOST_LINES]:
            word = "ALARM" if severity_of(one.alarm) is Severity.PAGE else "WARNING"
            lasted = "still on" if one.ended is None else duration(one.ended - one.began)
            times = f", rang {one.times} times" if one.times > 1 else ""
            name = self.wording.title(one.alarm)
            lines.append(f"{stamp(one.began, 'f')} · {word} · {name}: {lasted}{times}")
        if len(status.incidents) > MOST_LINES:
            lines.append(f"… and {len(status.incidents) - MOST_LINES} more")
        return lines


def when(period: Period) -> str:
    """Name a period: `Saturday, 28 November 2026`."""
    day = period.day
    match period.span:
        case Span.DAILY:
            return f"{day:%A}, {day.day} {day:%B %Y}"
        case Span.WEEKLY:
            last = period.until - timedelta(days=1)
            return f"{day.day} {day:%B} to {last.day} {last:%B %Y}"
        case Span.MONTHLY:
            return f"{day:%B %Y}"


def _troubles(status: Status) -> list[str]:
    """List what somebody should look at."""
    figures, found = status.figures, []
    if status.incidents:
        spans = [one.ended - one.began for one in status.incidents if one.ended is not None]
        number = len(status.incidents)
        rang = "An alarm rang" if number == 1 else f"{number} alarms rang"
        lasted = f", {duration(sum(spans, timedelta()))} in all" if spans else ""
        still = f"; {status.open} still on" if status.open else ""
        found.append(f"{rang}{lasted}{still}.")
    if waiting := sum(figures.dead.values()):
        one = waiting == 1
        found.append(
            f"{waiting} message{'' if one else 's'} {'waits' if one else 'wait'} in dead-letter "
            "queues."
        )
    if figures.missed:
        found.append("A backup is missing.")
    if figures.drift:
        found.append("Ledger, table and Discord differ.")
    return found


def _verdict(troubles: Sequence[str]) -> str:
    return " ".join(troubles) or "All was well: no alarm rang, and nothing is left over."


def _fields(figures: Figures) -> list[tuple[str, str]]:
    failed = f"{figures.failures:,} of {figures.invocations:,} runs"
    share = f" ({figures.failures / figures.invocations:.2%})" if figures.failures else ""
    commands = f"{figures.commands:,}"
    if figures.slowest is not None and figures.commands:
        commands += f", p99 at most {figures.slowest:,.0f} ms"
    dead = ", ".join(f"{plain(name)} {number:,}" for name, number in figures.dead.items())
    return [
        ("Joined", f"{figures.joins:,}"),
        ("Left", f"{figures.leaves:,}"),
        ("Known who brought them", _percent(figures.certain)),
        ("Commands", commands),
        ("Functions failed", f"{failed}{share}"),
        ("Refused by Discord", f"{figures.refusals:,}"),
        ("Dead letters", dead or "none"),
        ("Backup", _backup(figures)),
        ("Ledger and table", _drift(figures.drift)),
    ]


def _percent(share: float | None) -> str:
    if share is None:
        return "nobody to know it of"
    # 99.96 % is not "100 %": rounding down keeps a doubt visible.
    return f"{int(share * 1000) / 10:g} %"


def _backup(figures: Figures) -> str:
    if figures.missed is None:
        return "not reported"
    if figures.missed:
        return f"{figures.missed} missing"
    return "made" if figures.age is None else f"made, {figures.age:.0f} h old then"


def _drift(drift: int | None) -> str:
    if drift is None:
        return "not compared"
    if not drift:
        return "agree"
    return f"{drift:,} difference{'' if drift == 1 else 's'}"
