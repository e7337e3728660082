"""The daily job as it is deployed, under its own role: a day closed and proven from outside."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.system import System
from tests.builders import by
from tests.e2e.town import watched
from tests.e2e.watching import joined
from usher.attribution.wording import word_of
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType, join_id
from usher.ledger.store import LedgerStore
from usher.ledger.verify import Verifier
from usher.platform.s3 import Bucket

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


async def test_yesterday_is_closed_and_today_is_not(system: System) -> None:
    # Given a guild with a join of today and one of two days ago
    town = await watched(system, 1)
    system.practice.join(town.id, next(iter(town.codes)), user="guest")
    await joined(system, town.id, 1)
    guild, user = GuildId(town.id), UserId("80351110224678912")
    bucket = Bucket(system.cloud.s3, system.ledger_bucket)
    at = datetime.now(UTC) - timedelta(days=2)
    id_ = join_id(guild, user, at)
    line = Line(LineType.JOIN, id_, at, guild, user, at, word_of(by()), seq=(1, 0))
    LedgerStore(bucket, lambda: at).append(line)

    # When the schedule's function runs
    answer = system.cloud.functions.invoke(
        FunctionName=system.deployment.physical_ids["LogBackupFunction"]
    )
    told = json.loads(answer["Payload"].read())

    # Then
    assert told == {"closed": 1, "repaired": 0, "lines": 1}, told
    with ThreadPoolExecutor(2) as pool:
        verified = Verifier(bucket, pool).verify(guild)
    assert (verified.links, verified.lines, verified.findings) == (1, 1, [])
    assert [entry.key.split("/")[1] for entry in bucket.list("backups/")] == [
        "daily",
        "monthly",
        "settings",
    ]
