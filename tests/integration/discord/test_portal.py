"""What `usher deploy` asks of Discord about the application, of the practice Discord."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from infra.deploying.model import StopError
from infra.deploying.portal import BotPortal
from infra.practice import GatewayTerms, Practice, PracticeServer
from usher.catalogue import ROUTER

pytestmark = pytest.mark.asyncio


@dataclass
class World:
    practice: Practice
    api_base: str

    @property
    def portal(self) -> BotPortal:
        return BotPortal(self.api_base, self.practice.bot_token)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    practice = Practice(gateway=GatewayTerms(identify_window=0))
    async with PracticeServer(practice) as server:
        yield World(practice, server.api_base)


async def test_the_token_tells_which_application_it_is(world: World) -> None:
    found = await asyncio.to_thread(world.portal.look)

    assert (found.id, found.public_key) == (
        world.practice.application_id,
        world.practice.public_key_hex,
    )
    assert found.flags & 1 << 15
    assert found.endpoint is None


async def test_an_endpoint_that_does_not_answer_is_refused_in_discords_words(world: World) -> None:
    wanted = {"interactions_endpoint_url": "http://127.0.0.1:9/interactions"}

    refusal = await asyncio.to_thread(world.portal.change, wanted)

    assert refusal == "The specified interactions endpoint url could not be verified."
    assert world.practice.interactions_endpoint is None


async def test_an_endpoint_is_taken_away(world: World) -> None:
    world.practice.interactions_endpoint = "https://old.example/interactions"
    nowhere = {"interactions_endpoint_url": None}

    assert await asyncio.to_thread(world.portal.change, nowhere) is None
    assert world.practice.interactions_endpoint is None


async def test_commands_are_registered_where_they_differ(world: World) -> None:
    first = await asyncio.to_thread(world.portal.register)
    second = await asyncio.to_thread(world.portal.register)

    assert len([line for line in first if line.startswith("create /")]) == len(
        ROUTER.registration()
    )
    assert second == ["commands are up to date"]


async def test_a_token_of_nobody_and_a_discord_out_of_reach_are_sentences(world: World) -> None:
    for portal, words in (
        (BotPortal(world.api_base, "no.such.token"), "Discord does not know this bot token"),
        (BotPortal("http://127.0.0.1:9/api/v10", "t"), "cannot be reached"),
    ):
        with pytest.raises(StopError) as stopped:
            await asyncio.to_thread(portal.look)
        assert words in str(stopped.value)
