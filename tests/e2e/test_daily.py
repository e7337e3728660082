"""The daily job as it is deployed, under its own role: a day closed and proven from outside."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.system import System
from infra.practice import Outcome
from tests.builders import by
from tests.e2e.answers import button_of, text_of
from tests.e2e.town import watched
from tests.e2e.watching import eventually, item, joined
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


async def test_statistics_are_the_same_before_and_after_the_rollup(system: System) -> None:
    # Given a guild with joins of a moment ago
    town = await watched(system, 1)
    code, inviter = next(iter(town.codes.items()))
    for number in range(3):
        system.practice.join(town.id, code, user=f"visitor{number}")
    await joined(system, town.id, 3)
    await eventually(lambda: item(system, town.id, f"C#{inviter}").get("tracked") == {"N": "3"})

    # When they are asked for, the schedule's function runs, and another time is chosen
    before = await system.practice.run_command(town.id, inviter, "/invite stats")
    answer = await asyncio.to_thread(
        system.cloud.functions.invoke,
        FunctionName=system.deployment.physical_ids["RollupFunction"],
    )
    told = json.loads(answer["Payload"].read())
    await system.practice.click(town.id, inviter, *button_of(before, "30 days"))

    def switched() -> Outcome | None:
        now = system.practice.outcome(before.interaction_id)
        return now if "30 days" in text_of(now) else None

    after = await eventually(switched, patience=30)

    # Then both have a chart that says what it shows, and the same figures
    assert told["left"] == 0, told
    assert item(system, town.id, "A#PROGRESS")
    for shown in (before, after):
        assert "3 members joined and 0 left." in text_of(shown)
        assert f"<@{inviter}>: 3 invites" in text_of(shown)
        (chart,) = shown.attachments
        assert chart["filename"] == "invite-stats.png"
        assert "3 joins" in str(chart["description"])
        content = system.practice.attachment(str(chart["id"]))
        assert content is not None
        assert content.startswith(b"\x89PNG")
