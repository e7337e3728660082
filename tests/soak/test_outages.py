"""A minute without the table, and a minute without the bucket, while five people a second join."""

import pytest

from infra.local.system import System
from tests.e2e.outages import assert_whole, by_way_of, calm_town, stream

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(600),
]


@pytest.mark.parametrize("service", ["dynamodb", "s3"])
async def test_nobody_who_joins_in_a_minutes_outage_is_missing_or_twice(
    system: System, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = await calm_town(system, 10)

    async with by_way_of(system, service) as way:
        truth = await stream(system, town, way, calm=5, outage=60, pace=5)

        await assert_whole(system, town, truth, 400, monkeypatch)
