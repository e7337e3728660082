"""The heartbeat's line: what CloudWatch makes metrics of."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket

from gateway_listener.account import Account
from gateway_listener.health import ShardVitals, Vitals
from gateway_listener.traffic import Traffic
from gateway_listener.vitals import LagMeter, beat, metric_line

WELL = Vitals(
    oldest_unsent_age=0.0,
    loop_lag=0.0,
    starting_for=None,
    count=1,
    shards=(ShardVitals(0, True, 0.0, 1.0, 41.25, 3, 0, 1),),
)
ZOMBIE = replace(WELL, shards=(replace(WELL.shards[0], last_ack_age=90.0),))
BACKLOG = replace(WELL, oldest_unsent_age=11.0)


class Ended(Exception):  # noqa: N818 - no error: enough was told
    """Enough lines were told."""


def lines(taken: Vitals, number: int = 1) -> list[dict[str, Any]]:
    stream, totals, beats = io.StringIO(), count(5, 2), count()

    async def taking() -> dict[str, float]:
        if next(beats) == number:
            raise Ended
        return {"LoopLagMilliseconds": 1.5}

    with pytest.raises(Ended):
        asyncio.run(
            beat(
                lambda: taken,
                lambda: {"SessionsBegun": next(totals)},
                taking,
                "Usher/test",
                0.001,
                stream,
            )
        )
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_the_line_has_every_metric_and_the_service_as_only_dimension() -> None:
    values = {"ListenerHeartbeat": 1, "LoopLagMilliseconds": 7.5}
    line = json.loads(metric_line(values, 1_795_000_000_000, "Usher/test"))

    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert metrics == {
        "Namespace": "Usher/test",
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "ListenerHeartbeat", "Unit": "Count"},
            {"Name": "LoopLagMilliseconds", "Unit": "Milliseconds"},
        ],
    }
    assert line["_aws"]["Timestamp"] == 1_795_000_000_000
    assert (line["service"], line["LoopLagMilliseconds"]) == ("listener", 7.5)


@pytest.mark.parametrize(("taken", "beats"), [(WELL, 1), (ZOMBIE, 0), (BACKLOG, 0)])
def test_it_beats_only_while_every_shard_is_well_and_nothing_is_unsent(
    taken: Vitals, beats: int
) -> None:
    (line,) = lines(taken)

    assert line["ListenerHeartbeat"] == beats


def test_totals_are_told_as_what_was_added() -> None:
    first, second = lines(WELL, 2)

    assert (first["SessionsBegun"], second["SessionsBegun"]) == (5, 2)
    assert first["LoopLagMilliseconds"] == second["LoopLagMilliseconds"] == 1.5


def test_the_worst_lag_is_told_once() -> None:
    meter = LagMeter()
    meter._worst = 6.0  # what a second of the loop had found

    assert meter.take_worst() == 6.0
    assert meter.take_worst() < 1.0


def test_refusals_and_bans_are_counted_among_the_calls() -> None:
    traffic = Traffic()
    for status, kind in [
        (200, "application/json"),
        (404, "application/json"),
        (403, "application/json"),
        (429, "application/json; charset=utf-8"),
        (429, "text/html"),
    ]:
        traffic.answered(status, {"Content-Type": kind})

    assert traffic.totals() == {"DiscordCalls": 5, "DiscordRefusals": 3, "DiscordBans": 1}


class Told:
    """Answers GET /gateway/bot."""

    async def request(self, _route: object) -> dict[str, object]:
        limit = {"remaining": 7, "reset_after": 60_000, "max_concurrency": 1}
        return {"url": "wss://gateway.example", "shards": 1, "session_start_limit": limit}


def test_session_starts_are_known_until_discord_counts_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    account = Account("http://127.0.0.1:9/api/v10", lambda: now[0])
    account.http = Told()  # type: ignore[assignment]
    assert account.session_starts_left() is None

    asyncio.run(account.terms())
    assert account.session_starts_left() == 7

    now[0] += timedelta(seconds=60)
    assert account.session_starts_left() is None
