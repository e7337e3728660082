"""What was said of a history, beside its truth."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.judging.books import Books
from tests.judging.telling import observations
from tests.simulator.history import History
from tests.simulator.people import Membership
from usher.attribution.outcomes import Ambiguous, Attributed, Confidence, Kind, Outcome
from usher.ids import UserId


@dataclass
class Judgement:
    """Counts of joins, and what was wrong."""

    joins: int = 0
    certain: int = 0
    """Attributed, or known to have used no invite."""
    ambiguous: int = 0
    silent: int = 0
    """No evidence names a code, and in truth there was one."""
    unsaid: int = 0
    """No evidence names a code, and in truth there was none."""
    unseen: int = 0
    """Came and went while nobody listened."""
    gone: int = 0
    """Of those that are not certain, members whom Discord's search never told of."""
    wrong: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    """Ambiguous, and the true code is not among the candidates."""
    short: list[str] = field(default_factory=list)
    """Codes with fewer uses and inviters with less credit than in truth: allowed where Discord has
    not shown every use."""

    def add(self, other: "Judgement") -> None:
        """Count another history in."""
        for name in ("joins", "certain", "ambiguous", "silent", "unsaid", "unseen", "gone"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong += other.wrong
        self.incomplete += other.incomplete
        self.short += other.short

    @property
    def certainty(self) -> float:
        """The share of joins that are certain."""
        return self.certain / self.joins

    def row(self) -> str:
        """One line of a table."""
        return (
            f"{self.joins:8} joins  {self.certain / self.joins:8.3%} certain"
            f"  {self.ambiguous / self.joins:8.3%} ambiguous  {len(self.wrong)} wrong"
            f"  {self.joins - self.certain - self.gone} on Discord's record and not certain"
        )


def told(history: History, *, second_listener: bool = False, partial: bool = True) -> Books:
    """Tell Usher a history."""
    story = observations(history, second_listener=second_listener, partial=partial)
    return Books().take_all(story)


def judge(history: History, books: Books | None = None) -> Judgement:
    """Compare every membership's last word with the truth."""
    books = books or told(history)
    result = Judgement(wrong=list(books.faults))
    for membership in history.memberships:
        _judge(membership, books, result)
    _totals(history, books, result)
    return result


def word(books: Books, membership: Membership) -> Outcome | None:
    """The last word on a membership; None where it is not on record."""
    user, joined_at = membership.key
    return books.guild.known.get((UserId(user), joined_at))


def _judge(membership: Membership, books: Books, result: Judgement) -> None:
    user, joined_at = membership.key
    if books.records[UserId(user), joined_at] > 1:
        result.wrong.append(f"{user} was counted twice")
    outcome = word(books, membership)
    if outcome is None:
        if membership.heard is not None:
            result.wrong.append(f"{user} was lost")
        result.unseen += 1
        return
    result.joins += 1
    result.wrong += [*fault_of(membership, outcome), *_presence(membership, books)]
    if is_certain(outcome):
        result.certain += 1
        return
    result.gone += membership.told is None
    if isinstance(outcome, Ambiguous):
        result.ambiguous += 1
        if membership.code not in (None, *outcome.candidates):
            result.incomplete.append(f"{user}: {outcome} but {membership.code}")
    elif membership.code is None:
        result.unsaid += 1
    else:
        result.silent += 1


def _presence(membership: Membership, books: Books) -> Iterator[str]:
    """Where it is a member's latest: whether they are there is known, as far as it was heard."""
    user, joined_at = membership.key
    record = books.members.get(UserId(user))
    if record is None or record.joined_at != joined_at:
        return
    if membership.departure_heard and record.left_at is None:
        yield f"{user} has left, and is taken for present"
    elif membership.left is None and record.left_at is not None:
        yield f"{user} is there, and is taken for gone"


def is_certain(outcome: Outcome) -> bool:
    """Whether an outcome is a verdict."""
    if isinstance(outcome, Attributed):
        return True
    if isinstance(outcome, Ambiguous):
        return False
    return outcome.confidence is Confidence.CONFIRMED or outcome.kind is Kind.BOT


def fault_of(membership: Membership, outcome: Outcome) -> Iterator[str]:
    """What contradicts the truth."""
    right = True
    if isinstance(outcome, Attributed):
        named = outcome.inviter_id == membership.inviter
        right = named and outcome.code in (None, membership.code)
    elif is_certain(outcome):
        right = membership.code is None
    if not right:
        yield f"{membership.user} at {membership.joined}: {outcome} but {membership.code}"


def _totals(history: History, books: Books, result: Judgement) -> None:
    """Compare every inviter's credit and every code's uses with the truth."""
    inviters = Counter(one.inviter for one in history.memberships if one.inviter is not None)
    credit = {str(who): tally.tracked for who, tally in books.tallies.items()}
    uses = Counter(one.code for one in history.memberships if one.code is not None)
    counted = {str(code): state.joins for code, state in books.guild.codes.items()}
    for truth, said in ((inviters, credit), (uses, counted)):
        for name in sorted({*truth, *said}):
            number = said.get(name, 0)
            if number > truth[name]:
                result.wrong.append(f"{name} was counted {number} times of {truth[name]}")
            elif number < truth[name]:
                result.short.append(f"{name} was counted {number} times of {truth[name]}")
