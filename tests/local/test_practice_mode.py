"""The system with the practice Discord and the real front: as `usher up` runs without a token."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import aiohttp
import pytest

from infra.local.settings import FUNCTIONS, TOKEN_SECRET
from infra.local.system import System
from tests.local.stacks import wait_for

pytestmark = pytest.mark.asyncio


@pytest.fixture
def functions(tmp_path: Path, probe_functions: Path) -> Path:
    """The probes, with the real shared package and the real interactions door."""
    mixed = tmp_path / "functions"
    shutil.copytree(probe_functions, mixed)
    for room in ("usher", "interactions"):
        shutil.rmtree(mixed / room)
        shutil.copytree(FUNCTIONS / room, mixed / room)
    return mixed


async def test_a_member_gets_an_answer_through_the_front(functions: Path) -> None:
    said: list[str] = []
    async with System(functions=functions, announce=said.append) as system:
        practice = system.practice
        guild = practice.guild
        member = practice.add_member_user("asker").id
        outcome = await practice.run_command(guild.id, member, "/invite view")

        assert outcome.phase == "answered"
        assert not [line for line in said if "refuse" in line]
        assert practice.interactions_endpoint == f"{system.url}/interactions"


async def test_the_token_is_a_secret_and_the_listener_uses_it(functions: Path) -> None:
    async with System(functions=functions) as system:
        secret = system.cloud.secrets.get_secret_value(SecretId=TOKEN_SECRET)
        assert secret["SecretString"] == system.practice.bot_token
        assert system.listener is not None
        first = system.listener.pid
        assert first is not None

        await system.kill_listener()
        assert system.listener.pid is None
        await system.start_listener()
        assert system.listener.pid not in {None, first}


async def test_a_join_is_seen_by_the_listener_and_reaches_the_worker(functions: Path) -> None:
    async with System(functions=functions) as system:
        practice, guild = system.practice, system.practice.guild
        code = practice.create_invite(guild.id, guild.owner_id)
        practice.join(guild.id, code, "newcomer")

        def seen() -> bool:
            rows = system.cloud.dynamodb.query(
                TableName=system.table_name,
                KeyConditionExpression="pk = :seen",
                ExpressionAttributeValues={":seen": {"S": "seen"}},
            )
            return rows["Count"] > 0

        await asyncio.to_thread(wait_for, seen)


async def test_the_practice_page_and_the_ledger_share_the_fronts_address(functions: Path) -> None:
    async with System(functions=functions) as system, aiohttp.ClientSession() as client:
        async with client.get(f"{system.url}/practice/ledger") as answer:
            assert await answer.json() == {"lines": []}
        async with client.get(f"{system.url}/api/v10/gateway") as answer:
            assert (answer.status, "url" in await answer.json()) == (200, True)


async def test_the_practice_world_survives(functions: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with System(functions=functions, state=state) as first:
        newcomer = first.practice.add_member_user("remembered").id
        identity = (first.bot.application_id, first.bot.public_key)

    async with System(functions=functions, state=state) as second:
        assert (second.bot.application_id, second.bot.public_key) == identity
        assert second.practice.world.user(newcomer).username == "remembered"
