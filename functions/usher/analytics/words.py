"""Figures in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from usher.analytics.queries import Summary
from usher.credit.queries import Standing
from usher.slash import text

MOST_GROWTH: Final = 10
"""From so many times as much on, a percentage says nothing any more."""

KINDS: Final = {
    "invite": "by invite",
    "vanity": "by the vanity link",
    "discovery": "by server discovery",
    "hub": "by a student hub",
    "api": "added by an app",
    "bot": "as bots",
    "unknown": "by a way not known",
}
CAUSES: Final = {
    "left": "by themselves",
    "kicked": "kicked",
    "banned": "banned",
    "pruned": "pruned",
    "unknown": "for a reason not known",
}


def trend(now: int, before: int | None) -> str:
    """Compare with the time before: an arrow and by how much; empty where there is none."""
    if before is None or now == before == 0:
        return ""
    if now == before:
        return " ▬ as before"
    arrow = "▲" if now > before else "▼"
    if not before or now >= MOST_GROWTH * before:
        return f" {arrow} from {before:,}"
    return f" {arrow} {abs(now - before) / before:.0%}".replace("%", " %")


def share(part: float | None) -> str:
    """Write a share so that 100 % means all and 0 % means none."""
    if part is None:
        return "no data yet"
    if 0 < part < 0.001:
        return "below 0.1 %"
    if 0.999 < part < 1:
        return "above 99.9 %"
    return f"{part:.1%}".replace(".0%", "%").replace("%", " %")


def peak(summary: Summary) -> str:
    """Name the hour of the day with most joins, as each reader's clock shows it."""
    most = max(summary.hours)
    if not most:
        return "no data yet"
    hour = summary.hours.index(most)
    start = summary.until.replace(hour=hour, minute=0, second=0, microsecond=0)
    return f"from {text.when(start, 't')} ({text.count(most, 'join')})"


def here(summary: Summary) -> str:
    """Say how many of those who joined in the span have not left."""
    if summary.here is None and summary.total.joins:
        return "see below"
    return share(summary.here)


def stayed(summary: Summary) -> str:
    """Say how many stay how long."""
    parts = [
        f"{share(one.share)} after {text.count(one.days, 'day')}"
        for one in summary.stayed
        if one.share is not None
    ]
    if not parts:
        return "Told once the first joins are a day old."
    return f"{', '.join(parts)} (of the joins of 90 days that are long enough ago)"


def kinds(summary: Summary) -> str:
    """List the ways people came."""
    return _listed(summary.kinds, KINDS)


def causes(summary: Summary) -> str:
    """List the ways people went."""
    return _listed(summary.causes, CAUSES)


def top(standings: Sequence[Standing]) -> str:
    """List inviters."""
    lines = [
        f"**{place}.** {text.user(one.user_id)}: {text.count(one.tally.effective, 'invite')}"
        for place, one in enumerate(standings, 1)
    ]
    return "\n".join(lines) or "Nobody yet."


def alt(summary: Summary, title: str) -> str:
    """Say what the chart shows."""
    if not summary.total.joins and not summary.total.leaves:
        return f"Chart of joins and leaves, {title.lower()}: nobody joined or left."
    busiest = max(summary.bars, key=lambda bar: bar.joins)
    return (
        f"Chart of joins and leaves, {title.lower()}: {summary.total.joins:,} joins and "
        f"{summary.total.leaves:,} leaves, most joins ({busiest.joins:,}) in the bar of "
        f"{busiest.start:%d %b %Y %H:%M} UTC."
    )


def _listed(numbers: Mapping[str, int], names: Mapping[str, str]) -> str:
    return " · ".join(f"{number:,} {names.get(name, name)}" for name, number in numbers.items())
