"""Puts the listener together: the one place that names AWS and Discord adapters."""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

import boto3
from botocore.config import Config

from gateway_listener.aws import SqsSender, read_token
from gateway_listener.client import GatewayClient
from gateway_listener.health import Vitals
from gateway_listener.looks import DiscordLooks
from gateway_listener.publish import Publisher
from gateway_listener.record import FileRecorder, NoRecorder
from gateway_listener.settings import Settings
from gateway_listener.vitals import LagMeter, beat, serve
from gateway_listener.watch import Watch

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
        self._publisher = Publisher(SqsSender(sqs, settings.events_queue_url), self._threads)
        record_file = settings.record_file
        self._file = None if record_file is None else FileRecorder(record_file)
        self._client = GatewayClient(settings.discord_api_base, utc_now)
        self._looks = DiscordLooks(self._client.http, utc_now)
        self._watch = Watch(
            self._looks,
            self._publisher.publish,
            self._file or NoRecorder(),
            utc_now,
            observation_ids(),
        )
        self._client.watch_with(self._watch)
        self._lag = LagMeter()

    async def run(self, stop: asyncio.Event, hide: Callable[[str], None]) -> None:
        """Listen until `stop` is set, then end in order.

        `hide` is told the token. Raises RefusedError when Discord or AWS will not have us.
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
            await self._end()
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
        await self._client.log_in(token)
        await self._client.stay_connected()

    def _token(self) -> str:
        client = boto3.client("secretsmanager", region_name=self._settings.aws_region)
        return read_token(client, self._settings.discord_token_secret)

    async def _end(self) -> None:
        """Publish everything, then close the connection so that the session stays resumable."""
        log.info("The listener ends.")
        await self._watch.drain(LOOK_BUDGET)
        flushed = await self._publisher.flush(FLUSH_BUDGET)
        await self._looks.close()
        await self._client.leave()
        if not (flushed and await self._publisher.flush(LAST_FLUSH_BUDGET)):
            log.error("%d observations could not be sent.", self._publisher.unsent)
        await self._publisher.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._file is not None:
            self._file.close()
