"""Slowmodes and locks whose time is over, and those that were begun while an older one ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final

from usher.channels.codec import read_lock, read_server_lock, read_slowmode
from usher.channels.locks import SERVER, Draft, Outcome, hold, undo
from usher.channels.ports import ChannelDesk, done_or_gone
from usher.frozen import frozen
from usher.ids import ChannelId
from usher.invites.ports import DeskError, DeskRefusedError
from usher.slash.say import say
from usher.timing.terms import Term

OVER: Final = "Its time is over"
STILL: Final = "A newer one has begun meanwhile"


@frozen
class SlowmodeEnder:
    """Implements Ender."""

    desk: ChannelDesk

    def end(self, term: Term) -> str | None:
        """Set what was before, unless somebody has set something else meanwhile."""
        channel_id, kept = ChannelId(term.what), read_slowmode(term.held)

        def end() -> None:
            channel = self.desk.channel(channel_id)
            if channel is not None and channel.slowmode == kept.seconds:
                self.desk.slow(channel_id, kept.before, OVER)

        with _telling():
            return _sentence(done_or_gone(end), "slowmode", channel_id)

    def hold(self, term: Term) -> None:
        """Set a slowmode again."""
        with _telling():
            self.desk.slow(ChannelId(term.what), read_slowmode(term.held).seconds, STILL)


@frozen
class LockEnder:
    """Implements Ender."""

    desk: ChannelDesk

    def end(self, term: Term) -> str | None:
        """Undo a lock."""
        with _telling():
            if term.what == SERVER:
                return self._end_server(term)
            return _sentence(done_or_gone(partial(self._undo, term)), "lock", ChannelId(term.what))

    def hold(self, term: Term) -> None:
        """Lock a channel again."""
        with _telling():
            channel = None if term.what == SERVER else self.desk.channel(ChannelId(term.what))
            if channel is not None:
                _raise(hold(self.desk, Draft(term, channel, read_lock(term.held)), STILL))

    def _undo(self, term: Term) -> None:
        _raise(undo(self.desk, term, OVER))

    def _end_server(self, term: Term) -> str | None:
        return _sentence(resume(self.desk, term), "lock", None)


def resume(desk: ChannelDesk, term: Term) -> DeskError | None:
    """Let people in by invites again, unless somebody has paused them for another time."""
    paused = read_server_lock(term.held).paused_until
    if not paused:
        return None

    def end_pause() -> None:
        if desk.paused_until(term.guild_id) == datetime.fromisoformat(paused):
            desk.pause(term.guild_id, None, OVER)

    return done_or_gone(end_pause)


@contextmanager
def _telling() -> Iterator[None]:
    """Tell the door of Discord's own errors, by which it knows when to stop asking."""
    try:
        yield
    except DeskError as error:
        if error.__cause__ is None:
            raise
        raise error.__cause__ from None


def _raise(outcome: Outcome) -> None:
    if outcome.problem is not None:
        raise outcome.problem


def _sentence(problem: DeskError | None, what: str, channel_id: ChannelId | None) -> str | None:
    """Say what is refused and how to mend it; raises what may work when it is tried again."""
    if problem is None:
        return None
    if not isinstance(problem, DeskRefusedError):
        raise problem
    if channel_id is None:
        return say(
            "I cannot let people in by invites again, which I paused when the server was locked: "
            "give my role Manage Server, and I go on by myself."
        )
    where = f"<#{channel_id}>"
    if what == "slowmode":
        return say(
            "I cannot end the slowmode of {channel}, whose time is over: give my role Manage "
            "Channels there, and I go on by myself.",
            channel=where,
        )
    return say(
        "I cannot end the lock of {channel}, whose time is over: give my role Manage Permissions "
        "and what it takes there, and I go on by myself.",
        channel=where,
    )
