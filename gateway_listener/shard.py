"""One shard of the bot: its lease, its session, its guilds."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway_listener.client import GatewayClient
from gateway_listener.health import ShardVitals
from gateway_listener.keeper import LeaseKeeper
from gateway_listener.lease import resumable
from gateway_listener.powers import OwnGuild
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.watch import Watch
from usher.ids import GuildId, UserId

type Guilds = Callable[[], Awaitable[Mapping[GuildId, OwnGuild]]]
"""Lists the bot's guilds."""


def shard_of(guild_id: GuildId, count: int) -> int:
    """Tell which shard a guild is of (Discord, gateway: Sharding)."""
    return (int(guild_id) >> 22) % count


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """A shard that this process holds. Must run in the event loop."""

    number: int
    count: int
    progress: Progress
    client: GatewayClient
    watch: Watch
    room: Callable[[], Awaitable[None]]
    """Waits until more may be read from Discord."""
    keeper: LeaseKeeper | None = None
    """None where nobody else could have the shard."""

    async def run(
        self,
        own_id: UserId,
        point: SessionPoint | None,
        guilds: Guilds,
        clock: Callable[[], datetime],
    ) -> None:
        """Listen from where the shard's listener before ended, for ever.

        Raises LeaseLostError when somebody else has taken the shard, and RefusedError.
        """
        if self.keeper is None:
            await self.client.stay_connected(None, self.room)
            return
        keeping = asyncio.create_task(self.keeper.keep(self._learnt))
        connected = asyncio.create_task(self._go_on(own_id, point, guilds, clock))
        try:
            await asyncio.wait({keeping, connected}, return_when=asyncio.FIRST_COMPLETED)
            await (keeping if keeping.done() else connected)
        finally:
            for task in (keeping, connected):
                task.cancel()
            await asyncio.gather(keeping, connected, return_exceptions=True)

    async def _go_on(
        self,
        own_id: UserId,
        point: SessionPoint | None,
        guilds: Guilds,
        clock: Callable[[], datetime],
    ) -> None:
        if point is not None:
            self.progress.take_up(point)
        session = resumable(point, clock(), self.client.intents)
        if session is not None:
            known = {
                guild_id: guild
                for guild_id, guild in (await guilds()).items()
                if shard_of(guild_id, self.count) == self.number
            }
            self.watch.session_goes_on(own_id, known)
        await self.client.stay_connected(session, self._may_connect)

    async def _may_connect(self) -> None:
        await self.room()
        if self.keeper is not None:
            await self.keeper.confirm()

    def _learnt(self, point: SessionPoint) -> None:
        self.watch.was_away(point.alive_at)

    def vitals(self) -> ShardVitals:
        """Take the vital signs now."""
        beating = self.client.heartbeat()
        return ShardVitals(
            shard=self.number,
            connected=self.client.connected,
            disconnected_for=self.client.disconnected_for(),
            last_ack_age=None if beating is None else time.perf_counter() - beating[0],
            heartbeat_interval=None if beating is None else beating[1],
            guilds=self.watch.guilds,
            unseen=self.watch.unseen,
            sessions=self.client.sessions,
        )
