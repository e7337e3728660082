"""Locks of one channel or of many: written down, made to hold, given back (SPEC 7.1, 7.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from usher.channels.codec import ServerLock, read_lock, write_server_lock
from usher.channels.endings import resume
from usher.channels.locks import (
    LOCK,
    SERVER,
    Draft,
    Outcome,
    Verdict,
    Wish,
    draft,
    hold,
    order_end,
    undo,
)
from usher.channels.model import Channel
from usher.channels.ports import Tools
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId
from usher.invites.ports import DeskError
from usher.rewards.hierarchy import Hall
from usher.timing.terms import Term, term_key

LONGEST_PAUSE: Final = timedelta(hours=24) - timedelta(minutes=1)
"""How long Discord lets a server pause invites (Discord docs: Modify Guild Incident Actions), less
what its clock may be behind."""


@frozen
class Locking:
    """Locks and unlocks."""

    tools: Tools

    def lock(
        self,
        wish: Wish,
        channels: Sequence[Channel],
        parents: Mapping[ChannelId, Channel],
        hall: Hall,
        now: datetime,
    ) -> list[Outcome]:
        """Lock channels; what became of each, in their order."""
        begun = [draft(self.tools, wish, one, hall, _parent(one, parents), now) for one in channels]
        drafts = [one for one in begun if isinstance(one, Draft)]
        held = self.tools.together(partial(self._hold, wish.audit), drafts)
        outcomes = {one.channel_id: self._settled(one, now) for one in held}
        return [one if isinstance(one, Outcome) else outcomes[one.channel.id] for one in begun]

    def unlock(self, terms: Iterable[Term], audit: str, now: datetime) -> list[Outcome]:
        """Give back what locks took; those that cannot be given back whole go on."""
        outcomes = list(self.tools.together(partial(self._undo, audit), terms))
        for one in outcomes:
            if one.term is not None and one.verdict in (Verdict.DONE, Verdict.GONE):
                self._end(one.term, audit, now)
        return outcomes

    def prolong(self, term: Term, version: str, until: datetime, now: datetime) -> bool:
        """Let a lock end at another time; False where it has just been changed."""
        later = replace(term, version=version, due_at=until, tries=0, told=False)
        if not self.tools.terms.write(later, term):
            return False
        order_end(self.tools, later, now)
        return True

    def held(self, guild_id: GuildId) -> list[Term]:
        """Read a guild's locks that are in force, the server's own apart."""
        terms = self.tools.terms.under(guild_id, LOCK)
        return [one for one in terms if not one.ended and one.what != SERVER]

    def begin_server(self, wish: Wish, now: datetime) -> Term | None:
        """Write the lock of a whole server down, and pause its invites; None where there is one."""
        last = self.tools.terms.read(wish.guild_id, term_key(LOCK, SERVER))
        if last is not None and not last.ended:
            return last if last.version == wish.version else None
        paused = min(wish.until or now + LONGEST_PAUSE, now + LONGEST_PAUSE).replace(microsecond=0)
        kept = write_server_lock(ServerLock(wish.by, wish.reason, paused.isoformat()))
        term = Term(wish.guild_id, LOCK, SERVER, wish.version, wish.until, kept)
        if not self.tools.terms.write(term, last):
            return None
        order_end(self.tools, term, now)
        return term

    def end_server(self, term: Term, now: datetime) -> DeskError | None:
        """Let people in by invites again; return what was in the way."""
        problem = resume(self.tools.desk, term)
        if problem is None:
            self.tools.terms.end(term, now)
        return problem

    def _hold(self, audit: str, one: Draft) -> Outcome:
        outcome = hold(self.tools.desk, one, audit)
        if outcome.verdict is not Verdict.REFUSED or outcome.term is None:
            return outcome
        back = self._undo(audit, outcome.term)
        return back if back.verdict is Verdict.PARTLY else outcome

    def _settled(self, one: Outcome, now: datetime) -> Outcome:
        """Of a lock that Discord refused nothing is left, but where something is half changed."""
        if one.verdict is Verdict.REFUSED and one.term is not None:
            self.tools.terms.end(one.term, now)
        return one

    def _undo(self, audit: str, term: Term) -> Outcome:
        try:
            return undo(self.tools.desk, term, audit)
        except DeskError as error:
            return Outcome(ChannelId(term.what), Verdict.PARTLY, term, problem=error)

    def _end(self, term: Term, audit: str, now: datetime) -> None:
        if self.tools.terms.end(term, now):
            return
        newer = self.tools.terms.read(term.guild_id, term.key)
        channel = self.tools.desk.channel(ChannelId(term.what))
        if channel is not None and newer is not None and not newer.ended:
            hold(self.tools.desk, Draft(newer, channel, read_lock(newer.held)), audit)


def _parent(channel: Channel, parents: Mapping[ChannelId, Channel]) -> Channel | None:
    return None if channel.parent_id is None else parents.get(channel.parent_id)
