"""The ledger's benchmark at a small size: it measures what it says."""

import pytest

from tests.bench import ledger


@pytest.mark.timeout(60)
def test_every_step_is_measured() -> None:
    rows = ledger.measure(200)

    numbers = {row[:44].strip(): row[44:].split()[0] for row in rows[1:10]}
    assert numbers["written, lines with rows and names"] == "240"
    assert numbers["closed, lines"] == numbers["verified, lines"] == "240"
    assert numbers["exported, joins"] == "200"
    assert rows[-1].endswith("MiB of 200")
