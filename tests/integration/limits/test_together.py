"""Several effects functions as processes, one practice Discord, and what goes wrong with it."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from infra.local.aws import Cloud, environment
from infra.local.emulator import Emulator
from infra.practice import GatewayTerms, Practice, PracticeServer, Quota, RateLimits
from tests.fakes.cloud import TABLE, make_table
from usher.contracts.effect import SendMessage, encode_effect
from usher.ids import ChannelId, GuildId
from usher.limits.table import BOARD, CLOSURE

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(240)]

MESSAGES = "POST /channels/{channel_id}/messages"


@dataclass
class Stage:
    """The cloud, Discord, and the processes between them."""

    cloud: Cloud
    practice: Practice
    environ: dict[str, str]
    queue: str
    dead: str
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def begin(self) -> None:
        """Start a process."""
        self.processes.append(
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "tests.integration.limits.worker"],
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )

    def kill(self, which: int) -> None:
        """End a process without a word."""
        process = self.processes.pop(which)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def end(self) -> str:
        """End all; return what they have logged."""
        logs = []
        for process in self.processes:
            process.kill()
            logs.append(process.communicate()[0])
        self.processes = []
        return "".join(logs)

    def send(self, channel: str, words: str) -> None:
        effect = SendMessage(words.replace(" ", "."), self.guild, ChannelId(channel), words)
        self.cloud.sqs.send_message(QueueUrl=self.queue, MessageBody=encode_effect(effect))

    @property
    def guild(self) -> GuildId:
        return GuildId(self.practice.guild.id)

    @property
    def channels(self) -> list[str]:
        return [one.id for one in self.practice.guild.channels.values() if one.type == 0]

    def said(self) -> Counter[str]:
        return Counter(
            message.content for id_ in self.channels for message in self.practice.messages(id_)
        )

    def dead_letters(self) -> int:
        told = self.cloud.sqs.get_queue_attributes(
            QueueUrl=self.dead, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(told["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest_asyncio.fixture
async def stage(emulator: Emulator) -> AsyncIterator[Stage]:
    emulator.reset()
    practice = Practice(gateway=GatewayTerms(identify_window=0))
    cloud = Cloud(emulator.endpoint_url)
    make_table(cloud.dynamodb)
    dead = cloud.sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = cloud.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 5}
    queue = cloud.sqs.create_queue(
        QueueName="effects", Attributes={"RedrivePolicy": json.dumps(redrive)}
    )["QueueUrl"]
    cloud.secrets.create_secret(Name="token", SecretString=practice.bot_token)
    async with PracticeServer(practice) as server:
        environ = {
            **os.environ,
            **environment(emulator.endpoint_url),
            "TABLE_NAME": TABLE,
            "EFFECTS_QUEUE_URL": queue,
            "HOOKS_QUEUE_URL": dead,
            "DISCORD_TOKEN_SECRET": "token",
            "DISCORD_API_BASE": server.api_base,
            "PYTHONPATH": os.pathsep.join(["functions", "."]),
        }
        made = Stage(cloud, practice, environ, queue, dead)
        try:
            yield made
        finally:
            sys.stdout.write(made.end())


async def until(look: Callable[[], bool], patience: float = 100) -> None:
    for _ in range(int(patience / 0.1)):
        if look():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come to be")


async def test_many_processes_keep_tight_limits_and_lose_and_double_nothing(stage: Stage) -> None:
    # Given three processes, buckets of three a second, and answers that are lost
    stage.practice.rate_limits = RateLimits(per_route=Quota(3, 1.0))
    channels = stage.channels[:2]
    for number in range(30):
        await asyncio.to_thread(stage.send, channels[number % 2], f"words {number}")
    stage.practice.faults.lose_answers("POST", "/channels/*/messages", 2)

    # When they work, and some are killed in the midst
    chance = random.Random(5)  # noqa: S311
    for _ in range(3):
        await asyncio.to_thread(stage.begin)
    for part in (6, 12, 18):
        await until(lambda part=part: sum(stage.said().values()) >= part)  # type: ignore[misc]
        await asyncio.to_thread(stage.kill, chance.randrange(3))
        await asyncio.to_thread(stage.begin)
    await until(lambda: len(stage.said()) == 30)

    # Then everything was said once, and Discord had to say no at most once a bucket
    await asyncio.sleep(4)
    assert set(stage.said().values()) == {1}
    assert stage.practice.invalid_requests <= len(channels)
    assert await asyncio.to_thread(stage.dead_letters) == 0


async def test_a_closed_discord_is_tried_by_one_and_nothing_is_lost(stage: Stage) -> None:
    # Given a Discord whose network has banned the address
    page = "<html>error code: 1015</html>"
    stage.practice.faults.answer("*", "/**", 429, 1_000, retry_after=8, text=page)
    for number in range(12):
        await asyncio.to_thread(stage.send, stage.channels[0], f"words {number}")
    for _ in range(3):
        await asyncio.to_thread(stage.begin)

    # When all have heard of it, and it ends
    await until(lambda: closed(stage) is not None)
    await asyncio.sleep(3)
    refused = stage.practice.invalid_requests
    stage.practice.faults.clear()

    # Then everything is said, by calls that were not refused any more
    await until(lambda: len(stage.said()) == 12)
    log = await asyncio.to_thread(stage.end)
    assert refused <= 3
    assert stage.practice.invalid_requests == refused
    assert set(stage.said().values()) == {1}
    assert await asyncio.to_thread(stage.dead_letters) == 0
    assert log.count("Nobody asks Discord for so many seconds") == 1
    assert '"DiscordClosed"' in log
    assert closed(stage) is None


def closed(stage: Stage) -> Any:  # noqa: ANN401
    """Read the closure."""
    key: Any = {"pk": {"S": BOARD}, "sk": {"S": CLOSURE}}
    return stage.cloud.dynamodb.get_item(TableName=TABLE, Key=key).get("Item")
