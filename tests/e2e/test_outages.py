"""Some seconds without the table, or without the bucket, while people join (SPEC 4.3).

tests/soak has the minute.
"""

import pytest

from infra.local.system import System
from tests.e2e.outages import assert_whole, by_way_of, calm_town, stream

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(200)]


@pytest.mark.parametrize("service", ["dynamodb", "s3"])
async def test_who_joins_during_an_outage_is_recorded_once(
    system: System, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given messages that come again after seconds, not minutes
    system.cloud.sqs.set_queue_attributes(
        QueueUrl=system.events_queue_url, Attributes={"VisibilityTimeout": "4"}
    )
    town = await calm_town(system, 5)

    async with by_way_of(system, service) as way:
        truth = await stream(system, town, way, calm=2, outage=5, pace=10)

        await assert_whole(system, town, truth, 100, monkeypatch)
