"""A crowd that joins while the event worker cannot reach a service, and what is left of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Final

import pytest

from infra.cli.main import main
from infra.local.aws import environment
from infra.local.system import System
from log_backup.bootstrap import build
from tests.e2e.bursts import credited
from tests.e2e.town import Town, configure, watched
from tests.e2e.watching import eventually, ledger_lines, rows
from tests.fakes.outage import Outage
from usher.ids import GuildId

PATIENCE: Final = 60.0
WORKER: Final = "EventWorkerFunction"
AFTER_TOMORROW: Final = timedelta(days=2)


async def calm_town(system: System, inviters: int) -> Town:
    """A town of which Discord's own record is not asked: what is left depends on nothing late."""
    town = await watched(system, inviters)
    await configure(system, town, members_search="off")
    return town


@asynccontextmanager
async def by_way_of(system: System, service: str) -> AsyncIterator[Outage]:
    """Lead the event worker's way to a service (the SDK's name) through one that can be cut."""
    functions, name = system.cloud.functions, system.deployment.physical_ids[WORKER]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    async with Outage(system.endpoint_url) as way:
        detour = {f"AWS_ENDPOINT_URL_{service.upper()}": way.url}
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": before | detour}
        )
        try:
            yield way
        finally:
            functions.update_function_configuration(
                FunctionName=name, Environment={"Variables": before}
            )


async def stream(
    system: System, town: Town, way: Outage, *, calm: float, outage: float, pace: float
) -> dict[str, str]:
    """Let people join at a pace (a second) before, during and after an outage; give their codes."""
    truth: dict[str, str] = {}
    codes = cycle(town.codes)

    async def people(seconds: float, done: Callable[[], object] = lambda: True) -> None:
        began = time.monotonic()
        async with asyncio.timeout(seconds + PATIENCE):
            while time.monotonic() < began + seconds or not done():
                code = next(codes)
                member = system.practice.join(town.id, code, user=f"guest{len(truth)}")
                truth[member.user_id] = code
                await asyncio.sleep(1 / pace)

    await people(calm, lambda: way.passed)  # until the worker has gone this way
    way.cut()
    await people(outage, lambda: way.refused > 2)
    way.restore()
    await people(calm)
    return truth


async def assert_whole(
    system: System,
    town: Town,
    truth: dict[str, str],
    patience: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wait until all are credited; then nobody is missing or twice, and the ledger proves it."""
    await eventually(lambda: credited(system, town) >= len(truth) or None, patience)
    await eventually(lambda: _waiting(system) == 0 or None, patience)

    recorded = [line for line in ledger_lines(system, town.id) if line["type"] == "join"]
    assert sorted(line["user_id"] for line in recorded) == sorted(truth)
    assert sorted(rows(system, town.id, "M#")) == sorted(truth)
    assert credited(system, town) == len(truth)
    for inviter in town.codes.values():
        uses = sum(town.codes[code] == inviter for code in truth.values())
        assert int(rows(system, town.id, "C#")[inviter]["tracked"]["N"]) == uses

    as_operator(system, monkeypatch)
    await asyncio.to_thread(close_today, system, town)
    told = ("--guild", town.id, "--bucket", system.ledger_bucket)
    table = system.table_name
    assert await asyncio.to_thread(main, ["ledger", "verify", "--head", table, *told]) == 0
    assert await asyncio.to_thread(main, ["ledger", "rebuild", "--compare", table, *told]) == 0


def as_operator(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process reach the embedded cloud, as an operator's does."""
    for name, value in environment(system.endpoint_url).items():
        monkeypatch.setenv(name, value)


def close_today(system: System, town: Town) -> None:
    """Close today, as the daily job will, but as an operator."""
    door = build(
        {
            **environment(system.endpoint_url),
            "TABLE_NAME": system.table_name,
            "LEDGER_BUCKET": system.ledger_bucket,
            "REPAIRS_QUEUE_URL": "none",
            "HOOKS_QUEUE_URL": "none",
        },
        4,
    )
    closer = replace(door.closer, clock=lambda: datetime.now(UTC) + AFTER_TOMORROW)
    assert sum(link.lines for link in closer.close(GuildId(town.id)))


def _waiting(system: System) -> int:
    """How many observations are still on their way."""
    told = system.cloud.sqs.get_queue_attributes(
        QueueUrl=system.events_queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return sum(map(int, told.values()))
