"""How sure the words on joins are, and how counting compares with Discord's record. Pure.

A view over the ledger: the same lines give the same numbers (SPEC 1.12). Bots come by OAuth2 and
need no evidence; they are left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from enum import StrEnum
from typing import Final, Self

from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.ledger.lines import LATER_WORDS, Line, LineType


class Check(StrEnum):
    """What Discord's record said of a join that counting had spoken of."""

    AGREED = "agreed"
    """It named what counting had named."""
    SETTLED = "settled"
    """It chose among the candidates, or told of a join that counting had left open."""
    DISAGREED = "disagreed"
    """It named something else than counting had, or nothing of the candidates."""


CERTAIN: Final = (Confidence.DETERMINISTIC, Confidence.CONFIRMED, Confidence.EXACT)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Joins of people by the confidence of the last word on them, and checks by their result."""

    joins: Mapping[Confidence, int] = field(default_factory=dict)
    checks: Mapping[Check, int] = field(default_factory=dict)

    def __add__(self, other: Self) -> Self:
        """Sum up."""
        return replace(
            self,
            joins=_sum(self.joins, other.joins),
            checks=_sum(self.checks, other.checks),
        )

    @property
    def total(self) -> int:
        """All joins."""
        return sum(self.joins.values())

    @property
    def certain(self) -> float | None:
        """The share of joins known for sure, 0 to 1; None without joins."""
        return sum(self.joins.get(one, 0) for one in CERTAIN) / self.total if self.total else None

    @property
    def agreement(self) -> float | None:
        """The share of checked words of counting that Discord's record agrees with; None if none.

        What counting had left open it cannot have got wrong.
        """
        agreed, not_ = (self.checks.get(one, 0) for one in (Check.AGREED, Check.DISAGREED))
        return agreed / (agreed + not_) if agreed + not_ else None


def measure(lines: Iterable[Line]) -> dict[date, Accuracy]:
    """Say what lines add to the accuracy of each UTC day of joining."""
    days: dict[date, Accuracy] = {}
    for line in lines:
        for day in day_of(line):
            days[day] = days.get(day, Accuracy()) + _change(line)
    return {day: accuracy for day, accuracy in days.items() if accuracy != Accuracy()}


def day_of(line: Line) -> tuple[date, ...]:
    """Say to which day's accuracy a line counts, if to any: nobody watched imported joins."""
    if line.joined_at is None or line.word is None or line.word.kind is Kind.BOT:
        return ()
    if line.imported or (line.previous and line.previous.reason is Reason.NOT_ON_RECORD):
        return ()
    if line.type is not LineType.JOIN and line.type not in LATER_WORDS:
        return ()
    return (line.joined_at.astimezone(UTC).date(),)


def _change(line: Line) -> Accuracy:
    word, previous = line.word, line.previous
    if word is None or (line.type in LATER_WORDS and previous is None):
        return Accuracy()
    if previous is None:
        return Accuracy({word.confidence: 1})
    moved = _sum({word.confidence: 1}, {previous.confidence: -1})
    return Accuracy(moved, {check: 1} if (check := _check(line.type, previous, word)) else {})


def _check(type_: LineType, previous: Word, word: Word) -> Check | None:
    """Compare counting with Discord's record; None where the record is not what spoke."""
    if word.confidence is not Confidence.CONFIRMED or previous.method is Method.MEMBERS_SEARCH:
        return None
    if type_ is LineType.CONFIRMATION and previous.outcome is OutcomeName.ATTRIBUTED:
        return Check.AGREED
    if not previous.candidates or word.code in previous.candidates:
        return Check.SETTLED
    return Check.DISAGREED


def _sum[K](one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    names = [*one, *(name for name in other if name not in one)]
    sums = {name: one.get(name, 0) + other.get(name, 0) for name in names}
    return {name: number for name, number in sums.items() if number}
