"""Slowmodes, for good or for a time (SPEC 7.1, 7.5)."""

from datetime import datetime
from typing import Final

from usher.channels.codec import Slowmode, read_slowmode, write_slowmode
from usher.channels.locks import order_end
from usher.channels.model import Channel
from usher.channels.ports import Tools
from usher.frozen import frozen
from usher.invites.ports import DeskError
from usher.timing.terms import Term, term_key

SLOWMODE: Final = "slowmode"


class OvertakenError(Exception):
    """Somebody else has changed it at the same moment."""


@frozen
class Wish:
    """The slowmode that is wanted."""

    channel: Channel
    seconds: int
    version: str
    until: datetime | None
    """None for good."""
    audit: str


def slow(tools: Tools, wish: Wish, now: datetime) -> int:
    """Set a slowmode; return what it will be afterwards. Raises DeskError and OvertakenError.

    What was there before is written down first. A slowmode over one that is still to end goes back
    to what was before both. One for good takes the row of one for a time: what ends that one at the
    same moment finds that it has been overtaken.
    """
    guild_id, key = wish.channel.guild_id, term_key(SLOWMODE, wish.channel.id)
    held = tools.terms.read(guild_id, key)
    begun = None if held is None or held.ended else held
    before = _before(wish, begun)
    if wish.until is None and begun is None:
        tools.desk.slow(wish.channel.id, wish.seconds, wish.audit)
        return wish.seconds
    kept = write_slowmode(Slowmode(wish.seconds, before))
    term = Term(guild_id, SLOWMODE, wish.channel.id, wish.version, wish.until, kept)
    if not tools.terms.write(term, held):
        raise OvertakenError
    try:
        tools.desk.slow(wish.channel.id, wish.seconds, wish.audit)
    except DeskError:
        # The one that is still to end goes on; of a new one nothing is left.
        tools.terms.write(_again(term, begun), term) if begun else tools.terms.end(term, now)
        raise
    order_end(tools, term, now)
    return wish.seconds if wish.until is None else before


def _before(wish: Wish, begun: Term | None) -> int:
    """Say what is to be again once it is over."""
    if begun is None:
        return wish.channel.slowmode
    kept = read_slowmode(begun.held)
    if begun.version == wish.version:
        return kept.before
    ours = begun.due_at is not None and wish.channel.slowmode == kept.seconds
    return kept.before if ours else wish.channel.slowmode


def _again(refused: Term, begun: Term) -> Term:
    version = f"{refused.version}.undone"
    return Term(begun.guild_id, SLOWMODE, begun.what, version, begun.due_at, begun.held)
