"""Messages of a channel's webhook, by Usher's own client, at the practice Discord."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from infra.practice import GatewayTerms, Practice, PracticeServer
from infra.practice.content.message import Message
from usher.alerting.ports import (
    ChannelGoneError,
    ChannelUnavailableError,
    ContentRefusedError,
    File,
    MessageGoneError,
)
from usher.alerting.words import Rendered
from usher.platform.alert_webhook import PATIENCE_SECONDS, AlertWebhook, encode

pytestmark = pytest.mark.asyncio

RED = Rendered({"title": "ALARM · Listener silent", "description": "It is.", "color": 1})
GREEN = Rendered({"title": "RECOVERED · Listener silent", "description": "It is not.", "color": 2})
ROUTE = ("POST", "/webhooks/*/*")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@dataclass
class World:
    """A channel with a webhook, and the client."""

    practice: Practice
    base: str
    forgotten: int = 0
    slept: list[float] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        hook = self.practice.webhook(self.practice.guild.id, "alerts", "Usher")
        self.channel = hook.channel_id
        self.address = f"{self.base}/webhooks/{hook.id}/{hook.token}"
        self.client = AlertWebhook(lambda: self.address, self._forget, self.base, self.slept.append)

    def _forget(self) -> None:
        self.forgotten += 1

    async def post(self, rendered: Rendered, file: File | None = None) -> str:
        return await asyncio.to_thread(self.client.post, rendered, file)

    async def edit(self, message_id: str, rendered: Rendered) -> None:
        await asyncio.to_thread(self.client.edit, message_id, rendered)

    @property
    def messages(self) -> list[Message]:
        return self.practice.messages(self.channel)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    practice = Practice(gateway=GatewayTerms(identify_window=0))
    async with PracticeServer(practice) as server:
        yield World(practice, server.api_base)


async def test_a_message_is_posted_and_changed_by_its_id(world: World) -> None:
    message_id = await world.post(RED)
    await world.edit(message_id, GREEN)

    (message,) = world.messages
    assert message.id == message_id
    assert [embed["title"] for embed in message.embeds] == ["RECOVERED · Listener silent"]


async def test_a_picture_comes_with_its_message(world: World) -> None:
    shown = Rendered({**RED.embed, "image": {"url": "attachment://status.png"}})

    await world.post(shown, File("status.png", PNG))

    (message,) = world.messages
    (attachment,) = message.attachments
    assert world.practice.attachment(attachment.id) == PNG


async def test_a_message_that_was_deleted_is_told_from_a_webhook_that_was(world: World) -> None:
    with pytest.raises(MessageGoneError):
        await world.edit("123456789012345678", GREEN)
    assert world.forgotten == 0
    world.practice.world.state.webhooks.clear()
    with pytest.raises(ChannelGoneError) as gone:
        await world.post(RED)
    assert world.forgotten == 1
    assert world.address not in str(gone.value)


@pytest.mark.parametrize(
    "address",
    [
        *("", "hello", "http://elsewhere/api/webhooks/1/2", "https://x/"),
        *("https://[x/api/webhooks/1/2", "https://x:y/api/webhooks/1/2"),
        *("https://x/api/webhooks/1/\N{LATIN SMALL LETTER E WITH ACUTE}", "https://x/webhooks/1 2"),
    ],
)
async def test_what_is_no_address_of_a_webhook_is_never_called(world: World, address: str) -> None:
    world.address = address

    with pytest.raises(ChannelGoneError):
        await world.post(RED)


async def test_a_limit_is_waited_out_as_long_as_it_says(world: World) -> None:
    world.practice.faults.answer(*ROUTE, 429, retry_after=1.5)

    await world.post(RED)

    assert len(world.messages) == 1
    assert world.slept == [1.5]


async def test_limits_and_outages_that_are_too_long_are_left_to_the_queue(world: World) -> None:
    for status, retry_after in ((429, PATIENCE_SECONDS + 1), (503, None)):
        world.practice.faults.answer(*ROUTE, status, times=9, retry_after=retry_after)
        with pytest.raises(ChannelUnavailableError):
            await world.post(RED)
        world.practice.faults.clear()
    world.address = "https://127.0.0.1:9/api/webhooks/1/x"
    with pytest.raises(ChannelUnavailableError):
        await world.post(RED)
    assert world.messages == []


@pytest.mark.parametrize("status", [403, 429])
async def test_cloudflares_page_says_nothing_of_the_webhook_and_is_not_asked_again(
    world: World, status: int
) -> None:
    world.practice.faults.answer(*ROUTE, status, text="<html>error code: 1015</html>")

    with pytest.raises(ChannelUnavailableError):
        await world.post(RED)

    assert (world.messages, world.slept, world.forgotten) == ([], [], 0)


async def test_content_that_is_refused_is_told_apart(world: World) -> None:
    with pytest.raises(ContentRefusedError):
        await world.post(Rendered({"title": "x" * 300, "description": "y"}))


async def test_nobody_is_mentioned_but_the_role_that_is_meant() -> None:
    role = "823456789012345678"

    _, quiet = encode(RED, None)
    _, loud = encode(Rendered({"title": "@everyone"}, role), None)

    assert json.loads(quiet)["allowed_mentions"] == {"parse": [], "roles": []}
    assert json.loads(quiet)["content"] == ""
    assert json.loads(loud)["allowed_mentions"] == {"parse": [], "roles": [role]}
    assert json.loads(loud)["content"] == f"<@&{role}>"


async def test_the_address_is_in_no_repr(world: World) -> None:
    assert world.address not in repr(world.client)
