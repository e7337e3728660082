"""The cost of a join and of a command at a small size: it is counted, and within what was said."""

import pytest

from tests.bench import costs


@pytest.mark.timeout(120)
def test_the_counted_cost_is_what_the_documents_say() -> None:
    rows = costs.measure(20)

    units: dict[str, dict[str, float]] = {}
    for row in rows[1:]:
        if not row.startswith("  "):
            title = row[:44].strip()
            units[title] = {}
        elif "a million" not in row:
            units[title][row[2:44].strip()] = float(row[44:].split()[0])
    alone, burst = units["a join that comes alone"], units["a join among 20 of one look"]
    # Two lines (the join, its confirmation) and a row of names.
    assert alone["S3 PUT, LIST"] == 3
    assert alone["DynamoDB write units"] <= 46
    assert alone["SQS requests, FIFO"] <= 9
    assert burst["DynamoDB write units"] <= 12
    view = units["/invite view, answered at once"]
    assert view["HTTP API requests"] == view["Lambda invocations"] == 1
    assert view["DynamoDB read units"] == 0.5
    assert "DynamoDB write units" not in view
    deferred = units["/sync_member_invites, deferred"]
    assert deferred["Lambda invocations"] == 2
    assert deferred["SQS requests, standard"] == 3
