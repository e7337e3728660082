"""A hundred thousand joins while the event worker is killed again and again: none lost or doubled.

The whole road of a join stands in the embedded cloud: FIFO queue, event worker, bucket, table.
Its processes are ended by SIGKILL again and again, and one message in twenty comes twice under
another deduplication id, as after a redrive. USHER_SOAK_JOINS makes it shorter.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from infra.local import bot_token, fixups
from infra.local.aws import Cloud
from infra.local.deploy import deploy, plan
from infra.local.emulator import Emulator
from infra.local.settings import FUNCTIONS, TEMPLATE, TOKEN_SECRET
from tests.builders import joined, look, observe, row
from tests.e2e.watching import Lines, joins, kill_workers
from tests.local.stacks import PARAMETERS, Stack
from usher.contracts.observation import InviteRow, Observation
from usher.contracts.observation_codec import encode, split
from usher.ids import GuildId

pytestmark = [pytest.mark.soak, pytest.mark.timeout(5400)]

JOINS: Final = int(os.environ.get("USHER_SOAK_JOINS", "100000"))
SEED: Final = 20_261_129
GUILDS: Final = 25
CODES: Final = 10
CROWDS: Final = (1, 1, 1, 2, 3, 10, 40, 100)
"""How many join between two looks: mostly one, at times very many."""
TWICE: Final = 0.05
SECONDS_BETWEEN_KILLS: Final = (10.0, 40.0)
"""Mostly longer than a batch takes: what is received ten times without success is laid aside."""
VISIBILITY_SECONDS: Final = 30
"""How soon the queue gives a killed worker's messages to the next: template.yaml says 120, and a
function may take 20."""


@dataclass
class Guild:
    """A guild's truth: who joined by which code, told look by look."""

    id: GuildId
    uses: Counter[str] = field(default_factory=Counter)
    members: list[str] = field(default_factory=list)
    seconds: int = 0

    def told(self, draw: random.Random, first: int, most: int) -> Observation:
        """Let some join, and look at the invites afterwards."""
        crowd = min(draw.choice(CROWDS), most)
        self.seconds += 30
        newcomers = [str(10**17 + first + n) for n in range(crowd)]
        for _ in newcomers:
            self.uses[f"{self.id}code{draw.randrange(CODES)}"] += 1
        self.members += newcomers
        events = [joined(user, self.seconds + n / 200) for n, user in enumerate(newcomers)]
        rows = [self._row(n) for n in range(CODES)]
        seen = look(*rows, seconds=self.seconds + 2)
        return observe(*events, look=seen, seconds=self.seconds + 3, guild=self.id, names=())

    def first_look(self) -> Observation:
        rows = [self._row(n) for n in range(CODES)]
        return observe(look=look(*rows, seconds=1), seconds=2, guild=self.id, names=())

    def _row(self, number: int) -> InviteRow:
        code = f"{self.id}code{number}"
        return row(code, uses=self.uses[code], inviter=str(900 + number))


def feed(stack: Stack) -> list[Guild]:
    """Send everything that listeners would have told; a guild's observations in their order."""
    draw = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    guilds = [Guild(GuildId(str(613425648685547541 + n))) for n in range(GUILDS)]
    for guild in guilds:
        send(stack, guild.first_look(), draw)
    sent = 0
    while sent < JOINS:
        guild = guilds[draw.randrange(GUILDS)]
        before = len(guild.members)
        send(stack, guild.told(draw, sent, JOINS - sent), draw)
        sent += len(guild.members) - before
    for guild in guilds:  # the look that everything has waited for
        guild.seconds += 1_800
        send(stack, guild.told(draw, 0, 0), draw)
    return guilds


def send(stack: Stack, told: Observation, draw: random.Random) -> None:
    for part in split(told):
        for again in range(1 + (draw.random() < TWICE)):
            stack.cloud.sqs.send_message(
                QueueUrl=stack.physical("EventsQueue"),
                MessageBody=encode(part),
                MessageGroupId=part.guild_id,
                MessageDeduplicationId=f"{part.id}.{again}",
            )


@contextmanager
def a_cloud() -> Iterator[Stack]:
    """The stack as it is deployed, with what follows a join switched off: it asks Discord."""
    with Emulator(enforce_iam=True) as emulator:
        cloud = Cloud(emulator.endpoint_url)
        deployment = deploy(cloud, plan(TEMPLATE, FUNCTIONS, PARAMETERS))
        fixups.apply(cloud, deployment)
        bot_token.store(cloud, TOKEN_SECRET, "the token")
        for mapping in cloud.functions.list_event_source_mappings()["EventSourceMappings"]:
            if "Events" not in mapping["EventSourceArn"]:
                cloud.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        stack = Stack(emulator, cloud, deployment)
        cloud.sqs.set_queue_attributes(
            QueueUrl=stack.physical("EventsQueue"),
            Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)},
        )
        yield stack


@contextmanager
def killing(stack: Stack) -> Iterator[list[int]]:
    """End the event worker's processes again and again; yields how many died each time."""
    draw, stop, killed = random.Random(SEED), threading.Event(), []  # noqa: S311

    def kill() -> None:
        while not stop.wait(draw.uniform(*SECONDS_BETWEEN_KILLS)):
            killed.append(kill_workers(stack, "EventWorkerFunction"))

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def left(stack: Stack, queue: str) -> int:
    """Messages of a queue, those under way included."""
    told = stack.cloud.sqs.get_queue_attributes(
        QueueUrl=stack.physical(queue), AttributeNames=["All"]
    )["Attributes"]
    hidden = told["ApproximateNumberOfMessagesNotVisible"]
    return int(told["ApproximateNumberOfMessages"]) + int(hidden)


def wait_until_taken_in(stack: Stack) -> None:
    """Wait until the queue is empty, telling how far it is."""
    began, calm = time.monotonic(), 0
    while calm < 3:
        waiting = left(stack, "EventsQueue")
        calm = calm + 1 if waiting == 0 else 0
        print(f"{time.monotonic() - began:6.0f} s  {waiting:6} messages left", flush=True)  # noqa: T201
        time.sleep(5)


def words_of(stack: Stack, guild: Guild) -> Lines:
    """Every ledger line of a guild."""
    s3, bucket = stack.cloud.s3, stack.physical("LedgerBucket")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"lines/guild={guild.id}/"
    )
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    with ThreadPoolExecutor(8) as pool:
        return list(
            pool.map(
                lambda key: json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()), keys
            )
        )


def rows_of(stack: Stack, guild: Guild, prefix: str) -> dict[str, Any]:
    """A guild's rows by the rest of their sort keys."""
    pages = stack.cloud.dynamodb.get_paginator("query").paginate(
        TableName=stack.physical("UsherTable"),
        KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues={":pk": {"S": f"G#{guild.id}"}, ":prefix": {"S": prefix}},
    )
    return {row["sk"]["S"].removeprefix(prefix): row for page in pages for row in page["Items"]}


def test_none_is_lost_and_none_is_counted_twice() -> None:
    with a_cloud() as stack, killing(stack) as killed:
        began = time.monotonic()
        guilds = feed(stack)
        print(f"{JOINS} joins fed in {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
        wait_until_taken_in(stack)
        lasted = time.monotonic() - began
        print(f"taken in after {lasted:.0f} s, {sum(killed)} processes killed", flush=True)  # noqa: T201

        assert sum(killed) >= min(20, JOINS / 2_000)
        assert left(stack, "EventsDeadLetterQueue") == 0
        for guild in guilds:
            lines = words_of(stack, guild)
            recorded = Counter(line["user_id"] for line in lines if line["type"] == "join")
            assert recorded == Counter(guild.members)
            assert rows_of(stack, guild, "M#").keys() == set(guild.members)
            last = joins(lines)
            credited = Counter(line["staff_id"] for line in last.values() if line["staff_id"])
            for line in lines:  # crowds whose codes are known, though not who came by which
                if line["type"] == "credit":
                    credited[line["staff_id"]] += line["delta"]
            counters = rows_of(stack, guild, "C#")
            counted = {
                user: int(held["tracked"]["N"])
                for user, held in counters.items()
                if user.isdigit() and held.get("tracked", {}).get("N", "0") != "0"
            }
            assert counted == {user: number for user, number in credited.items() if number}
            uses = rows_of(stack, guild, "I#")
            assert {code: int(held["uses"]["N"]) for code, held in uses.items()} == {
                f"{guild.id}code{n}": guild.uses[f"{guild.id}code{n}"] for n in range(CODES)
            }
