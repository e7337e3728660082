"""Puts the listener together: the one place that names AWS and Discord adapters."""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import boto3
from botocore.config import Config

from gateway_listener.aws import SqsSender, read_token
from gateway_listener.catch_up import CatchUp
from gateway_listener.client import GatewayClient
from gateway_listener.health import Vitals
from gateway_listener.keeper import LeaseKeeper
from gateway_listener.lease import LeaseLostError, resumable
from gateway_listener.lease_table import DynamoLease, shard_key
from gateway_listener.looks import DiscordLooks
from gateway_listener.missed import MissedReader
from gateway_listener.past import DiscordPast
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.publish import Publisher
from gateway_listener.record import FileRecorder, NoRecorder
from gateway_listener.recovery import Recovery
from gateway_listener.settings import Settings
from gateway_listener.vitals import LagMeter, beat, serve
from gateway_listener.watch import Watch
from usher.ids import UserId

LOOK_BUDGET: Final = 5.0
FLUSH_BUDGET: Final = 90.0
LAST_FLUSH_BUDGET: Final = 5.0
"""Seconds of the end; together below the 120 that Fargate gives a task at most."""
SENDERS: Final = 4

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def observation_ids() -> Callable[[], str]:
    """Make ids that no other listener process makes."""
    process, numbers = secrets.token_hex(8), itertools.count(1)
    return lambda: f"{process}-{next(numbers)}"


class Listener:
    """The listener's parts, and their beginning and end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # The publisher has its own retries; a hanging request must not hold a guild's order long.
        limits = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
        self._threads = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")
        sqs = boto3.client("sqs", region_name=settings.aws_region, config=limits)
        self._progress = Progress(SessionPoint(utc_now()))
        self._publisher = Publisher(
            SqsSender(sqs, settings.events_queue_url), self._threads, sent=self._progress.sent
        )
        record_file = settings.record_file
        self._file = None if record_file is None else FileRecorder(record_file)
        recorder = self._file or NoRecorder()
        self._client = GatewayClient(settings.discord_api_base, utc_now, self._progress)
        self._looks = DiscordLooks(self._client.http, utc_now)
        self._past = DiscordPast(self._client.http, utc_now)
        publish, new_id = self._publisher.publish, observation_ids()
        catch_up = CatchUp(MissedReader(self._past), recorder, utc_now)
        recovery = Recovery(catch_up, publish, utc_now, new_id, self._progress)
        self._watch = Watch(
            self._looks, publish, recorder, utc_now, new_id, self._progress, recovery
        )
        self._client.watch_with(self._watch)
        self._lag = LagMeter()
        self._keeper: LeaseKeeper | None = None
        self._waiting = False

    async def run(self, stop: asyncio.Event, hide: Callable[[str], None]) -> None:
        """Listen until `stop` is set, then end in order.

        `hide` is told the token. Raises RefusedError when Discord or AWS will not have us, and
        LeaseLostError when another listener has taken the shard.
        """
        server = await serve(self._settings.health_port, self.vitals)
        helpers = [
            asyncio.create_task(self._lag.run()),
            asyncio.create_task(beat(self.vitals, self._counts, lambda: self._publisher.unsent)),
        ]
        listening = asyncio.create_task(self._listen(hide))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await (self._give_way() if _lost(listening) else self._end())
            for task in (*helpers, listening, stopping):
                task.cancel()
            outcome, *_ = await asyncio.gather(
                listening, stopping, *helpers, return_exceptions=True
            )
            await server.cleanup()
        if isinstance(outcome, Exception):
            raise outcome

    def vitals(self) -> Vitals:
        """Take the vital signs now."""
        beating = self._client.heartbeat()
        return Vitals(
            connected=self._client.connected,
            disconnected_for=self._client.disconnected_for(),
            last_ack_age=None if beating is None else time.perf_counter() - beating[0],
            heartbeat_interval=None if beating is None else beating[1],
            oldest_unsent_age=self._publisher.oldest_unsent_age(),
            loop_lag=self._lag.lag,
            guilds=self._watch.guilds,
            unseen=self._watch.unseen,
            sessions=self._client.sessions,
            waiting=self._waiting,
        )

    def _counts(self) -> dict[str, int]:
        counters = self._watch.counters
        return {
            "JoinsSeen": counters.joins,
            "Looks": counters.looks,
            "FailedLooks": counters.failed_looks,
            "SessionsBegun": self._client.sessions,
        }

    async def _listen(self, hide: Callable[[str], None]) -> None:
        token = await asyncio.to_thread(self._token)
        hide(token)
        own_id = await self._client.log_in(token)
        if self._settings.table_name is None:
            await self._client.stay_connected()
            return
        keeper = self._keeper = self._make_keeper(self._settings.table_name, own_id)
        self._waiting = True
        point = await keeper.take()
        self._waiting = False
        keeping = asyncio.create_task(keeper.keep(self._learnt))
        connected = asyncio.create_task(self._go_on(own_id, point, keeper))
        try:
            await asyncio.wait({keeping, connected}, return_when=asyncio.FIRST_COMPLETED)
            await (keeping if keeping.done() else connected)
        finally:
            for task in (keeping, connected):
                task.cancel()
            await asyncio.gather(keeping, connected, return_exceptions=True)

    async def _go_on(self, own_id: UserId, point: SessionPoint | None, keeper: LeaseKeeper) -> None:
        """Listen from where the listener before ended, if Discord still knows its session."""
        if point is not None:
            self._progress.take_up(point)
        session = resumable(point, utc_now(), self._client.intents.value)
        if session is not None:
            self._watch.session_goes_on(own_id, await self._past.guilds())
        await self._client.stay_connected(session, keeper.confirm)

    def _make_keeper(self, table_name: str, own_id: UserId) -> LeaseKeeper:
        limits = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
        dynamodb = boto3.client("dynamodb", region_name=self._settings.aws_region, config=limits)
        table = DynamoLease(dynamodb, table_name, shard_key(own_id))
        life = timedelta(seconds=self._settings.lease_seconds)
        return LeaseKeeper(table, secrets.token_hex(8), life, utc_now, self._progress)

    def _learnt(self, point: SessionPoint) -> None:
        self._watch.was_away(point.alive_at)

    def _token(self) -> str:
        client = boto3.client("secretsmanager", region_name=self._settings.aws_region)
        return read_token(client, self._settings.discord_token_secret)

    async def _end(self) -> None:
        """Publish everything, then close the connection so that the session stays resumable."""
        log.info("The listener ends.")
        await self._watch.drain(LOOK_BUDGET)
        flushed = await self._publisher.flush(FLUSH_BUDGET)
        await self._close_connections()
        if not (flushed and await self._publisher.flush(LAST_FLUSH_BUDGET)):
            log.error("%d observations could not be sent.", self._publisher.unsent)
        if self._keeper is not None:
            await self._keeper.release()
        await self._close_senders()

    async def _give_way(self) -> None:
        """Publish nothing more: the other listener goes on from what was kept last."""
        log.error("Another listener has taken the shard; this one ends.")
        await self._publisher.close()
        await self._watch.drain(0)
        await self._close_connections()
        await self._close_senders()

    async def _close_connections(self) -> None:
        await self._looks.close()
        await self._past.close()
        await self._client.leave()

    async def _close_senders(self) -> None:
        await self._publisher.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._file is not None:
            self._file.close()


def _lost(listening: "asyncio.Task[None]") -> bool:
    ended = listening.done() and not listening.cancelled()
    return ended and isinstance(listening.exception(), LeaseLostError)
