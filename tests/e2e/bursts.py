"""A crowd: joins at a steady pace by many codes, and how they were taken in."""

import asyncio
import time
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from infra.local.system import System
from tests.e2e.town import Town
from tests.e2e.watching import Lines, eventually, joins, ledger_lines, rows

LOOK: Final = "GET /guilds/{guild_id}/invites"


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of a crowd; times in seconds."""

    truth: dict[str, str]
    """The code of each user."""
    lines: Lines
    looks: int
    lasted: float
    """From the first join until everything had been taken in."""
    drained: float
    """From the last join until everything had been taken in."""


async def burst(system: System, town: Town, size: int, seconds: float, patience: float) -> Burst:
    """Let `size` people join within `seconds`, and wait until all are credited."""
    before, began = system.practice.asked.get(LOOK, 0), time.monotonic()
    truth: dict[str, str] = {}
    for n, code in zip(range(size), cycle(town.codes), strict=False):
        truth[system.practice.join(town.id, code, user=f"crowd{n}").user_id] = code
        await asyncio.sleep(max(0.0, began + (n + 1) * seconds / size - time.monotonic()))
    last = time.monotonic()
    await eventually(lambda: credited(system, town) >= size or None, patience)
    end = time.monotonic()
    looks = system.practice.asked[LOOK] - before
    return Burst(truth, ledger_lines(system, town.id), looks, end - began, end - last)


def credited(system: System, town: Town) -> int:
    """The credit that all inviters of a town have, by one request."""
    counters = rows(system, town.id, "C#")
    return sum(int(row["tracked"]["N"]) for key, row in counters.items() if key.isdigit())


def assert_taken_in(burst: Burst) -> None:
    """Each join stands in the ledger exactly once, and the looks were no more than one a second."""
    recorded = [line["user_id"] for line in burst.lines if line["type"] == "join"]
    assert sorted(recorded) == sorted(burst.truth)
    for user, word in joins(burst.lines).items():
        assert burst.truth[user] in (word["candidates"] or [word["invite_code"]])
    assert burst.looks <= burst.lasted + 1
