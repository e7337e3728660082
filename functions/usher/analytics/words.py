"""Figures in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from usher.analytics.queries import Summary
from usher.credit.queries import Standing
from usher.slash import text
from usher.slash.say import later, say, say_count

MOST_GROWTH: Final = 10
"""From so many times as much on, a percentage says nothing any more."""

KINDS: Final = {
    "invite": later("{number} by invite"),
    "vanity": later("{number} by the vanity link"),
    "discovery": later("{number} by server discovery"),
    "hub": later("{number} by a student hub"),
    "api": later("{number} added by an app"),
    "bot": later("{number} as bots"),
    "unknown": later("{number} by a way not known"),
}
CAUSES: Final = {
    "left": later("{number} by themselves"),
    "kicked": later("{number} kicked"),
    "banned": later("{number} banned"),
    "pruned": later("{number} pruned"),
    "unknown": later("{number} for a reason not known"),
}
OTHERWISE: Final = later("{number} otherwise")


def trend(now: int, before: int | None) -> str:
    """Compare with the time before: an arrow and by how much; empty where there is none."""
    if before is None or now == before == 0:
        return ""
    if now == before:
        return f" ▬ {say('as before')}"
    arrow = "▲" if now > before else "▼"
    if not before or now >= MOST_GROWTH * before:
        return f" {arrow} {say('from {number}', number=f'{before:,}')}"
    return f" {arrow} {abs(now - before) / before:.0%}".replace("%", " %")


def share(part: float | None) -> str:
    """Write a share so that 100 % means all and 0 % means none."""
    if part is None:
        return say("no data yet")
    if 0 < part < 0.001:
        return say("below 0.1 %")
    if 0.999 < part < 1:
        return say("above 99.9 %")
    return f"{part:.1%}".replace(".0%", "%").replace("%", " %")


def peak(summary: Summary) -> str:
    """Name the hour of the day with most joins, as each reader's clock shows it."""
    most = max(summary.hours)
    if not most:
        return say("no data yet")
    hour = summary.hours.index(most)
    start = summary.until.replace(hour=hour, minute=0, second=0, microsecond=0)
    joins = say_count("{number} join", "{number} joins", most)
    return say("from {time} ({joins})", time=text.when(start, "t"), joins=joins)


def here(summary: Summary) -> str:
    """Say how many of those who joined in the span have not left."""
    if summary.here is None and summary.total.joins:
        return say("see below")
    return share(summary.here)


def stayed(summary: Summary) -> str:
    """Say how many stay how long."""
    parts = [
        say_count(
            "{share} after {number} day",
            "{share} after {number} days",
            one.days,
            share=share(one.share),
        )
        for one in summary.stayed
        if one.share is not None
    ]
    if not parts:
        return say("Told once the first joins are a day old.")
    return say(
        "{shares} (of the joins of 90 days that are long enough ago)", shares=", ".join(parts)
    )


def kinds(summary: Summary) -> str:
    """List the ways people came."""
    return _listed(summary.kinds, KINDS)


def causes(summary: Summary) -> str:
    """List the ways people went."""
    return _listed(summary.causes, CAUSES)


def top(standings: Sequence[Standing]) -> str:
    """List inviters."""
    lines = [
        f"**{place}.** {text.user(one.user_id)}: {_invites(one.tally.effective)}"
        for place, one in enumerate(standings, 1)
    ]
    return "\n".join(lines) or say("Nobody yet.")


def alt(summary: Summary, title: str) -> str:
    """Say what the chart shows."""
    if not summary.total.joins and not summary.total.leaves:
        return say("Chart of joins and leaves, {title}: nobody joined or left.", title=title)
    busiest = max(summary.bars, key=lambda bar: bar.joins)
    return say(
        "Chart of joins and leaves, {title}: {joins} joins and {leaves} leaves, most joins "
        "({most}) in the bar of {start} UTC.",
        title=title,
        joins=f"{summary.total.joins:,}",
        leaves=f"{summary.total.leaves:,}",
        most=f"{busiest.joins:,}",
        start=f"{busiest.start:%Y-%m-%d %H:%M}",
    )


def _invites(number: int) -> str:
    return say_count("{number} invite", "{number} invites", number)


def _listed(numbers: Mapping[str, int], names: Mapping[str, str]) -> str:
    return " · ".join(
        say(names.get(name, OTHERWISE), number=f"{number:,}") for name, number in numbers.items()
    )
