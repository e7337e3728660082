"""The listener from beginning to end: account, shards, and an orderly close."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import aiohttp
import discord

from gateway_listener.bootstrap import Parts, utc_now
from gateway_listener.handshake import name_of
from gateway_listener.health import Vitals
from gateway_listener.identify import Terms
from gateway_listener.keeper import LeaseKeeper, poll_of
from gateway_listener.lease import LeaseLostError, TableOutError
from gateway_listener.plan import Plan, first_point, wanted_count
from gateway_listener.powers import OwnGuild
from gateway_listener.progress import SessionPoint
from gateway_listener.roster import Roster
from gateway_listener.settings import Settings
from gateway_listener.shard import Shard
from gateway_listener.vitals import LagMeter, beat, serve
from usher.ids import GuildId, UserId

LOOK_BUDGET: Final = 5.0
FLUSH_BUDGET: Final = 90.0
LAST_FLUSH_BUDGET: Final = 5.0
"""Seconds of the end; together below the 120 that Fargate gives a task at most."""
TERMS_PAUSE: Final = 5.0
NAMES_LIFE: Final = 60.0
"""Seconds for which the list of the bot's guilds is good for further shards."""

log = logging.getLogger(__name__)


class Listener:
    """One process: as many of the bot's shards as are free."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parts = Parts(settings)
        self._lag = LagMeter()
        self._began: float | None = time.monotonic()
        self._plan = Plan(0)
        self._shards: list[Shard] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Task[None] | None = None
        self._failed: asyncio.Future[None] | None = None
        self._roster: Roster | None = None
        self._ended = False
        self._names: tuple[float, Mapping[GuildId, OwnGuild]] = (float("-inf"), {})
        self._naming = asyncio.Lock()

    async def run(self, stop: asyncio.Event, hide: Callable[[str], None]) -> None:
        """Listen until `stop` is set, then end in order.

        `hide` is told the token. Raises RefusedError when Discord or AWS will not have us, and
        LeaseLostError when another listener has taken a shard.
        """
        self._failed = asyncio.get_running_loop().create_future()
        server = await serve(self._settings.health_port, self.vitals)
        stopping: asyncio.Future[Any] = asyncio.create_task(stop.wait())
        helpers = [
            stopping,
            asyncio.create_task(self._lag.run()),
            asyncio.create_task(self._beat()),
            asyncio.create_task(self._parts.account.tidy()),
        ]
        self._listening = self._spawn(self._listen(hide))
        try:
            await asyncio.wait({self._failed, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost = self._failed.done() and isinstance(self._failed.exception(), LeaseLostError)
            await (self._give_way() if lost else self._end())
            for task in (*helpers, *self._tasks):
                task.cancel()
            await asyncio.gather(*helpers, *self._tasks, return_exceptions=True)
            server.close()
        if self._failed.done():
            self._failed.result()
        self._failed.cancel()

    # ------------------------------------------------------------ the listening

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        """Let the first that fails end the listener."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def _listen(self, hide: Callable[[str], None]) -> None:
        parts = self._parts
        token = await asyncio.to_thread(parts.token)
        hide(token)
        own_id = await parts.account.log_in(token)
        terms = await self._terms()
        parts.open_gate(own_id, terms.max_concurrency)
        recommended = terms.shards
        if self._settings.table_name is None:
            self._plan = Plan(wanted_count(self._settings.shard_count, recommended, None))
            self._began = None
            for number in range(min(self._plan.count, self._settings.most_shards)):
                self._begin(own_id, number, None)
            return
        self._plan = await self._agree(own_id, recommended)
        self._roster = parts.roster(own_id, self._plan.count)
        self._began = None
        async for keeper in self._roster.taken():
            if self._ended:
                await keeper.release()
                return
            self._begin(own_id, keeper.shard, keeper)

    async def _terms(self) -> Terms:
        while True:
            try:
                return await self._parts.account.terms()
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.warning("Discord does not tell its gateway (%s).", name_of(error))
            await asyncio.sleep(TERMS_PAUSE)

    async def _agree(self, own_id: UserId, recommended: int) -> Plan:
        """Agree on the number of shards; without the others when the table is out for long."""
        life, began = self._parts.life, time.monotonic()
        while True:
            try:
                return await self._parts.agree(own_id, recommended)
            except TableOutError as error:
                self._parts.table_thread.complain(error)
            if time.monotonic() - began >= life.total_seconds():
                return Plan(wanted_count(self._settings.shard_count, recommended, None))
            await asyncio.sleep(poll_of(life))

    def _begin(self, own_id: UserId, number: int, keeper: LeaseKeeper | None) -> None:
        shard = self._parts.shard(number, self._plan.count, keeper)
        self._shards.append(shard)
        point: SessionPoint | None = None
        if keeper is not None:
            point = first_point(keeper.point, self._plan)
        self._spawn(shard.run(own_id, point, self._guilds, utc_now))

    async def _guilds(self) -> Mapping[GuildId, OwnGuild]:
        async with self._naming:
            asked, names = self._names
            if time.monotonic() - asked > NAMES_LIFE:
                names = await self._parts.past.guilds()
                self._names = time.monotonic(), names
            return names

    # ------------------------------------------------------------ the pulse

    def vitals(self) -> Vitals:
        """Take the vital signs now."""
        return Vitals(
            oldest_unsent_age=self._parts.publisher.oldest_unsent_age(),
            loop_lag=self._lag.lag,
            starting_for=None if self._began is None else time.monotonic() - self._began,
            count=self._plan.count,
            shards=tuple(shard.vitals() for shard in self._shards),
        )

    async def _beat(self) -> None:
        told = self._settings
        namespace, every = told.metrics_namespace, told.heartbeat_seconds
        await beat(self.vitals, self._counts, self._gauges, namespace, every)

    def _counts(self) -> dict[str, int]:
        counters = [shard.watch.counters for shard in self._shards]
        return {
            "JoinsSeen": sum(one.joins for one in counters),
            "Looks": sum(one.looks for one in counters),
            "FailedLooks": sum(one.failed_looks for one in counters),
            "SessionsBegun": sum(shard.client.sessions for shard in self._shards),
            **self._parts.account.traffic.totals(),
        }

    async def _gauges(self) -> dict[str, float]:
        gauges: dict[str, float] = {
            "Unsent": self._parts.publisher.unsent,
            "Shards": len(self._shards),
            "LoopLagMilliseconds": round(self._lag.take_worst() * 1000, 1),
        }
        if (left := self._parts.account.session_starts_left()) is not None:
            gauges["SessionStartsLeft"] = left
        if self._roster is not None and (unheld := await self._roster.unheld()) is not None:
            gauges["ShardsUnheld"] = unheld
        latencies = [shard.client.latency() for shard in self._shards]
        if known := [latency for latency in latencies if latency is not None]:
            gauges["GatewayLatencyMilliseconds"] = round(max(known) * 1000, 1)
        return gauges

    # ------------------------------------------------------------ the end

    async def _end(self) -> None:
        """Publish everything, then close the connections so that the sessions stay resumable."""
        log.info("The listener ends.")
        publisher = self._parts.publisher
        await self._stop_taking()
        await asyncio.gather(*(shard.watch.drain(LOOK_BUDGET) for shard in self._shards))
        flushed = await publisher.flush(FLUSH_BUDGET)
        await self._close_connections()
        if not (flushed and await publisher.flush(LAST_FLUSH_BUDGET)):
            log.error("%d observations could not be sent.", publisher.unsent)
        await self._release()
        await self._parts.close()

    async def _give_way(self) -> None:
        """Publish nothing more: other listeners go on from what was kept last."""
        log.error("Another listener has taken a shard; this one ends.")
        await self._stop_taking()
        await self._parts.publisher.close()
        await asyncio.gather(*(shard.watch.drain(0) for shard in self._shards))
        await self._close_connections()
        await self._release()
        await self._parts.close()

    async def _stop_taking(self) -> None:
        """Take no further shard. One that is being taken is given up at once."""
        self._ended = True
        if self._roster is not None and self._listening is not None:
            self._roster.stop()
            await asyncio.wait({self._listening})

    async def _release(self) -> None:
        keepers = [shard.keeper for shard in self._shards if shard.keeper is not None]
        await asyncio.gather(*(keeper.release() for keeper in keepers))

    async def _close_connections(self) -> None:
        await self._parts.looks.close()
        await self._parts.past.close()
        await asyncio.gather(*(shard.client.leave() for shard in self._shards))
        await self._parts.account.http.close()
