"""Locking channels and threads, and undoing it (SPEC 7.1, 7.5, 7.7).

The row is written before anything is changed, so that whatever breaks off can be undone, and done
again under the same version.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from usher.channels.codec import Lock, read_lock, write_lock
from usher.channels.locking import fingerprint, locked, mention, plan, same
from usher.channels.merging import Step, Touched, applied, undone
from usher.channels.model import THREADS, Channel
from usher.channels.ports import ChannelDesk, Tools, done_or_gone
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.invites.ports import DeskError, DeskRefusedError
from usher.rewards.hierarchy import Hall
from usher.timing.terms import Term, delay, end_of, is_soon, term_key

LOCK: Final = "lock"
SERVER: Final = "server"
"""Takes a channel's place in the key of a whole server's lock."""


class Verdict(StrEnum):
    """What became of locking or unlocking a channel."""

    DONE = "done"
    ALREADY = "already"
    """It is locked already, or not locked."""
    SHUT = "shut"
    """Nobody can write there anyway."""
    REFUSED = "refused"
    """Discord does not let Usher; nothing is changed."""
    PARTLY = "partly"
    """Some of it is undone; it may be tried again."""
    GONE = "gone"
    """There is no such channel any more."""


@frozen
class Outcome:
    """What became of it, and what a member should know."""

    channel_id: ChannelId
    verdict: Verdict
    term: Term | None = None
    spared: tuple[RoleId, ...] = ()
    """Roles of staff that may still write."""
    beyond: tuple[str, ...] = ()
    """Whose say could not be taken, or not be given back: mentions."""
    problem: DeskError | None = None


@frozen
class Wish:
    """The lock that is wanted."""

    guild_id: GuildId
    version: str
    by: UserId
    reason: str
    until: datetime | None
    audit: str
    """What Discord's audit log is told."""


@frozen
class Draft:
    """A lock that is written down and is to hold now."""

    term: Term
    channel: Channel
    lock: Lock
    spared: tuple[RoleId, ...] = ()
    beyond: tuple[str, ...] = ()


def draft(
    tools: Tools, wish: Wish, channel: Channel, hall: Hall, parent: Channel | None, now: datetime
) -> Draft | Outcome:
    """Write a lock down, unless nothing is to be done."""
    key = term_key(LOCK, channel.id)
    held = tools.terms.read(wish.guild_id, key)
    if held is not None and not held.ended:
        if held.version != wish.version:
            return Outcome(channel.id, Verdict.ALREADY, held)
        order_end(tools, held, now)
        return Draft(held, channel, read_lock(held.held))
    if channel.kind in THREADS:
        planned = None
        lock = Lock(wish.by, wish.reason, thread=True)
    else:
        planned = plan(channel, hall, parent)
        if planned.missing:
            return Outcome(channel.id, Verdict.REFUSED, problem=DeskRefusedError())
        lock = _lock(wish, channel, planned.touched, parent)
    if channel.locked if planned is None else not planned.touched:
        return Outcome(channel.id, Verdict.SHUT)
    term = Term(wish.guild_id, LOCK, channel.id, wish.version, wish.until, write_lock(lock))
    if not tools.terms.write(term, held):
        return Outcome(channel.id, Verdict.ALREADY, tools.terms.read(wish.guild_id, key))
    order_end(tools, term, now)
    if planned is None:
        return Draft(term, channel, lock)
    return Draft(term, channel, lock, planned.spared, planned.beyond)


def order_end(tools: Tools, term: Term, now: datetime) -> None:
    """Order the end of what may end before a sweep sees it."""
    end = end_of(term)
    if end is not None and term.due_at is not None and is_soon(term, now):
        tools.orders.send([end], delay(term.due_at, now))


def hold(desk: ChannelDesk, one: Draft, audit: str) -> Outcome:
    """Make a lock hold in Discord; REFUSED where the channel stays open, perhaps half changed."""
    if one.lock.thread:
        problem = done_or_gone(lambda: desk.lock_thread(one.channel.id, audit, locked=True))
        verdict = Verdict.DONE if problem is None else Verdict.REFUSED
        return Outcome(one.channel.id, verdict, one.term, problem=problem)
    everyone = one.term.guild_id
    beyond = list(one.beyond)
    for touched in one.lock.touched:
        step = applied(touched, one.channel.overwrite(touched.after.id))
        problem = None if step is None else _take(desk, one.channel.id, step, audit)
        if problem is None:
            continue
        if touched.after.id == everyone:
            return Outcome(one.channel.id, Verdict.REFUSED, one.term, problem=problem)
        if not touched.gives:  # that of Usher itself is nobody else's concern
            beyond.append(mention(touched.after))
    told = tuple(dict.fromkeys(beyond))
    return Outcome(one.channel.id, Verdict.DONE, one.term, one.spared, told)


def undo(desk: ChannelDesk, term: Term, audit: str) -> Outcome:
    """Give back what a lock took, as far as nobody else has changed it meanwhile."""
    channel_id, lock = ChannelId(term.what), read_lock(term.held)
    channel = desk.channel(channel_id)
    if channel is None:
        return Outcome(channel_id, Verdict.GONE, term)
    if lock.thread:
        problem = None
        if channel.locked:
            problem = done_or_gone(lambda: desk.lock_thread(channel_id, audit, locked=False))
        verdict = Verdict.DONE if problem is None else Verdict.PARTLY
        return Outcome(channel_id, verdict, term, problem=problem)
    beyond: list[str] = []
    problem = None
    for step in _steps_back(desk, channel, lock):
        found = _take(desk, channel_id, step, audit)
        if found is not None:
            problem = found
            beyond.append(mention(step.overwrite))
    verdict = Verdict.DONE if problem is None else Verdict.PARTLY
    return Outcome(channel_id, verdict, term, beyond=tuple(beyond), problem=problem)


def _steps_back(desk: ChannelDesk, channel: Channel, lock: Lock) -> Iterable[Step]:
    """Say what undoes a lock; Usher's own say goes last.

    A channel that was synchronised with its category, and that nobody else has touched, is
    synchronised again, also with what the category has become meanwhile.
    """
    if lock.parent_id is not None and fingerprint(channel.overwrites) == lock.left:
        parent = desk.channel(lock.parent_id) if channel.parent_id == lock.parent_id else None
        if parent is not None:
            return _towards(channel, parent)
    steps = (undone(one, channel.overwrite(one.after.id)) for one in reversed(lock.touched))
    return [step for step in steps if step is not None]


def _towards(channel: Channel, parent: Channel) -> list[Step]:
    """Say what makes a channel's overwrites those of its category."""
    wanted = {one.id: one for one in parent.overwrites}
    gone = [Step(one, remove=True) for one in channel.overwrites if one.id not in wanted]
    put = [Step(one) for one in wanted.values() if channel.overwrite(one.id) != one]
    return [*put, *gone]


def _take(desk: ChannelDesk, channel_id: ChannelId, step: Step, audit: str) -> DeskError | None:
    if step.remove:
        return done_or_gone(lambda: desk.remove(channel_id, step.overwrite.id, audit))
    return done_or_gone(lambda: desk.put(channel_id, step.overwrite, audit))


def _lock(
    wish: Wish, channel: Channel, touched: tuple[Touched, ...], parent: Channel | None
) -> Lock:
    synced = parent is not None and same(channel.overwrites, parent.overwrites)
    left = fingerprint(locked(channel, touched))
    return Lock(
        wish.by,
        wish.reason,
        touched,
        parent_id=parent.id if parent is not None and synced else None,
        left=left,
    )
