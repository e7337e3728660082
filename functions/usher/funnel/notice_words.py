"""What a guild's admins read of conversions that are held."""

from collections.abc import Mapping
from typing import Final

from usher.funnel.model import SignalKind
from usher.funnel.notices import Notice
from usher.slash import text
from usher.slash.say import later, say, say_count

MOST_LINKS: Final = 5
"""Links that one message names."""
_AGAINST: Final[Mapping[SignalKind, str]] = {
    SignalKind.BURST: later("a burst of joins: {number}"),
    SignalKind.YOUNG: later("a very young account: {number}"),
    SignalKind.SELF: later("their own link: {number}"),
    SignalKind.FAST: later("very soon after the join: {number}"),
    SignalKind.VISITOR: later("an address and browser of several: {number}"),
}


def news(notice: Notice, waiting: int) -> str:
    """Tell what was held since it was last told of some."""
    lines = [
        say_count(
            "{number} conversion is held: it counts for nothing until somebody approves it.",
            "{number} conversions are held: they count for nothing until somebody approves them.",
            notice.held,
        )
    ]
    if notice.kinds:
        against = [
            say(_AGAINST[kind], number=f"{notice.kinds[kind]:,}")
            for kind in SignalKind
            if kind in notice.kinds
        ]
        lines.append(say("What speaks against them: {signals}.", signals=" · ".join(against)))
    if notice.taken:
        lines.append(
            say_count(
                "{number} had counted already, and was taken back.",
                "{number} had counted already, and were taken back.",
                notice.taken,
            )
        )
    if notice.links:
        lines.append(_links(sorted(notice.links)))
    if waiting != notice.held:
        lines.append(say_count("{number} waits in all.", "{number} wait in all.", waiting))
    lines.append(say("Review them with `/referral held`; `/campaign holds` says what is held."))
    return "\n".join(lines)


def reminder(waiting: int) -> str:
    """Tell that somebody still waits."""
    return say_count(
        "{number} conversion still waits for a review: `/referral held`.",
        "{number} conversions still wait for a review: `/referral held`.",
        waiting,
    )


def _links(links: list[str]) -> str:
    named = ", ".join(text.code(one) for one in links[:MOST_LINKS])
    if len(links) <= MOST_LINKS:
        return say("They came by {links}.", links=named)
    more = f"{len(links) - MOST_LINKS:,}"
    return say("They came by {links} and {more} more links.", links=named, more=more)
