"""Many slowmodes that end within a minute, on the whole system."""

import asyncio
import random
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from infra.local.aws import environment
from infra.local.system import System
from infra.practice.entities import Channel, Guild
from tests.e2e.watching import eventually, kill_workers, rows
from usher.channels.codec import Slowmode, write_slowmode
from usher.channels.slowmodes import SLOWMODE
from usher.ids import GuildId
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.times import parse_time
from usher.timing.term_table import DynamoTerms
from usher.timing.terms import Term

SWEEPER = "SweeperFunction"
SLOW = 60


@dataclass
class Slowed:
    """Channels with a slowmode, and when each is to end."""

    guilds: list[Guild]
    ends: dict[str, datetime]
    """By channel."""

    def channels(self) -> list[Channel]:
        return [
            guild.channels[id_]
            for guild in self.guilds
            for id_ in self.ends
            if id_ in guild.channels
        ]

    def changes(self) -> list[str]:
        """Whose slowmode was changed, once for each time."""
        return [
            str(entry.target_id)
            for guild in self.guilds
            for entry in guild.audit_log
            if entry.target_id in self.ends
        ]


def begin(
    system: System, guilds: list[Guild], count: int, first: datetime, seconds: float
) -> Slowed:
    """Write slowmodes whose ends are spread over some seconds from the first one."""
    client = SignedClient(DYNAMODB, environment(system.endpoint_url))
    with closing(client):
        return _begin(DynamoTerms(client, system.table_name), system, guilds, count, first, seconds)


def _begin(
    table: DynamoTerms,
    system: System,
    guilds: list[Guild],
    count: int,
    first: datetime,
    seconds: float,
) -> Slowed:
    chance = random.Random(7)  # noqa: S311 - the same times in every run
    slowed = Slowed(guilds, {})
    for n in range(count):
        guild = guilds[n % len(guilds)]
        channel = Channel(system.practice.world.new_id(), guild.id, f"room{n}")
        channel.rate_limit_per_user = SLOW
        guild.channels[channel.id] = channel
        end = first + timedelta(seconds=chance.uniform(0, seconds))
        kept = write_slowmode(Slowmode(SLOW, 0))
        assert table.write(Term(GuildId(guild.id), SLOWMODE, channel.id, "v1", end, kept), None)
        slowed.ends[channel.id] = end
    return slowed


async def sweep(system: System) -> None:
    """Sweep beside the schedule, as a second sweeper would."""
    name = system.deployment.physical_ids[SWEEPER]
    functions = system.cloud.functions
    await asyncio.to_thread(functions.invoke, FunctionName=name, InvocationType="Event")


async def disturbed(system: System, moments: list[datetime]) -> int:
    """Double the sweeper at each moment, kill it in the midst, and double it again."""
    killed = 0
    for moment in moments:
        await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
        await sweep(system)
        await asyncio.sleep(0.3)
        killed += kill_workers(system, SWEEPER)
        await sweep(system)
    return killed


async def lateness(system: System, slowed: Slowed, patience: float) -> list[float]:
    """Wait until all have ended; say how late each was, in seconds, the earliest first."""

    def look() -> list[float] | None:
        found = {
            key: row
            for guild in slowed.guilds
            for key, row in rows(system, guild.id, f"X#{SLOWMODE}#").items()
        }
        if not all("ended_at" in found[channel] for channel in slowed.ends):
            return None
        return sorted(
            (parse_time(found[channel]["ended_at"]["S"]) - end).total_seconds()
            for channel, end in slowed.ends.items()
        )

    return await eventually(look, patience)


def at_most(late: list[float], percent: float) -> float:
    """Say how late they were at most, the latest ones beyond a share apart."""
    return late[ceil(len(late) * percent / 100) - 1]
