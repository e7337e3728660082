"""What is due is told, a guild in one message, under an id that makes a repetition harmless."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.effects import FakeEffects
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.timing import FakeDueIndex
from usher.contracts.effect import (
    CheckStanding,
    EndDue,
    MendRank,
    TellHeld,
    decode_effect,
    encode_effect,
)
from usher.contracts.observation import CodesDue, Observation
from usher.contracts.observation_codec import decode, encode
from usher.ids import GuildId
from usher.times import format_time
from usher.timing.due import Due
from usher.timing.sweeping import AGAIN, MOST, MOST_CODES, Report, Sweep
from usher.timing.terms import AHEAD

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
    # Given a member to be looked at, a problem, conversions held, and what nobody knows
    rows = [Due(GUILD, "T#check#7", at(1)), Due(GUILD, "T#rank#55", at(2)), Due(GUILD, "?", at(3))]
    rows.append(Due(GUILD, "HOLDS", at(4)))
    effects = FakeEffects()

    # When
    report = Sweep(FakeDueIndex(rows), Sent(), effects, lambda: at(60)).run()

    # Then each order names the time for which it asks
    assert (report.told, report.unknown) == (3, 1)
    check, mend, held = [decode_effect(encode_effect(effect)) for effect in effects.sent]
    assert isinstance(check, CheckStanding)
    assert isinstance(mend, MendRank)
    assert (check.user_id, check.due_at) == ("7", format_time(at(1)))
    assert (mend.key, mend.due_at) == ("55", format_time(at(2)))
    assert held == TellHeld(held.id, GUILD, format_time(at(4)))


def term(what: str, seconds: float, guild: GuildId = GUILD) -> Due:
    return Due(guild, f"X#ban#{what}", at(seconds))


def test_what_holds_for_a_time_is_told_before_its_end_with_the_delay_that_is_left() -> None:
    effects = FakeEffects()
    ahead = 60 + AHEAD.total_seconds()
    rows = [term("past", 50), term("next", 60.2), term("edge", ahead), term("far", ahead + 1)]

    report = Sweep(FakeDueIndex(rows), Sent(), effects, lambda: at(60)).run()

    told = [decode_effect(encode_effect(effect)) for effect in effects.sent]
    assert all(isinstance(order, EndDue) for order in told)
    delays = {o.key: effects.delays[o.id] for o in told if isinstance(o, EndDue)}
    assert delays == {"X#ban#past": 0, "X#ban#next": 1, "X#ban#edge": 135}
    assert report == Report(told=3)


def test_what_is_still_to_come_is_told_once_by_a_process_and_again_when_it_is_late() -> None:
    now = [at(0)]
    effects = FakeEffects()
    index = FakeDueIndex([term("7", 100)])
    sweep = Sweep(index, Sent(), effects, lambda: now[0])

    def told(seconds: float) -> int:
        now[0] = at(seconds)
        return sweep.run().told

    assert [told(0), told(60), told(120), told(180)] == [1, 0, 1, 1]
    index.rows.append(term("8", 200))
    assert told(190) == 2
    assert Sweep(index, Sent(), effects, lambda: at(70)).run().told == 2, "another process"


def test_what_could_not_be_told_is_told_by_the_next_sweep() -> None:
    effects = FakeEffects(Fuse(at=1))
    sweep = Sweep(FakeDueIndex([term("7", 100)]), Sent(), effects, lambda: at(60))

    with pytest.raises(BrokenOffError):
        sweep.run()
    effects.fuse = Fuse()

    assert sweep.run().told == 1


def test_the_end_is_never_told_for_too_early_a_second() -> None:
    effects = FakeEffects()

    Sweep(FakeDueIndex([term("7", 61.000001)]), Sent(), effects, lambda: at(60)).run()

    assert list(effects.delays.values()) == [2]


def test_other_rows_are_told_when_they_are_due_and_not_before() -> None:
    report, sent = sweep([code("a", 61), Due(GUILD, "T#check#7", at(61))])

    assert (report, sent) == (Report(), [])


def test_no_term_waits_because_there_are_many_or_because_others_are_in_the_way() -> None:
    stuck = [Due(GUILD, f"T#rank#{n}", at(-n)) for n in range(MOST + 50)]
    rows = [*stuck, *(term(str(n), 30 + n / 100) for n in range(MOST + 50))]
    effects = FakeEffects()

    Sweep(FakeDueIndex(rows), Sent(), effects, lambda: at(60)).run()

    told = [effect.key for effect in effects.sent if isinstance(effect, EndDue)]
    assert told == [f"X#ban#{n}" for n in range(MOST + 50)]
    assert sum(isinstance(effect, MendRank) for effect in effects.sent) == MOST


def test_what_cannot_end_is_told_less_and_less_often() -> None:
    row = [term("7", 0)]

    def told_at(minute: int) -> bool:
        effects = FakeEffects()
        Sweep(FakeDueIndex(row), Sent(), effects, lambda: at(60 * minute + 1)).run()
        return bool(effects.sent)

    minutes = [minute for minute in range(46) if told_at(minute)]
    assert minutes == [0, 1, 2, 4, 8, 15, 30, 45]


def test_a_sweep_that_breaks_off_has_told_what_ends_first() -> None:
    rows = [term(str(n), n / 10) for n in range(500)]
    effects = FakeEffects(Fuse(at=250))

    with pytest.raises(BrokenOffError):
        Sweep(FakeDueIndex(rows), Sent(), effects, lambda: at(60)).run()

    told = [effect.key for effect in effects.sent if isinstance(effect, EndDue)]
    assert told == [f"X#ban#{n}" for n in range(249)]
