"""Ending what holds for a time: when it is due, as it then stands, once in effect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

from usher.contracts.effect import Effect, EndDue
from usher.ids import GuildId
from usher.times import format_time
from usher.timing.terms import Term, delay, pause

PATIENCE: Final = timedelta(seconds=0.5)
"""What is early by less is waited for; anything else goes back to the queue."""


class UnknownKindError(Exception):
    """Nobody knows how to end a term of this kind."""


class Ender(Protocol):
    """Ends the terms of one kind. Methods raise DiscordError and errors of the table."""

    def end(self, term: Term) -> str | None:
        """Make Discord as it is to be without the term; doing it twice has the effect of once.

        What is gone already (404) is done. Returns None, or the sentence that tells the admins what
        Discord refuses and how to mend it.
        """
        ...

    def hold(self, term: Term) -> None:
        """Make a term hold that was written while the one before it was being ended."""
        ...


class Terms(Protocol):
    """The rows; reads are consistent. Methods may raise an error of the store."""

    def read(self, guild_id: GuildId, key: str) -> Term | None:
        """Read a term; None where there never was one."""
        ...

    def end(self, term: Term, at: datetime) -> bool:
        """Mark a term as ended; False where it no longer ends at its time."""
        ...

    def postpone(self, term: Term, at: datetime) -> bool:
        """Give a term another time, with its tries and whether it was told; False as above."""
        ...


class Orders(Protocol):
    """The effects queue."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, to be done after `delay` seconds; raises an error of the queue."""
        ...


class Admins(Protocol):
    """The channel in which a guild's admins hear of problems."""

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        """Post a sentence, once for an id within minutes; False where there is no such channel."""
        ...


class Gauge(Protocol):
    """Measures."""

    def ended(self, kind: str, late: timedelta) -> None:
        """Note how late a term ended."""
        ...

    def refused(self, kind: str) -> None:
        """Note that Discord refused to let one end."""
        ...


@dataclass(frozen=True, slots=True)
class Endings:
    """Does `EndDue`."""

    terms: Terms
    enders: Mapping[str, Ender]
    """By kind."""
    orders: Orders
    admins: Admins
    gauge: Gauge
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    def end(self, order: EndDue) -> None:
        """End a term if it is due and the order still speaks of it; raises as its parts do."""
        term = self.terms.read(order.guild_id, order.key)
        if term is None or term.due_at is None or not _speaks_of(order, term):
            return
        early = term.due_at - self.clock()
        if early > PATIENCE:
            self.orders.send([order], delay(term.due_at, self.clock()))
            return
        self.sleep(max(0.0, early.total_seconds()))
        ender = self.enders.get(term.kind)
        if ender is None:
            raise UnknownKindError(term.kind)
        problem = ender.end(term)
        if problem is not None:
            self._keep(term, problem)
            return
        now = self.clock()
        if self.terms.end(term, now):
            self.gauge.ended(term.kind, now - term.due_at)
            self._tell_end(term)
            return
        newer = self.terms.read(order.guild_id, order.key)
        if newer is not None and not newer.ended and newer.version != term.version:
            ender.hold(newer)

    def _keep(self, term: Term, problem: str) -> None:
        """Try again later, and tell the admins once."""
        self.gauge.refused(term.kind)
        told = term.told or self.admins.tell(term.guild_id, _message_id(term, "kept"), problem)
        kept = Term(
            term.guild_id,
            term.kind,
            term.what,
            term.version,
            term.due_at,
            term.held,
            tries=term.tries + 1,
            told=told,
        )
        self.terms.postpone(kept, self.clock() + pause(term.tries))

    def _tell_end(self, term: Term) -> None:
        if term.told:
            words = "What I could not end for a while has ended now."
            self.admins.tell(term.guild_id, _message_id(term, "ended"), words)


def _speaks_of(order: EndDue, term: Term) -> bool:
    same_time = term.due_at is not None and format_time(term.due_at) == order.due_at
    return same_time and order.version in (None, term.version)


def _message_id(term: Term, what: str) -> str:
    said = (what, term.guild_id, term.key, term.version)
    return sha256("|".join(said).encode()).hexdigest()[:25]
