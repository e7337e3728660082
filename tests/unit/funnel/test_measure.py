"""Rates, intervals, and what they allow to say."""

from datetime import date
from decimal import Decimal

import pytest

from tests.referring import CODE
from usher.funnel.measure import (
    Cell,
    Comparison,
    Finding,
    Rate,
    by,
    chosen,
    compare,
    ordered,
    rates_of,
    total,
)
from usher.referrals.model import Counts

MONDAY = date(2026, 11, 16)


def cell(variant: str = "a", clicks: int = 10, joins: int = 5, conversions: int = 1) -> Cell:
    counts = Counts(clicks=clicks, joins=joins, conversions=conversions, value=Decimal("1.5"))
    return Cell(MONDAY, variant, CODE, counts)


def test_cells_add_up_and_are_grouped() -> None:
    cells = [cell(), cell("b", 1, 0, 0), cell("a", 2, 1, 1)]

    assert total(cells) == Counts(clicks=13, joins=6, conversions=2, value=Decimal("4.5"))
    grouped = by(cells, lambda one: one.variant)
    assert {name: counts.clicks for name, counts in grouped.items()} == {"a": 12, "b": 1}
    assert [name for name, _ in ordered(grouped)] == ["a", "b"]


def test_rates_go_from_step_to_step_and_nothing_has_none() -> None:
    rates = rates_of(Counts(clicks=40, joins=10, onboardings=8, conversions=4))

    shares = [one.share for one in (rates.joined, rates.begun, rates.finished, rates.converted)]
    assert shares == [0.25, 0.8, 0.5, 0.1]
    assert rates_of(Counts()).joined.share is None
    assert rates_of(Counts()).joined.interval() is None


@pytest.mark.parametrize(
    ("won", "of", "low", "high"),
    [
        (15, 148, 0.0624, 0.1605),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_intervals_are_wilsons(won: int, of: int, low: float, high: float) -> None:
    # 81 of 263 and 15 of 148: Newcombe 1998, Statistics in Medicine 17, table I
    found = Rate(won, of).interval()

    assert found == pytest.approx((low, high), abs=5e-5)


def test_more_joins_than_clicks_are_no_error() -> None:
    assert Rate(12, 10).share == 1.2
    assert Rate(12, 10).interval() == Rate(10, 10).interval()
    assert Rate(-1, 10).interval() == Rate(0, 10).interval()


def test_too_little_says_nothing() -> None:
    assert compare({"a": Rate(10, 1000)}) == Comparison(Finding.NOTHING)
    assert compare({"a": Rate(50, 99), "b": Rate(1, 99)}).finding is Finding.TOO_FEW
    assert compare({"a": Rate(4, 1000), "b": Rate(90, 1000)}).finding is Finding.TOO_FEW
    assert compare({"a": Rate(1000, 1000), "b": Rate(90, 1000)}).finding is Finding.TOO_FEW


def test_a_variant_is_ahead_only_beyond_chance_and_of_each_other() -> None:
    assert compare({"a": Rate(50, 500), "b": Rate(60, 500)}) == Comparison(Finding.OPEN)
    clear = {"a": Rate(50, 500), "b": Rate(100, 500)}
    assert compare(clear) == Comparison(Finding.AHEAD, "b")
    assert compare(clear | {"c": Rate(95, 500)}) == Comparison(Finding.OPEN)


def test_more_looks_ask_for_more_certainty() -> None:
    two = {"a": Rate(120, 1000), "b": Rate(91, 1000)}
    assert compare(two).finding is Finding.AHEAD
    seven = two | {f"c{number}": Rate(91, 1000) for number in range(6)}
    assert compare(seven).finding is Finding.OPEN


def test_joins_are_compared_where_nobody_converted() -> None:
    nobody = {"a": Counts(clicks=9, joins=3), "b": Counts(clicks=5)}
    assert chosen(nobody) == {"a": Rate(3, 9), "b": Rate(0, 5)}
    somebody = nobody | {"b": Counts(clicks=5, conversions=1)}
    assert chosen(somebody) == {"a": Rate(0, 9), "b": Rate(1, 5)}
