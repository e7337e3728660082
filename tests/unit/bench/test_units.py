"""Units as DynamoDB's developer guide has them, and dollars as the price list does."""

import pytest

from tests.bench.prices import PRICES, bill, gb_seconds, report
from tests.bench.units import read_units, size, write_units

KEYS = {"pk": {"S": "G#1"}, "sk": {"S": "C#2"}}
BOARD = {"board": {"S": "1#all"}, "score": {"N": "5"}}
DUE = {"due": {"S": "0"}, "due_at": {"S": "2026"}}


def item(length: int = 0, **more: object) -> dict[str, dict[str, str]]:
    """An item with so much text."""
    return {**KEYS, "text": {"S": "x" * length}, **more}  # type: ignore[dict-item]


def test_names_and_values_are_weighed() -> None:
    assert size({"ab": {"S": "é"}}) == 2 + 2
    assert size({"n": {"N": "-1234567.5"}}) == 1 + 5
    assert size({"n": {"BOOL": True}}) == 1 + 1
    assert size({"m": {"M": {"a": {"S": "bc"}}}}) == 1 + 3 + 1 + 1 + 2
    assert size({"l": {"L": [{"S": "bc"}]}}) == 1 + 3 + 1 + 2


@pytest.mark.parametrize(
    ("length", "consistent", "units"), [(10, False, 0.5), (10, True, 1), (4096, True, 2)]
)
def test_a_read_is_a_unit_for_four_kilobytes(
    length: int, units: float, *, consistent: bool
) -> None:
    assert read_units([item(length)], consistent=consistent, together=True) == units


def test_what_is_not_there_costs_a_read_and_a_query_is_weighed_whole() -> None:
    assert read_units([], consistent=True, together=True) == 1
    assert read_units([item(100)] * 20, consistent=True, together=True) == 1
    assert read_units([item(100)] * 20, consistent=True, together=False) == 20


@pytest.mark.parametrize(
    ("length", "transacted", "units"), [(10, False, 1), (10, True, 2), (1500, True, 4)]
)
def test_a_write_is_a_unit_a_kilobyte_and_two_in_a_transaction(
    length: int, units: int, *, transacted: bool
) -> None:
    assert write_units(None, item(length), transacted=transacted) == units
    assert write_units(item(length), item(1), transacted=transacted) == units


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item(1, **BOARD), 1 + 1),
        (item(1, **BOARD), item(1), 1 + 1),
        (item(1, **BOARD), item(2, **BOARD), 1 + 1),
        (item(1, **BOARD), item(1, **{**BOARD, "score": {"N": "6"}}), 1 + 2),
        (item(1, **BOARD), item(1, **BOARD), 1),
        (item(1, **DUE), item(2, **DUE), 1),
        (item(1, **DUE), item(1, **{**DUE, "due_at": {"S": "2027"}}), 1 + 2),
        (item(1, board={"S": "1"}), item(2, board={"S": "1"}), 1),
    ],
)
def test_an_index_costs_where_it_changes(
    before: dict[str, object] | None, after: dict[str, object], units: int
) -> None:
    assert write_units(before, after, transacted=False) == units


def test_a_million_costs_what_one_counts_times_the_price() -> None:
    counts = {"wru": 8.0, "s3_put": 1.0, "log_gb": 2e-6, "sqs": 0.0}

    assert bill(counts) == {"wru": 5.0, "s3_put": 5.0, "log_gb": 1.0}
    rows = report("a join", counts)
    assert len(rows) == 5
    assert rows[-1].split()[-1] == "11.00"


def test_less_memory_takes_longer_for_the_same_work() -> None:
    assert gb_seconds(1769, 0.1, 0) == pytest.approx(0.1 * 1769 / 1024)
    assert gb_seconds(512, 0.1, 0) == pytest.approx(0.1 * 1769 / 1024)
    assert gb_seconds(3538, 0.1, 0) > gb_seconds(1769, 0.1, 0)
    assert gb_seconds(1024, 0.0, 2) == pytest.approx(0.01)


def test_every_price_has_a_name() -> None:
    assert len({price.name for price in PRICES.values()}) == len(PRICES)
