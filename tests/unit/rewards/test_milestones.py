"""Milestones: what counts, what is news, and that each is told once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders import GUILD, START, at
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.rewards import ADMINS, MILESTONES, Stage
from usher.contracts.effect import CheckStanding
from usher.credit.queries import Tally
from usher.ids import UserId
from usher.rewards.announcing import announcement, unknown
from usher.rewards.milestones import (
    NUMBERS,
    Day,
    Milestone,
    next_look,
    reached,
    read_numbers,
    title,
    typed_numbers,
)
from usher.rewards.ports import Holder
from usher.rewards.settings import RewardSettings

IDA = UserId("7")
TODAY = START.date()


def day(back: int, tracked: int = 1, left: int = 0) -> Day:
    return Day(TODAY - timedelta(days=back), Tally(tracked=tracked, left=left))


def names(
    tally: Tally, *days: Day, since_days: int = 400, numbers: tuple[int, ...] = NUMBERS
) -> dict[str, bool]:
    found = reached(tally, days, numbers, START - timedelta(days=since_days), START)
    return {one.name: one.news for one in found}


def test_members_brought_who_stay_count_and_what_admins_add_does_not() -> None:
    assert names(Tally()) == {}
    assert names(Tally(added=60)) == {}
    assert names(Tally(tracked=1), day(0)) == {"invites-1": True}
    assert names(Tally(tracked=12, left=3), day(0, 12, 3)) == {"invites-1": True}
    assert "invites-10" in names(Tally(tracked=12, left=2), day(0, 12, 2))


def test_what_was_reached_before_milestones_were_on_is_no_news() -> None:
    # Given 57 members brought, three of them since yesterday, when milestones were switched on
    tally, days = Tally(tracked=57), (day(40, 54), day(0, 3))

    assert names(tally, *days, since_days=1, numbers=(1, 10, 50, 55)) == {
        "invites-1": False,
        "invites-10": False,
        "invites-50": False,
        "invites-55": True,
        "kept-30": False,
    }


@pytest.mark.parametrize(
    ("backs", "expected"),
    [
        ((0, 1), {}),
        ((0, 1, 2), {"streak-3": True}),
        ((0, 2, 3), {}),
        ((9, 8, 7, 3), {"streak-3": True}),
        (range(7), {"streak-3": True, "streak-7": True}),
    ],
)
def test_days_in_a_row(backs: tuple[int, ...], expected: dict[str, bool]) -> None:
    found = names(Tally(tracked=len(backs)), *(day(back) for back in backs))

    assert {name: news for name, news in found.items() if "streak" in name} == expected


def test_a_streak_that_was_complete_before_is_no_news() -> None:
    days = [day(back) for back in (12, 11, 10)]

    assert names(Tally(tracked=3), *days, since_days=5)["streak-3"] is False


def test_somebody_kept_for_thirty_days_counts_unless_they_left() -> None:
    assert "kept-30" not in names(Tally(tracked=1), day(30))
    assert names(Tally(tracked=1), day(31)) == {"invites-1": True, "kept-30": True}
    assert "kept-30" not in names(Tally(tracked=1, left=1), day(31, 1, 1))


def test_the_clock_looks_when_the_first_of_those_who_stay_has_stayed_long_enough() -> None:
    days = [day(40), day(20, 1, 1), day(10), day(3)]

    assert next_look(days, START) == at(0).replace(hour=0) + timedelta(days=21)
    assert next_look([day(40)], START) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1, 10, 50", (1, 10, 50)),
        ("25 5,5", (5, 25)),
        ("", None),
        ("0", None),
        ("1000001", None),
        ("ten", None),
        ("١", None),
        (",".join(map(str, range(1, 22))), None),
    ],
)
def test_numbers_as_somebody_types_them(typed: str, expected: tuple[int, ...] | None) -> None:
    assert typed_numbers(typed) == expected
    assert read_numbers(typed) == (expected or NUMBERS)


def test_a_text_is_filled_from_a_closed_set_and_once() -> None:
    template = "{member} {milestone} {invites} {server} {secret} {0.__class__} {{member}} {Member}"

    said = announcement(template, IDA, Tally(tracked=1234), "invites-10", "{member} *x*")

    assert said == (
        "<@7> 10 invites 1,234 \\{member\\} \\*x\\* {secret} {0.__class__} {<@7>} {Member}"
    )
    assert unknown(template) == ("`{secret}`", "`{0.__class__}`", "`{Member}`")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("invites-1", "first invite"),
        ("invites-1000", "1,000 invites"),
        ("streak-3", "invited members 3 days in a row"),
    ],
)
def test_titles(name: str, expected: str) -> None:
    assert title(name) == expected


def stage(tracked: int = 1) -> Stage:
    """A guild that tells of milestones, and Ida who brought somebody today."""
    made = Stage()
    made.rows.configured = RewardSettings(milestone_channel_id=MILESTONES, admin_channel_id=ADMINS)
    made.rows.tallies[IDA] = Tally(tracked=tracked)
    made.rows.on_days[IDA] = [day(0, tracked)]
    made.discord.members[IDA] = Holder(frozenset())
    return made


def test_a_milestone_is_told_once_and_mentions_the_member_alone() -> None:
    made = stage()

    made.check(IDA)
    made.check(IDA)

    assert made.discord.said(MILESTONES) == ["<@7> has reached a milestone: first invite!"]
    assert list(made.discord.mentioned.values()) == [IDA]
    assert list(made.rows.achievements_of[IDA]) == ["invites-1"]


def test_a_milestone_that_is_lost_and_reached_again_is_not_told_again() -> None:
    made = stage()
    made.check(IDA)
    made.discord.messages.clear()

    made.rows.tallies[IDA] = Tally(tracked=2, left=1)
    made.check(IDA)

    assert made.discord.messages == {}


def test_who_has_left_is_not_celebrated() -> None:
    made = stage()
    made.discord.members.clear()

    made.check(IDA)

    assert made.discord.messages == {}
    assert list(made.rows.achievements_of[IDA]) == ["invites-1"]


def test_the_clock_brings_the_one_for_members_who_stay() -> None:
    # Given somebody brought today
    made = stage()
    made.check(IDA)

    # When a month passes and nothing else happens
    made.sweep_clock(timedelta(days=30))
    assert len(made.discord.said(MILESTONES)) == 1
    made.sweep_clock(timedelta(days=1))

    # Then
    assert "stayed 30 days" in made.discord.said(MILESTONES)[1]
    assert made.rows.appointments == {}


def test_a_channel_that_cannot_be_written_to_is_told_of_once() -> None:
    made = stage(12)
    made.discord.silent = {MILESTONES}

    made.check(IDA)
    made.sweep_clock(timedelta(days=1))

    [told] = made.discord.said(ADMINS)
    assert f"cannot write to <#{MILESTONES}>" in told
    assert set(made.rows.achievements_of[IDA]) == {"invites-1", "invites-10"}
    assert made.rows.open == {}


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_breaking_off_at_any_step_tells_each_once(before: bool) -> None:
    whole = stage(12)
    whole.check(IDA)
    assert len(whole.discord.messages) == 2
    for step in range(1, whole.fuse.steps + 1):
        made = stage(12)
        made.fuse = Fuse(at=step, before=before)
        with pytest.raises(BrokenOffError):
            made.check(IDA)
        made.fuse = Fuse()

        made.do(CheckStanding("c", GUILD, IDA))

        assert made.discord.messages == whole.discord.messages
        assert made.rows == whole.rows


def test_days_far_apart_are_no_streak_over_the_year_s_end() -> None:
    days = [Day(date(2025, 12, 31), Tally(1)), Day(date(2026, 1, 1), Tally(1))]
    found = reached(Tally(2), [*days, Day(date(2026, 1, 2), Tally(1))], (), START, START)

    assert Milestone("streak-3", news=False) in found
    assert replace(found[0], news=True) not in found
