"""Members gain and lose rank roles by their invites; what is in the way is told once and mended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD
from tests.fakes.fuse import BrokenOffError, Fuse, Meanwhile
from tests.fakes.rewards import ADMINS, OWN_ROLE, Stage, role
from usher.contracts.effect import CheckStanding, MendRank, SweepStandings
from usher.credit.queries import Tally
from usher.ids import RoleId, UserId
from usher.rewards.hierarchy import ADMINISTRATOR, Obstacle
from usher.rewards.ports import Holder
from usher.rewards.ranks import Mode, Rank
from usher.rewards.settings import RewardSettings
from usher.rewards.standing import PAGE, PENDING
from usher.times import format_time

FRIEND, HERO = RoleId("201"), RoleId("202")
RANKS = (Rank(FRIEND, 2), Rank(HERO, 5))
IDA = UserId("7")


def stage(invites: int = 0, held: tuple[str, ...] = (), **settings: object) -> Stage:
    """A guild with two ranks, and Ida with invites and roles."""
    made = Stage()
    chosen = RewardSettings(on=True, ranks=RANKS, admin_channel_id=ADMINS)
    made.rows.configured = replace(chosen, **settings)  # type: ignore[arg-type]
    made.discord.put(role(FRIEND, 10), role(HERO, 11), role("300", 12))
    made.rows.tallies[IDA] = Tally(tracked=invites)
    made.discord.members[IDA] = Holder(frozenset(RoleId(one) for one in held))
    return made


@pytest.mark.parametrize(
    ("invites", "mode", "expected"),
    [
        (1, Mode.STACK, set()),
        (2, Mode.STACK, {FRIEND}),
        (7, Mode.STACK, {FRIEND, HERO}),
        (7, Mode.HIGHEST, {HERO}),
    ],
)
def test_a_member_holds_the_roles_that_invites_earn(
    invites: int, mode: Mode, expected: set[str]
) -> None:
    made = stage(invites, mode=mode)

    made.check(IDA)

    assert made.held(IDA) == expected


def test_roles_are_lost_with_the_invites_and_others_are_let_be() -> None:
    made = stage(2, held=(FRIEND, HERO, "300"))

    made.check(IDA)

    assert made.held(IDA) == {FRIEND, "300"}


def test_the_highest_alone_is_given_before_the_lower_one_is_taken() -> None:
    made = stage(5, held=(FRIEND,), mode=Mode.HIGHEST)

    made.check(IDA)

    assert made.discord.calls == [f"+{HERO} {IDA}", f"-{FRIEND} {IDA}"]


def test_nothing_is_done_for_who_has_left_nor_where_rewards_are_off() -> None:
    gone = stage(5)
    del gone.discord.members[IDA]
    off = stage(5, on=False)

    gone.check(IDA)
    off.check(IDA)

    assert gone.discord.calls == off.discord.calls == []


def test_a_second_look_does_nothing() -> None:
    made = stage(5)
    made.check(IDA)
    done = list(made.discord.calls)

    made.check(IDA)

    assert made.discord.calls == done


def test_who_has_yet_to_accept_the_rules_is_given_roles_afterwards() -> None:
    # Given a member whom a role would let past the rules
    made = stage(2)
    made.discord.members[IDA] = Holder(frozenset(), pending=True)
    made.check(IDA)
    assert made.held(IDA) == set()

    # When they have accepted them and the clock has them looked at
    made.discord.members[IDA] = Holder(frozenset())
    made.sweep_clock(PENDING)

    # Then
    assert made.held(IDA) == {FRIEND}
    assert made.rows.appointments == {}


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (role(FRIEND, 50), Obstacle.ABOVE),
        (role(FRIEND, 60), Obstacle.ABOVE),
        (role(FRIEND, 10, managed=True), Obstacle.MANAGED),
        (role(FRIEND, 10, ADMINISTRATOR), Obstacle.DANGEROUS),
    ],
)
def test_what_is_in_the_way_of_many_is_told_once(above: object, expected: Obstacle) -> None:
    # Given a role that cannot be given, and three who have earned it
    made = stage(2)
    made.discord.put(above)  # type: ignore[arg-type]
    for user in ("8", "9"):
        made.rows.tallies[UserId(user)] = Tally(tracked=3)
        made.discord.members[UserId(user)] = Holder(frozenset())

    # When
    for user in (IDA, "8", "9", IDA):
        made.check(user)

    # Then admins are told once, and nothing was asked of Discord that it would refuse
    [told] = made.discord.said(ADMINS)
    assert f"<@&{FRIEND}>" in told
    assert made.rows.open[FRIEND].obstacle is expected
    assert made.discord.calls == []


def test_once_it_is_mended_everybody_gets_their_roles_and_admins_hear_of_it() -> None:
    # Given a role above Usher's own
    made = stage(2)
    made.discord.put(role(FRIEND, 60))
    made.rows.tallies[UserId("8")] = Tally(tracked=3)
    made.discord.members[UserId("8")] = Holder(frozenset())
    made.check(IDA)

    # When it is looked at while it lasts, and after it is moved
    for minutes in (5, 10, 20):
        made.sweep_clock(timedelta(minutes=minutes))
    assert len(made.discord.said(ADMINS)) == 1
    made.discord.put(role(FRIEND, 10))
    made.sweep_clock(timedelta(minutes=39))
    assert made.held(IDA) == set(), "not due yet"
    made.sweep_clock(timedelta(minutes=1))

    # Then
    assert made.held(IDA) == made.held("8") == {FRIEND}
    [_, mended] = made.discord.said(ADMINS)
    assert "again" in mended
    assert made.rows.open == {}


def test_a_role_that_can_be_given_again_shows_that_it_is_mended() -> None:
    # Given a problem that is to be looked at in five minutes
    made = stage(2)
    made.discord.put(role(FRIEND, 60))
    made.check(IDA)

    # When it is mended and somebody is looked at before that
    made.discord.put(role(FRIEND, 10))
    made.check(IDA)
    made.sweep_clock(timedelta(minutes=1))

    # Then admins hear of it at once
    assert made.rows.open == {}
    assert "again" in made.discord.said(ADMINS)[1]


def test_the_same_problem_later_is_told_anew() -> None:
    made = stage(2)
    for _ in range(2):
        made.discord.put(role(FRIEND, 60))
        made.check(IDA)
        made.discord.put(role(FRIEND, 10))
        made.sweep_clock(timedelta(minutes=5))
        made.discord.members[IDA] = Holder(frozenset())

    assert len(made.discord.said(ADMINS)) == 4


def test_a_missing_permission_is_one_problem_for_all_roles() -> None:
    made = stage(5)
    made.discord.put(role(OWN_ROLE, 50, 0, managed=True))

    made.check(IDA)
    assert len(made.discord.said(ADMINS)) == 1
    made.discord.put(role(OWN_ROLE, 50, ADMINISTRATOR, managed=True))
    made.sweep_clock(timedelta(minutes=5))

    assert made.held(IDA) == {FRIEND, HERO}
    assert "Manage Roles" in made.discord.said(ADMINS)[0]


def test_a_deleted_role_is_told_and_forgotten_with_its_rank() -> None:
    made = stage(2)
    del made.discord.roles[FRIEND]
    made.check(IDA)
    [told] = made.discord.said(ADMINS)
    assert "deleted" in told

    made.rows.configured = replace(made.rows.configured, ranks=RANKS[1:])
    made.sweep_clock(timedelta(minutes=5))

    assert made.rows.open == {}
    assert len(made.discord.said(ADMINS)) == 1


def test_a_refusal_just_after_a_role_was_moved_is_told_by_its_reason() -> None:
    # Given a role that was dragged above Usher's own a second ago
    made = stage(2)
    made.discord.put(role(FRIEND, 60))
    made.discord.remembered = {FRIEND: role(FRIEND, 10)}
    made.discord.refusing = True

    # When
    made.check(IDA)

    # Then
    assert made.rows.open[FRIEND].obstacle is Obstacle.ABOVE
    assert "drag my role above it" in made.discord.said(ADMINS)[0]


def test_what_discord_refuses_all_the_same_is_tried_for_one_member_until_it_works() -> None:
    made = stage(2)
    made.discord.refusing = True
    made.rows.tallies[UserId("8")] = Tally(tracked=3)
    made.discord.members[UserId("8")] = Holder(frozenset())

    made.check(IDA)
    made.check("8")
    made.sweep_clock(timedelta(minutes=5))
    assert made.discord.calls == [f"+{FRIEND} {IDA}"] * 2
    made.discord.refusing = False
    made.sweep_clock(timedelta(minutes=10))

    assert made.held(IDA) == made.held("8") == {FRIEND}
    assert len(made.discord.said(ADMINS)) == 2


def test_without_a_channel_it_is_told_once_there_is_one() -> None:
    made = stage(2, admin_channel_id=None)
    made.discord.put(role(FRIEND, 60))
    made.check(IDA)
    assert made.discord.messages == {}

    made.rows.configured = replace(made.rows.configured, admin_channel_id=ADMINS)
    made.sweep_clock(timedelta(minutes=5))
    made.sweep_clock(timedelta(minutes=10))

    assert len(made.discord.said(ADMINS)) == 1


def test_a_role_that_is_no_rank_any_more_is_taken_from_everybody() -> None:
    # Given more members than a page holds, all with a role that is no rank any more
    made = stage(9, held=(FRIEND, HERO, "300"), ranks=RANKS[1:])
    for number in range(PAGE + 5):
        user = UserId(str(1000 + number))
        made.rows.tallies[user] = Tally(tracked=1)
        made.discord.members[user] = Holder(frozenset({FRIEND}))

    # When
    made.do(SweepStandings("s", GUILD, retired=(FRIEND,)))
    made.settle()

    # Then
    assert made.held(IDA) == {HERO, "300"}
    assert not any(FRIEND in member.roles for member in made.discord.members.values())
    assert any(made.orders.delays), "pages come apart in time"


def test_members_who_are_named_are_looked_at_alone() -> None:
    made = stage(5)
    made.rows.tallies[UserId("8")] = Tally(tracked=5)
    made.discord.members[UserId("8")] = Holder(frozenset())

    made.do(SweepStandings("s", GUILD, users=(IDA,)))
    made.settle()

    assert (made.held(IDA), made.held("8")) == ({FRIEND, HERO}, set())


def test_a_rank_that_is_back_before_it_was_taken_stays() -> None:
    made = stage(2, held=(FRIEND,))

    made.check(IDA, retired=(FRIEND,))

    assert made.held(IDA) == {FRIEND}


def test_an_order_of_the_clock_that_was_dealt_with_does_nothing() -> None:
    made = stage(2)
    made.discord.put(role(FRIEND, 60))
    made.check(IDA)
    made.discord.put(role(FRIEND, 10))

    made.do(MendRank("m", GUILD, FRIEND, "2026-11-20T11:00:00.000000Z"))
    made.do(CheckStanding("c", GUILD, IDA, due_at="2026-11-20T11:00:00.000000Z"))

    assert made.held(IDA) == set()
    assert FRIEND in made.rows.open


def test_a_server_that_usher_has_left_is_let_be() -> None:
    made = stage(2)
    made.discord.put(role(FRIEND, 60))
    made.check(IDA)
    made.discord.inside = False

    made.sweep_clock(timedelta(minutes=5))

    assert made.rows.open == {}


def test_in_place_of_a_role_that_cannot_be_given_a_lower_one_is_kept() -> None:
    made = stage(5, held=(FRIEND, "300"), mode=Mode.HIGHEST)
    made.discord.put(role(HERO, 60))

    made.check(IDA)
    assert made.held(IDA) == {FRIEND, "300"}
    made.discord.put(role(HERO, 11))
    made.sweep_clock(timedelta(minutes=5))

    assert made.held(IDA) == {HERO, "300"}


def test_invites_that_change_during_a_look_leave_the_roles_that_are_due_then() -> None:
    # Given a look that gives a role, and at one of its steps invites lost and looked at elsewhere
    whole = stage(2)
    whole.check(IDA)
    for before in (True, False):
        for step in range(1, whole.fuse.steps + 1):
            made = stage(2)

            def elsewhere(made: Stage = made) -> None:
                made.fuse = Fuse()
                made.rows.tallies[IDA] = Tally(tracked=2, left=1)
                made.check(IDA)

            made.fuse = Meanwhile(at=step, before=before, happens=elsewhere)

            made.check(IDA)

            # Then the last word is that of the counters
            assert made.held(IDA) == set(), (step, before)


def story(made: Stage, retry: bool) -> int:
    """One who earns two roles, one of them in the way until it is mended; return the crashes."""
    crashes = 0

    def do(effect: CheckStanding | MendRank | SweepStandings) -> None:
        nonlocal crashes
        while True:
            try:
                made.do(effect)
            except BrokenOffError:
                assert retry
                crashes += 1
                made.fuse = Fuse()
            else:
                return

    do(CheckStanding("c1", GUILD, IDA))
    made.discord.put(role(FRIEND, 10))
    made.now += timedelta(minutes=5)
    for problem in list(made.rows.open.values()):
        assert problem.due_at is not None
        do(MendRank("m1", GUILD, problem.key, format_time(problem.due_at)))
    while made.orders.waiting:
        effect = made.orders.waiting.pop(0)
        assert isinstance(effect, CheckStanding | SweepStandings)
        do(effect)
    return crashes


def obstructed() -> Stage:
    made = stage(5, held=("300",))
    made.discord.put(role(FRIEND, 60))
    return made


def test_the_story_is_worth_telling() -> None:
    made = obstructed()

    assert story(made, retry=False) == 0

    assert made.held(IDA) == {FRIEND, HERO, "300"}
    assert len(made.discord.said(ADMINS)) == 2
    assert {"change_role", "post", "keep", "close", "send"} <= set(made.fuse.log)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_breaking_off_at_any_step_changes_nothing(before: bool) -> None:
    whole = obstructed()
    story(whole, retry=False)
    for step in range(1, whole.fuse.steps + 1):
        made = obstructed()
        made.fuse = Fuse(at=step, before=before)

        assert story(made, retry=True) == 1

        told = whole.fuse.log[step - 1]
        assert made.discord.members == whole.discord.members, told
        assert made.discord.messages == whole.discord.messages, told
        assert made.rows == whole.rows, told
