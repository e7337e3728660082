"""Looking at the system from outside: bucket, table, answers."""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from infra.local.emulator import Emulator
from infra.local.system import System

type Lines = list[dict[str, Any]]


def ledger_lines(system: System, guild_id: str) -> Lines:
    """Every line of a guild, from the objects themselves."""
    s3, bucket = system.cloud.s3, system.ledger_bucket
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"lines/guild={guild_id}/"
    )
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
    return [json.loads(body) for body in bodies]


def joins(lines: Lines) -> dict[str, dict[str, Any]]:
    """The last word of the ledger on each join, by user."""
    words: dict[str, dict[str, Any]] = {}
    said = [line for line in lines if line["type"] in ("join", "correction", "confirmation")]
    for line in sorted(said, key=lambda line: (line["timestamp"], line["type"] != "join")):
        words[line["user_id"]] = line
    return words


async def eventually[T](look: Callable[[], T | None], patience: float = 20.0) -> T:
    """Poll until a look returns something; TimeoutError after `patience` seconds."""
    async with asyncio.timeout(patience):
        while True:
            found = await asyncio.to_thread(look)
            if found:
                return found
            await asyncio.sleep(0.05)


async def joined(system: System, guild_id: str, count: int, patience: float = 30.0) -> Lines:
    """Wait for the join lines of `count` members and return all lines."""

    def look() -> Lines | None:
        lines = ledger_lines(system, guild_id)
        recorded = {line["user_id"] for line in lines if line["type"] == "join"}
        return lines if len(recorded) >= count else None

    return await eventually(look, patience)


def item(system: System, guild_id: str, sort_key: str) -> dict[str, Any]:
    """One row of the table, as DynamoDB's JSON; empty when it is not there."""
    answer = system.cloud.dynamodb.get_item(
        TableName=system.table_name,
        Key={"pk": {"S": f"G#{guild_id}"}, "sk": {"S": sort_key}},
        ConsistentRead=True,
    )
    return dict(answer.get("Item", {}))


def rows(system: System, guild_id: str, prefix: str) -> dict[str, dict[str, Any]]:
    """A guild's rows whose sort keys begin so, by the rest of those, as DynamoDB's JSON."""
    pages = system.cloud.dynamodb.get_paginator("query").paginate(
        TableName=system.table_name,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues={":pk": {"S": f"G#{guild_id}"}, ":prefix": {"S": prefix}},
        ConsistentRead=True,
    )
    found = [dict(row) for page in pages for row in page["Items"]]
    return {row["sk"]["S"].removeprefix(prefix): row for row in found}


class OnTheCloud(Protocol):
    """Something that runs on an embedded cloud."""

    @property
    def emulator(self) -> Emulator:
        """The embedded cloud."""
        ...


def kill_workers(system: OnTheCloud, function: str) -> int:
    """End by SIGKILL every process of this system that runs a function; return how many."""
    killed = [pid for pid, name in workers(system) if function in name]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    return len(killed)


def workers(system: OnTheCloud) -> Iterator[tuple[int, str]]:
    """Every process of this system that runs a function: its id, and the function's name."""
    for pid in _descendants(system.emulator.pid):
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        for variable in environment:
            name, _, value = variable.partition(b"=")
            if name == b"AWS_LAMBDA_FUNCTION_NAME":
                yield pid, value.decode()


def _descendants(pid: int | None) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    queue = [pid] if pid is not None else []
    while queue:
        below = children.get(queue.pop(), [])
        found.extend(below)
        queue.extend(below)
    return found
