"""The benchmark of links at a small size: what a page and a click ask of the table is bounded."""

import pytest

from tests.bench import referrals


@pytest.mark.timeout(60)
def test_a_page_and_a_click_ask_little() -> None:
    rows = referrals.measure(1)

    asked = {row[:30].strip(): int(row[30:39]) for row in rows[1:]}
    assert asked["a bare GetItem"] == asked["a bare PutItem"] == 1
    assert asked["a page of no link"] == 1
    assert asked["a link's page"] <= 3
    assert asked["a new visitor's click"] <= 10
