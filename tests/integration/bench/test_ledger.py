"""The ledger's benchmark at a small size: it measures what it says."""

import pytest

from tests.bench import ledger


@pytest.mark.timeout(60)
def test_every_step_is_measured() -> None:
    rows = list(ledger.measure(200))

    numbers = {row[:44].strip(): row[44:].split()[0] for row in rows[1:9]}
    assert numbers["decided, written, counted in memory, joins"] == "200"
    assert numbers["closed, lines"] == numbers["verified, lines"]
    assert int(numbers["closed, lines"]) > 240
    assert int(numbers["compared, equal, rows"]) > 240
    assert numbers["exported, joins"] == "200"
    assert rows[-1].endswith("MiB of 200")
