"""Putting dead letters back into their queues, so that a crash at any moment loses none.

A letter is sent first and deleted then. Between the two it is in both queues: done twice, which
every receiver bears. What fails again comes back with a new time of sending, and is let be.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from infra.dlq.letter import Letter, is_expired
from infra.dlq.ports import Letters, Pair

HIDDEN: Final = 120
"""Seconds for which a letter in hand is nobody else's."""
SEEN_TWICE: Final = 3
"""Reads without anything new after which a queue is done."""


@dataclass(slots=True)
class Result:
    """What a redrive came to."""

    moved: int = 0
    dropped: int = 0
    expired: int = 0
    """Interactions that nobody can answer any more, left where they are."""
    left: int = 0
    """Others than those that were asked for."""
    broken_off: bool = False
    """Not all that could be moved was."""


@dataclass(frozen=True, slots=True)
class Redrive:
    """One redrive of one queue."""

    letters: Letters
    pair: Pair
    started: datetime
    ids: frozenset[str] = frozenset()
    """Only these; everything where empty."""
    drop: bool = False
    """Delete what is no use any more."""

    def run(self, progress: Callable[[], None] = lambda: None) -> Result:
        """Put back what was given up before the start; may raise the SDK's errors."""
        result, gone = Result(), set[str]()
        for letter in self._all(gone):
            if self._settle(letter, result):
                gone.add(letter.id)
            progress()
        return result

    def _all(self, gone: set[str]) -> Iterator[Letter]:
        """Read every letter once; those that are not `gone` are shown again at the end.

        Of a FIFO queue's group, those behind ten that are let be stay out of sight.
        """
        kept: dict[str, Letter] = {}
        quiet = 0
        try:
            while quiet < SEEN_TWICE:
                found = self.letters.take(self.pair, HIDDEN)
                fresh = [one for one in found if one.id not in kept]
                quiet = 0 if fresh else quiet + 1
                kept |= {one.id: one for one in found}
                yield from (one for one in fresh if one.sent_at < self.started)
        finally:
            self.letters.release(self.pair, [one for one in kept.values() if one.id not in gone])

    def _settle(self, letter: Letter, result: Result) -> bool:
        """Do what is to be done with a letter; say whether it is gone."""
        if self.ids and letter.id not in self.ids:
            result.left += 1
        elif is_expired(self.pair.name, letter, self.started):
            if self.drop:
                self.letters.delete(self.pair, letter)
                result.dropped += 1
                return True
            result.expired += 1
        else:
            self.letters.send(self.pair, letter, deduplication_id(letter))
            self.letters.delete(self.pair, letter)
            result.moved += 1
            return True
        return False


def deduplication_id(letter: Letter) -> str:
    """Name a letter's return: another than its first sending, the same if it is sent twice."""
    return sha256(f"redrive|{letter.id}".encode()).hexdigest()


def peek(letters: Letters, pair: Pair, most: int) -> Sequence[Letter]:
    """Read up to so many letters and leave them where they are, the oldest first."""
    found: dict[str, Letter] = {}
    quiet = 0
    try:
        while quiet < SEEN_TWICE and len(found) < most:
            taken = letters.take(pair, HIDDEN)
            quiet = 0 if any(one.id not in found for one in taken) else quiet + 1
            found |= {one.id: one for one in taken}
    finally:
        letters.release(pair, [*found.values()])
    return sorted(found.values(), key=lambda one: one.sent_at)[:most]
