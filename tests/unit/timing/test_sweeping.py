"""What is due is told, a guild in one message, under an id that makes a repetition harmless."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.effects import FakeEffects
from tests.fakes.timing import FakeDueIndex
from usher.contracts.effect import CheckStanding, MendRank, decode_effect, encode_effect
from usher.contracts.observation import CodesDue, Observation
from usher.contracts.observation_codec import decode, encode
from usher.ids import GuildId
from usher.times import format_time
from usher.timing.due import Due
from usher.timing.sweeping import AGAIN, MOST_CODES, Report, Sweep

OTHER = GuildId("2")


@dataclass
class Sent:
    """Takes observations."""

    taken: list[Observation] = field(default_factory=list)

    def send(self, observation: Observation) -> None:
        self.taken.append(decode(encode(observation)))


def sweep(rows: list[Due], seconds: float = 60) -> tuple[Report, list[Observation]]:
    sent = Sent()
    return Sweep(FakeDueIndex(rows), sent, FakeEffects(), lambda: at(seconds)).run(), sent.taken


def code(name: str, seconds: float, guild: GuildId = GUILD) -> Due:
    return Due(guild, f"I#{name}", at(seconds))


def test_codes_that_are_due_are_told_to_their_guilds_oldest_first() -> None:
    rows = [code("b", 30), code("a", 40), code("x", 10, OTHER), code("later", 61)]

    report, sent = sweep(rows)

    told = {observation.guild_id: observation.events for observation in sent}
    assert told == {
        GUILD: (CodesDue(("b", "a"), at(60)),),  # type: ignore[arg-type]  # codes are text
        OTHER: (CodesDue(("x",), at(60)),),  # type: ignore[arg-type]  # codes are text
    }
    assert report == Report(told=3, latest=timedelta(seconds=50))


def test_nothing_is_told_where_nothing_is_due() -> None:
    assert sweep([code("later", 61)]) == (Report(), [])


def test_the_same_again_has_the_same_id_for_a_while_and_then_another() -> None:
    rows = [code("a", 30)]

    def id_at(seconds: float) -> str:
        [observation] = sweep(rows, seconds)[1]
        return observation.id

    # the story begins on the hour, so the first ten minutes are one round
    assert id_at(60) == id_at(120)
    assert id_at(60) != id_at(60 + AGAIN.total_seconds())
    [other] = sweep([code("a", 31)])[1]
    assert other.id != id_at(60)


def test_many_codes_are_several_messages() -> None:
    rows = [code(f"c{n:04}", n / 100) for n in range(MOST_CODES + 1)]

    _, sent = sweep(rows)

    assert [len(observation.events) for observation in sent] == [1, 1]
    assert len({observation.id for observation in sent}) == 2


def test_rows_of_an_unknown_kind_are_counted_and_left() -> None:
    report, sent = sweep([Due(GUILD, "T#ban#7", at(1))])

    assert report == Report(unknown=1, latest=timedelta(seconds=59))
    assert sent == []


def test_what_fails_is_told_by_the_next_sweep() -> None:
    class Down(Sent):
        def send(self, observation: Observation) -> None:
            raise OSError

    with pytest.raises(OSError):
        Sweep(FakeDueIndex([code("a", 1)]), Down(), FakeEffects(), lambda: at(60)).run()


def test_what_is_due_of_ranks_and_milestones_is_told_to_the_effects_function() -> None:
    # Given a member to be looked at, a problem, and what nobody knows
    rows = [Due(GUILD, "T#check#7", at(1)), Due(GUILD, "T#rank#55", at(2)), Due(GUILD, "?", at(3))]
    effects = FakeEffects()

    # When
    report = Sweep(FakeDueIndex(rows), Sent(), effects, lambda: at(60)).run()

    # Then each order names the time for which it asks
    assert (report.told, report.unknown) == (2, 1)
    check, mend = [decode_effect(encode_effect(effect)) for effect in effects.sent]
    assert isinstance(check, CheckStanding)
    assert isinstance(mend, MendRank)
    assert (check.user_id, check.due_at) == ("7", format_time(at(1)))
    assert (mend.key, mend.due_at) == ("55", format_time(at(2)))
