"""However imports by names and by counts follow each other, no use is credited twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.attribution.guild import NOON, Guild, invite
from usher.attribution.facts import Fact, JoinRecorded, JoinRevised, PoolCredited
from usher.attribution.outcomes import Attributed, Outcome

CODES = {"a": "ann", "b": "bob", "c": "ann"}


@dataclass
class Town:
    """A guild with a past: who came by which code, and who of them is still there."""

    chance: Random
    guild: Guild = field(default_factory=Guild)
    uses: Counter[str] = field(default_factory=Counter)
    past: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    now: float = 0

    def __post_init__(self) -> None:
        for code in CODES:
            for n in range(self.chance.randrange(5)):
                self.uses[code] += 1
                if self.chance.random() < 0.7:
                    self.past[f"past-{code}{n}"] = code

    def look(self) -> None:
        self.now += 700
        self.guild.shown(self.now, *(invite(c, self.uses[c], by=who) for c, who in CODES.items()))

    def join(self) -> None:
        code, user = self.chance.choice([*CODES]), f"live{len(self.live)}"
        self.live[user] = code
        self.uses[code] += 1
        self.guild.joined(user, self.now + 5)
        self.look()

    def name_some(self) -> None:
        some = sorted(self.past)
        for user in self.chance.sample(some, self.chance.randint(0, len(some))):
            self._name(user)
        for user in self.chance.sample(sorted(self.live), min(1, len(self.live))):
            self._confirm(user)
        self._tell()

    def name_all(self) -> None:
        for user in self.past:
            self._name(user)
        self.guild.import_ended(self.now, by_counts=False)
        self._tell()

    def count(self) -> None:
        self.guild.import_ended(self.now, by_counts=True)
        self._tell()

    def _name(self, user: str) -> None:
        code = self.past[user]
        self.guild.imported(user, -9e6, code, inviter=CODES[code])

    def _confirm(self, user: str) -> None:
        joined_at = next(at for who, at in self.guild.state.known if who == user)
        code, when = self.live[user], (joined_at - NOON).total_seconds()
        self.guild.imported(user, when, code, inviter=CODES[code])

    def _tell(self) -> None:
        self.now += 1
        self.guild.waited(self.now)

    def credit(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for fact in self.guild.facts:
            for inviter, number in _moved(fact):
                total[inviter] += number
        return total

    def by(self, inviter: str, codes: Counter[str]) -> int:
        return sum(number for code, number in codes.items() if CODES[code] == inviter)


def _moved(fact: Fact) -> Iterator[tuple[str, int]]:
    match fact:
        case JoinRecorded(outcome=outcome):
            yield from _of(outcome, 1)
        case JoinRevised(before=before, after=after):
            yield from _of(before, -1)
            yield from _of(after, 1)
        case PoolCredited(inviter_id=inviter, delta=delta):
            yield inviter, delta


def _of(outcome: Outcome, number: int) -> Iterator[tuple[str, int]]:
    if isinstance(outcome, Attributed) and outcome.inviter_id:
        yield outcome.inviter_id, number


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from("jnNcl"), max_size=12))
def test_each_use_is_credited_once_at_most(seed: int, steps: list[str]) -> None:
    town = Town(Random(seed))  # noqa: S311 - a history, not a secret
    does = {
        "j": town.join,
        "n": town.name_some,
        "N": town.name_all,
        "c": town.count,
        "l": town.look,
    }
    if seed % 3:
        town.look()
    for step in steps:
        does[step]()

        credit = town.credit()
        for inviter in set(CODES.values()):
            assert 0 <= credit[inviter] <= town.by(inviter, town.uses), step

    town.look()
    town.name_all()

    credit = town.credit()
    present = Counter([*town.past.values(), *town.live.values()])
    for inviter in set(CODES.values()):
        lost = _lost(town, inviter)
        assert credit[inviter] == town.by(inviter, present) - lost


def _lost(town: Town, inviter: str) -> int:
    """Live joins that the guild's first look could not tell and that nobody named."""
    words = {user: town.guild.word(user) for user in town.live}
    return sum(
        CODES[code] == inviter and not isinstance(words[user], Attributed)
        for user, code in town.live.items()
    )
