"""Ending terms: in Discord, and then in the table, once in effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from usher.contracts.effect import EndDue
from usher.ids import GuildId
from usher.slash.say import say
from usher.times import format_time
from usher.timing.ending import Gauge
from usher.timing.terms import Term, pause


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


class Admins(Protocol):
    """The channel in which a guild's admins hear of problems."""

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        """Post a sentence, once for an id within minutes; False where there is no such channel."""
        ...


@dataclass(frozen=True, slots=True)
class TermEndings:
    """Implements Handler."""

    terms: Terms
    enders: Mapping[str, Ender]
    """By kind."""
    admins: Admins
    gauge: Gauge
    clock: Callable[[], datetime]

    def end(self, order: EndDue) -> bool:
        """End a term if the order still speaks of it; say whether it has ended by this."""
        term = self.terms.read(order.guild_id, order.key)
        if term is None or not _speaks_of(order, term):
            return False
        ender = self.enders[term.kind]
        problem = ender.end(term)
        if problem is not None:
            self._keep(term, problem)
            return False
        if self.terms.end(term, self.clock()):
            if term.told:
                words = say("What I could not end for a while has ended now.")
                self.admins.tell(term.guild_id, _message_id(term, "ended"), words)
            return True
        newer = self.terms.read(order.guild_id, order.key)
        if newer is not None and not newer.ended and newer.version != term.version:
            ender.hold(newer)
        return False

    def _keep(self, term: Term, problem: str) -> None:
        """Try again later, and tell the admins once."""
        self.gauge.refused(term.kind)
        told = term.told or self.admins.tell(term.guild_id, _message_id(term, "kept"), problem)
        kept = replace(term, tries=term.tries + 1, told=told)
        self.terms.postpone(kept, self.clock() + pause(term.tries))


def _speaks_of(order: EndDue, term: Term) -> bool:
    same_time = term.due_at is not None and format_time(term.due_at) == order.due_at
    return same_time and order.version in (None, term.version)


def _message_id(term: Term, what: str) -> str:
    said = (what, term.guild_id, term.key, term.version)
    return sha256("|".join(said).encode()).hexdigest()[:25]
