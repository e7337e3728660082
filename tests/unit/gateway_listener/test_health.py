"""When the listener calls itself ill."""

from dataclasses import replace

import pytest

from gateway_listener.health import ShardVitals, Vitals, ailments

SHARD = ShardVitals(
    shard=3,
    connected=True,
    disconnected_for=0,
    last_ack_age=40,
    heartbeat_interval=41.25,
    guilds=3,
    unseen=0,
    sessions=1,
)
WELL = Vitals(oldest_unsent_age=0.1, loop_lag=0.01, starting_for=None, count=1, shards=(SHARD,))
DOWN = replace(SHARD, connected=False, last_ack_age=None)


def of(*shards: ShardVitals, count: int = 1) -> Vitals:
    return replace(WELL, shards=shards, count=count)


@pytest.mark.parametrize(
    "vitals",
    [
        WELL,
        of(replace(DOWN, disconnected_for=59)),
        of(replace(DOWN, disconnected_for=59, last_ack_age=500)),
        of(SHARD, replace(DOWN, disconnected_for=149), count=16),
        of(),
        of(replace(SHARD, last_ack_age=61)),
        of(replace(SHARD, last_ack_age=None, heartbeat_interval=None)),
        replace(WELL, oldest_unsent_age=9.9, loop_lag=4.9),
        replace(of(), starting_for=59),
    ],
)
def test_well(vitals: Vitals) -> None:
    assert ailments(vitals) == []


@pytest.mark.parametrize(
    ("vitals", "word"),
    [
        (of(SHARD, replace(DOWN, disconnected_for=61)), "shard 3: no session"),
        (of(replace(DOWN, disconnected_for=151), count=16), "session"),
        (of(replace(SHARD, last_ack_age=62)), "ACK"),
        (replace(WELL, loop_lag=5.1), "loop"),
        (replace(WELL, oldest_unsent_age=10.1), "unsent"),
        (replace(of(), starting_for=61), "Discord"),
    ],
)
def test_ill(vitals: Vitals, word: str) -> None:
    (ailment,) = ailments(vitals)
    assert word in ailment


def test_the_report_sums_up_the_shards() -> None:
    report = of(SHARD, replace(DOWN, unseen=2), count=4).report()
    told = {"connected": False, "waiting": False, "guilds": 6, "unseen": 2, "sessions": 2}
    assert {name: report[name] for name in told} == told
    assert len(report["shards"]) == 2  # type: ignore[arg-type] # a tuple of dicts


def test_who_holds_no_shard_waits() -> None:
    assert of().report()["waiting"]
    assert not replace(of(), starting_for=1).report()["waiting"]
    assert not of().report()["connected"]
