"""The hourly rollup over the event worker's ledger, and what /invite stats reads of both."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from rollup.bootstrap import build
from tests.builders import GUILD, joined, left, look, observe, row
from tests.fakes.cloud import BUCKET, REGION, TABLE, rows
from tests.fakes.objects import Inline
from tests.integration.front.conftest import SdkCaller
from tests.integration.log_backup.conftest import handle
from usher.analytics.counting import Counting
from usher.analytics.queries import Span, Summary
from usher.analytics.reads import DynamoAnalyticsReads
from usher.analytics.service import Rollup
from usher.attribution.guild_reads import DynamoGuildReads
from usher.ledger.store import LedgerStore
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.s3 import Bucket, s3_client

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


@pytest.fixture
def reads(environ: dict[str, str]) -> Iterator[DynamoAnalyticsReads]:
    del environ
    client = boto3.client("dynamodb", region_name=REGION)
    table = DynamoReads(SdkCaller(client), TABLE)
    store = LedgerStore(Bucket(s3_client(REGION), BUCKET), lambda: NOW)
    yield DynamoAnalyticsReads(table, DynamoGuildReads(table), Counting(store, Inline()))
    client.close()


def numbers(summary: Summary) -> tuple[int, int, int]:
    return summary.total.joins, summary.total.leaves, summary.attributed


def test_what_the_worker_wrote_is_counted_with_and_without_the_rollup(
    environ: dict[str, str], reads: DynamoAnalyticsReads
) -> None:
    handle(environ, observe(look=look(row("abc"))))
    handle(environ, observe(joined("7", 20), look=look(row("abc", uses=1), seconds=21), seconds=22))
    handle(environ, observe(joined("8", 40), left("8", 50), seconds=52))
    before = reads.summary(GUILD, Span.DAY, NOW)

    done = build(environ, 2).handle(lambda: 900_000)

    assert done["guilds"] == 1
    assert done["left"] == 0
    kept = {str(one["sk"])[:4] for one in rows(prefix="A#")}
    assert kept == {"A#H#", "A#D#", "A#W#", "A#PR"}
    after = [reads.summary(GUILD, span, NOW) for span in Span]
    assert numbers(before) == (2, 1, 1)
    assert reads.summary(GUILD, Span.DAY, NOW + timedelta(days=9)).until == NOW + timedelta(days=9)
    assert [numbers(one) for one in after] == [(2, 1, 1)] * 4
    assert replace(after[0], until=before.until) == before
    assert after[0].certain is not None


def test_a_second_run_finds_nothing_to_do(environ: dict[str, str]) -> None:
    handle(environ, observe(joined("7"), look=look(row("abc"))))
    door = build(environ, 2)

    assert door.handle(lambda: 900_000)["guilds"] == 1
    assert door.handle(lambda: 900_000) == {"guilds": 0, "hours": 0, "left": 0}
    handle(environ, observe(joined("8", 100), seconds=110))
    assert door.handle(lambda: 900_000) == {"guilds": 1, "hours": 0, "left": 0}
    assert isinstance(door.rollup, Rollup)
    tomorrow = replace(door.rollup, clock=lambda: datetime.now(UTC) + timedelta(days=1))
    # The line is of a day long ago: such lines are looked for once a day.
    assert replace(door, rollup=tomorrow).handle(lambda: 900_000)["hours"] == 1


def test_a_run_without_time_begins_nothing(environ: dict[str, str]) -> None:
    handle(environ, observe(joined("7"), look=look(row("abc"))))

    assert build(environ, 2).handle(lambda: 1000) == {"guilds": 0, "hours": 0, "left": 1}
    assert list(rows(prefix="A#")) == []


def test_where_too_much_is_new_a_summary_is_as_old_as_the_rollup(
    environ: dict[str, str], reads: DynamoAnalyticsReads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("usher.analytics.reads.MOST_FRESH", 0)
    handle(environ, observe(look=look(row("abc")), seconds=12))
    handle(environ, observe(joined("7", 20), seconds=22))
    behind = reads.summary(GUILD, Span.DAY, NOW)

    build(environ, 2).handle(lambda: 900_000)

    assert numbers(behind) == (0, 0, 0)
    assert behind.until == behind.since
    assert numbers(reads.summary(GUILD, Span.DAY, NOW)) == (1, 0, 0)
