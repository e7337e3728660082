"""Whose standing is looked at after which lines, and that a crash loses none of it."""

import pytest

from tests.builders import (
    GUILD,
    changed,
    granted,
    joined,
    left,
    look,
    observe,
    recount,
    row,
    searched,
)
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.ports import GuildSettings
from usher.contracts.effect import (
    CheckStanding,
    CountReferral,
    SweepStandings,
    decode_effect,
    encode_effect,
)
from usher.contracts.observation import Observation
from usher.credit.queries import Tally
from usher.ids import UserId
from usher.rewards.owed import NOTHING, Owed, read_owed, write_owed


def worker(*, on: bool = True, room: int = 98) -> Worker:
    guilds = FakeGuilds()
    guilds.configured[GUILD] = GuildSettings(standings=on)
    return Worker(guilds=guilds, room=room)


def checks(made: Worker) -> list[UserId]:
    found = [effect.user_id for effect in made.effects.sent if isinstance(effect, CheckStanding)]
    made.effects.sent.clear()
    return found


def first() -> Observation:
    return observe(look=look(row("abc", 3), row("def", 0, "901"), seconds=0), seconds=0)


def join(user: str, seconds: float, uses: int) -> Observation:
    codes = row("abc", uses), row("def", 0, "901")
    return observe(
        joined(user, seconds), look=look(*codes, seconds=seconds + 1), seconds=seconds + 1
    )


def test_an_inviter_is_looked_at_when_who_they_brought_comes_and_goes() -> None:
    made = worker()
    made.handle(first(), join("1", 10, 4))
    assert checks(made) == ["900"]

    made.handle(observe(left("1", 30), seconds=31))
    assert checks(made) == ["900"]


def test_who_comes_back_is_looked_at_themselves() -> None:
    made = worker()
    made.handle(first(), join("1", 10, 4), observe(left("1", 30), seconds=31))
    checks(made)

    made.handle(join("1", 60, 5))

    assert checks(made) == ["900", "1"]


def test_credit_that_moves_concerns_both_and_a_grant_its_member() -> None:
    made = worker()
    made.handle(first(), join("1", 10, 4))
    checks(made)

    made.handle(observe(searched("1", 10, "def", "901"), seconds=40))
    assert sorted(checks(made)) == ["900", "901"]
    made.handle(observe(granted("77", 5, "g"), seconds=50))
    assert checks(made) == ["77"]


def test_a_verdict_concerns_whoever_brought_the_member() -> None:
    # Given somebody without an avatar, before that is a rule
    made = worker()
    made.handle(first(), join("1", 10, 4))
    made.handle(observe(changed("fake#default_avatar", "on", "f"), seconds=20))
    checks(made)

    # When past joins are judged again
    made.handle(observe(recount("1"), seconds=30))

    # Then the inviter has lost credit and is looked at
    assert isinstance(made.guilds, FakeGuilds)
    assert made.guilds.guilds[GUILD].counters[UserId("900"), "all"] == Tally(tracked=1, fake=1)
    assert checks(made) == ["900"]


def test_a_return_that_reveals_a_leave_concerns_who_brought_them_before() -> None:
    made = worker()
    made.handle(first(), join("1", 10, 4))
    checks(made)

    # When the same member comes by somebody else's code, and nobody saw them leave
    codes = row("abc", 4), row("def", 1, "901")
    made.handle(observe(joined("1", 60), look=look(*codes, seconds=61), seconds=61))

    # Then
    assert set(checks(made)) == {"900", "901", "1"}


def test_many_at_once_are_told_together() -> None:
    # Given seven who are granted invites in one observation
    made = worker()
    grants = [granted(str(100 + n), 1, f"g{n}") for n in range(7)]

    made.handle(first(), observe(*grants, seconds=50))

    # Then one message names them all
    [sweep] = [decode_effect(encode_effect(effect)) for effect in made.effects.sent]
    assert isinstance(sweep, SweepStandings)
    assert sweep.users == tuple(str(100 + n) for n in range(7))


def test_discord_s_record_that_agrees_concerns_nobody() -> None:
    made = worker()
    made.handle(first(), join("1", 10, 4))
    checks(made)

    made.handle(observe(searched("1", 10, "abc", "900"), seconds=40))

    assert checks(made) == []


def test_nobody_is_looked_at_where_neither_ranks_nor_milestones_are_on() -> None:
    made = worker(on=False)
    made.handle(first(), join("1", 10, 4))

    assert checks(made) == []


@pytest.mark.parametrize(
    ("name", "value", "retired"),
    [
        ("guild#rewards", "on", ()),
        ("guild#rank_mode", None, ()),
        ("guild#milestone_channel_id", "5", ()),
        ("rank#8", "10", ()),
        ("rank#8", None, ("8",)),
    ],
)
def test_everybody_is_looked_at_when_what_ranks_are_changes(
    name: str, value: str | None, retired: tuple[str, ...]
) -> None:
    # Given settings that are read a moment late
    made = worker(on=False)

    made.handle(first(), observe(changed(name, value, "s"), seconds=20))

    [sweep] = made.effects.sent
    assert isinstance(sweep, SweepStandings)
    assert sweep.retired == retired


@pytest.mark.parametrize(("name", "value"), [("guild#rewards", None), ("staff#1", "x")])
def test_other_settings_concern_nobody(name: str, value: str | None) -> None:
    made = worker()

    made.handle(first(), observe(changed(name, value, "s"), seconds=20))

    assert made.effects.sent == []


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("room", [98, 12])
def test_breaking_off_at_any_step_forgets_nobody(room: int, before: bool) -> None:
    burst = observe(
        *(joined(str(n), 10 + n / 10) for n in range(1, 5)),
        changed("rank#8", "10", "s"),
        look=look(row("abc", 7), row("def", 0, "901"), seconds=11),
        seconds=11,
    )
    whole = worker(room=room)
    whole.handle(first(), burst)
    wanted = {effect.id for effect in whole.effects.sent}
    assert len(wanted) == 2
    for step in range(1, whole.fuse.steps + 1):
        made = worker(room=room)
        made.burn(Fuse(at=step, before=before))
        for observation in (first(), burst):
            try:
                made.handle(observation)
            except BrokenOffError:
                made.burn(Fuse())
                made.handle(observation)

        assert {effect.id for effect in made.effects.sent} == wanted


@pytest.mark.parametrize(
    "owed",
    [NOTHING, Owed(("1",), False), Owed((), True, ("8",)), Owed(members=("7",))],  # type: ignore[arg-type]  # ids are text
)
def test_what_is_owed_survives_being_written(owed: Owed) -> None:
    assert read_owed(write_owed(owed)) == owed


def referred(*, on: bool = True) -> Worker:
    guilds = FakeGuilds()
    guilds.configured[GUILD] = GuildSettings(referrals=on)
    return Worker(guilds=guilds)


def counted(made: Worker) -> list[UserId]:
    found = [effect.user_id for effect in made.effects.sent if isinstance(effect, CountReferral)]
    made.effects.sent.clear()
    return found


def test_who_joins_or_is_found_to_have_come_otherwise_may_be_counted_for_a_link() -> None:
    made = referred()
    made.handle(first(), join("1", 10, 4))
    assert counted(made) == ["1"]

    made.handle(observe(searched("1", 10, "abc", "900"), seconds=50))
    assert counted(made) == []
    made.handle(observe(left("1", 60), seconds=61))
    assert counted(made) == ["1"]  # for how long people stay


def test_a_correction_has_the_member_looked_at_again() -> None:
    made = referred()
    made.handle(first(), join("1", 10, 4))
    counted(made)

    made.handle(observe(searched("1", 10, "def", "901"), seconds=50))

    assert counted(made) == ["1"]


def test_without_links_nobody_is_looked_at_for_them() -> None:
    made = referred(on=False)
    made.handle(first(), join("1", 10, 4))
    assert counted(made) == []


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_breaking_off_forgets_no_referral(before: bool) -> None:
    whole = referred()
    whole.handle(first(), join("1", 10, 4))
    for step in range(1, whole.fuse.steps + 1):
        made = referred()
        made.burn(Fuse(at=step, before=before))
        for observation in (first(), join("1", 10, 4)):
            try:
                made.handle(observation)
            except BrokenOffError:
                made.burn(Fuse())
                made.handle(observation)

        assert set(counted(made)) == {"1"}
