"""The rows of figures, as the fake and in the table."""

from collections.abc import Iterator
from datetime import date, timedelta

import boto3
import pytest
from moto import mock_aws

from tests.builders import GUILD, at
from tests.fakes.analytics import FakeRollups
from tests.fakes.cloud import REGION, TABLE, make_table, rows
from usher.analytics.figures import Figures
from usher.analytics.joiners import Joiners
from usher.analytics.ports import Progress, RollupRows
from usher.analytics.store import DynamoRollups
from usher.ids import GuildId, UserId
from usher.platform.dynamo import bind

OTHER = GuildId("2")
DAY = date(2026, 11, 20)
FIGURES = Figures(
    {at(0): 3}, {at(3600): 1}, {DAY: {"kind.invite": 3}}, Joiners.of([UserId("1"), UserId("2")])
)


@pytest.fixture(params=["fake", "moto"])
def rollups(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RollupRows]:
    if request.param == "fake":
        yield FakeRollups(heads={GUILD: 7})
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    boto3.DEFAULT_SESSION = None
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        head = {"pk": {"S": f"G#{GUILD}"}, "sk": {"S": "HEAD"}, "version": {"N": "7"}}
        client.put_item(TableName=TABLE, Item=head)
        client.close()
        bind(TABLE, REGION)
        yield DynamoRollups()


def test_versions_and_progress_are_a_guilds_own(rollups: RollupRows) -> None:
    first = Progress(7, at(0), at(-86400), date(2026, 11, 16))
    assert rollups.versions([GUILD, OTHER]) == {GUILD: 7}
    assert rollups.progress([GUILD, OTHER]) == {}

    rollups.advance(GUILD, first)
    assert rollups.progress([GUILD, OTHER]) == {GUILD: first}
    rollups.advance(GUILD, Progress(8, at(1), at(0)))

    assert rollups.progress([GUILD]) == {GUILD: Progress(8, at(1), at(0))}


def test_rows_are_written_whole_and_read_by_span(rollups: RollupRows) -> None:
    for hours in range(4):
        rollups.put_hour(GUILD, at(0) + timedelta(hours=hours), Figures())
        rollups.put_day(GUILD, DAY + timedelta(days=hours), Figures())
    rollups.put_hour(GUILD, at(0), FIGURES)
    rollups.put_day(GUILD, DAY, FIGURES)
    rollups.put_week(GUILD, date(2026, 11, 16), FIGURES)
    rollups.put_hour(OTHER, at(0), FIGURES)

    assert rollups.hours(GUILD, at(0), at(3600)) == {at(0): FIGURES, at(3600): Figures()}
    assert rollups.days(GUILD, DAY, DAY + timedelta(days=1)) == {
        DAY: FIGURES,
        DAY + timedelta(days=1): Figures(),
    }


def test_hours_are_forgotten_by_the_table_and_days_are_not(rollups: RollupRows) -> None:
    if isinstance(rollups, FakeRollups):
        return
    rollups.put_hour(GUILD, at(0), FIGURES)
    rollups.put_day(GUILD, DAY, FIGURES)

    ttl = {str(row["sk"]): row.get("ttl") for row in rows(prefix="A#")}

    sixty = int((at(0) + timedelta(days=60)).timestamp())
    assert ttl == {"A#D#2026-11-20": None, "A#H#2026-11-20T12": sixty}
