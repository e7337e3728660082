"""Raids: so many joins in so short a time, in whatever order they are told."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.automod.raids import (
    EPOCH_MS,
    KEEP,
    QUIET,
    Config,
    Join,
    Window,
    created_at,
    likeness_of,
    read_config,
    read_join,
    read_window,
    watch,
    write_config,
    write_join,
    write_window,
)
from usher.ids import UserId

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CONFIG = Config(joins=5, seconds=30)


def user(number: int, age: timedelta = timedelta(days=400)) -> UserId:
    made = int((NOW - age).timestamp() * 1000) - EPOCH_MS
    return UserId(str((made << 22) + number))


def join(number: int, second: float, likeness: str = "", days: float = 400) -> Join:
    at = NOW + timedelta(seconds=second)
    return Join(user(number, timedelta(days=days)), at, likeness)


def joins(seconds: Iterable[float], **fields: object) -> list[Join]:
    return [join(n, second, **fields) for n, second in enumerate(seconds)]  # type: ignore[arg-type]


SECONDS = st.lists(st.integers(0, 200).map(float), max_size=14)


@pytest.mark.parametrize(
    ("seconds", "raid"),
    [
        ((0, 1, 2, 3, 4), True),
        ((0, 1, 2, 3), False),
        ((0, 10, 20, 25, 30), True),
        ((0, 10, 20, 25, 30.001), False),
        ((0, 0, 0, 0, 0), True),
    ],
)
def test_a_raid_is_so_many_within_the_time_and_not_one_less(
    seconds: tuple[float, ...], raid: bool
) -> None:
    _, found = watch(Window(), joins(seconds), CONFIG)
    assert (found is not None) is raid
    if found is not None:
        assert (len(found.users), found.alike, found.new) == (5, False, True)
        assert found.began_at == NOW


@given(SECONDS, st.randoms(use_true_random=False))
def test_the_same_joins_again_change_nothing(seconds: list[float], chance: object) -> None:
    came = joins(seconds)
    after, _ = watch(Window(), came, CONFIG)
    again = came.copy()
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert watch(after, again, CONFIG)[0] == after
    assert watch(after, again[:3], CONFIG)[0] == after


@given(SECONDS, st.randoms(use_true_random=False))
def test_the_order_within_a_delivery_does_not_matter(seconds: list[float], chance: object) -> None:
    came = joins(seconds)
    mixed = came.copy()
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert watch(Window(), came, CONFIG) == watch(Window(), mixed, CONFIG)


@given(SECONDS, st.integers(0, 14))
def test_in_two_deliveries_the_same_joins_are_remembered(seconds: list[float], cut: int) -> None:
    came = joins(seconds)
    whole, _ = watch(Window(), came, CONFIG)
    first, _ = watch(Window(), came[cut:], CONFIG)
    second, _ = watch(first, came[:cut], CONFIG)
    assert second.joins == whole.joins


@given(st.permutations(range(5)))
def test_a_raid_that_comes_one_by_one_is_new_once(order: list[int]) -> None:
    came = joins([0, 1, 2, 3, 4])
    window, told = Window(), []
    for number in order:
        window, raid = watch(window, [came[number]], CONFIG)
        told += [raid] if raid else []
    assert [raid.new for raid in told] == [True]


def test_a_raid_goes_on_until_it_has_been_quiet() -> None:
    window, first = watch(Window(), joins([0, 1, 2, 3, 4]), CONFIG)
    window, on = watch(window, [join(9, 20)], CONFIG)
    assert first is not None
    assert on is not None
    assert (on.new, on.began_at, len(on.users)) == (False, NOW, 6)
    later = QUIET.total_seconds() + 100
    _, next_ = watch(window, [join(20 + n, later + n) for n in range(5)], CONFIG)
    assert next_ is not None
    assert (next_.new, len(next_.users)) == (True, 5)


@pytest.mark.parametrize(("days", "raid"), [(6.9, True), (7.1, False)])
def test_only_young_accounts_count_where_an_age_is_set(days: float, raid: bool) -> None:
    config = Config(joins=5, seconds=30, age=timedelta(days=7))
    _, found = watch(Window(), joins(range(5), days=days), config)
    assert (found is not None) is raid


@pytest.mark.parametrize(
    ("number", "days", "likeness", "raid"),
    [
        (5, 1, "abc", True),
        (4, 1, "abc", False),
        (5, 8, "abc", False),
        (5, 1, "", False),
    ],
)
def test_young_accounts_alike_are_a_raid_of_half_as_many(
    number: int, days: float, likeness: str, raid: bool
) -> None:
    _, found = watch(
        Window(), joins(range(number), days=days, likeness=likeness), Config(joins=10, seconds=30)
    )
    assert (found is not None) is raid
    assert found is None or found.alike


def test_fewer_than_three_are_never_alike() -> None:
    config = Config(joins=3, seconds=30)
    assert watch(Window(), joins([0, 1], days=1, likeness="x"), config)[1] is None


@given(st.text(max_size=12), st.text("0123456789._", max_size=6))
def test_digits_and_signs_make_no_difference(name: str, tail: str) -> None:
    plain = likeness_of(name, has_avatar=False)
    assert likeness_of(name + tail, has_avatar=False) == plain
    assert likeness_of(name, has_avatar=True) == ""


def test_so_many_joins_are_remembered_and_no_more() -> None:
    window, _ = watch(Window(), joins(range(KEEP + 50)), Config(joins=100, seconds=5))
    assert len(window.joins) == KEEP
    assert window.joins[-1].at == NOW + timedelta(seconds=KEEP + 49)
    assert watch(window, [join(0, 0)], CONFIG)[0].joins == window.joins


def test_an_id_tells_when_its_account_was_made() -> None:
    assert created_at(user(3, timedelta(days=2))) == NOW - timedelta(days=2)


@given(
    st.builds(
        Config,
        st.integers(3, 100),
        st.integers(5, 300),
        st.one_of(st.none(), st.integers(1, 365).map(lambda n: timedelta(days=n))),
        st.integers(0, 1440).map(lambda n: timedelta(minutes=n)),
    )
)
def test_a_configuration_is_read_as_it_was_written(config: Config) -> None:
    assert read_config(write_config(config)) == config
    assert read_config(None) is None


@given(SECONDS)
def test_a_window_is_read_as_it_was_written(seconds: list[float]) -> None:
    window, _ = watch(Window(), joins(seconds, likeness="abc"), CONFIG)
    assert read_window(write_window(window), 0) == window
    assert [read_join(write_join(one)) for one in window.joins] == [*window.joins]
