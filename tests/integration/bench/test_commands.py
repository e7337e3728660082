"""The benchmark of members' commands at a small size: what they read is bounded."""

import pytest

from tests.bench import caching, commands


@pytest.mark.timeout(60)
def test_a_command_reads_little_however_large_the_guild_is() -> None:
    rows = commands.measure(3000, 1)

    read = {
        row[:44].strip(): [int(n.replace(",", "")) for n in row[44:].split()[:2]]
        for row in rows[1:]
    }
    assert read["a bare GetItem"] == [1, 1]
    assert read["/invite view"] == [1, 1]
    assert read["/invite leaderboard, asked by the first"] == [2, 12]
    assert max(requests for requests, _ in read.values()) <= 6
    assert max(seen for _, seen in read.values()) <= 2010


def test_settings_are_remembered_four_times_out_of_five_in_ordinary_traffic() -> None:
    for name in list(caching.MIXES)[:4]:
        part, reads = caching.share(*caching.MIXES[name])
        assert reads > 300
        assert part >= 0.8, name
