"""The number of shards: agreed on by all, and what a change of it means for what was heard."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway_listener.lease import Lease, TableOutError
from gateway_listener.plan import Plan, agree, first_point, heard_until, wanted_count
from gateway_listener.progress import SessionPoint
from tests.fakes.leases import FakeLeases, FakePlans

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def lease(minutes: float | None) -> Lease:
    return Lease("a", 1, NOON, None if minutes is None else SessionPoint(at(minutes), "s", 1))


@pytest.mark.parametrize(
    ("setting", "recommended", "planned", "wanted"),
    [
        (None, 1, None, 1),
        (None, 9, None, 9),
        (4, 9, 2, 4),
        (None, 1, 1, 1),
        (None, 2, 1, 1),
        (None, 3, 1, 3),
        (None, 9, 8, 8),
        (None, 4, 8, 8),
        (None, 3, 8, 3),
    ],
)
def test_the_setting_rules_and_else_discord_roughly(
    setting: int | None, recommended: int, planned: int | None, wanted: int
) -> None:
    assert wanted_count(setting, recommended, planned) == wanted


def test_a_new_bot_has_missed_nothing() -> None:
    plans = FakePlans()
    assert agree(plans, lambda _: FakeLeases(), None, 1) == Plan(1)
    assert plans.held == Plan(1)


def test_another_number_keeps_until_when_the_old_shards_had_heard() -> None:
    plans, old = FakePlans(Plan(2)), FakeLeases({0: lease(5), 1: lease(3)})
    assert agree(plans, {2: old}.__getitem__, 4, 1) == Plan(4, at(3))
    # And whoever comes later with that number changes nothing
    assert agree(plans, {2: old}.__getitem__, 4, 1) == Plan(4, at(3))


def test_of_two_who_change_the_number_the_second_finds_it_changed() -> None:
    class Contested(FakePlans):
        def replace_plan(self, held: Plan | None, wanted: Plan) -> bool:
            self.held = Plan(4, at(1))
            return False

    assert agree(Contested(Plan(2)), lambda _: FakeLeases(), 4, 1) == Plan(4, at(1))


def test_a_plan_that_never_stands_still_is_an_outage() -> None:
    class Restless(FakePlans):
        def replace_plan(self, held: Plan | None, wanted: Plan) -> bool:
            return False

    with pytest.raises(TableOutError):
        agree(Restless(Plan(2)), lambda _: FakeLeases(), 4, 1)


@pytest.mark.parametrize(
    ("since", "minutes", "heard"),
    [
        (None, [5, 3], 3),
        (None, [], None),
        (None, [5], 5),
        (1, [5, 3], 3),
        (1, [5], 1),
        (1, [5, None], 1),
        (1, [], 1),
    ],
)
def test_a_shard_that_never_listened_had_heard_what_was_heard_before_the_change(
    since: float | None, minutes: list[float | None], heard: float | None
) -> None:
    plan = Plan(2, None if since is None else at(since))
    leases = {shard: lease(minute) for shard, minute in enumerate(minutes)}
    assert heard_until(plan, leases) == (None if heard is None else at(heard))


def test_a_shard_begins_at_its_own_point_or_where_the_shards_before_it_ended() -> None:
    own = SessionPoint(at(5), "session", 7)
    assert first_point(None, Plan(2)) is None
    assert first_point(own, Plan(2)) == own
    assert first_point(None, Plan(2, at(3))) == SessionPoint(at(3))
    assert first_point(own, Plan(2, at(3))) == own
    later = first_point(own, Plan(2, at(60)))
    assert later == SessionPoint(at(60), "session", 7)
