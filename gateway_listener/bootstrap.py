"""Puts the listener together: the one place that names AWS and Discord adapters."""

import itertools
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from gateway_listener.account import Account
from gateway_listener.aws import SqsSender, ThreadCaller, read_token
from gateway_listener.catch_up import CatchUp
from gateway_listener.client import GatewayClient
from gateway_listener.identify import IdentifyGate, OwnTurns
from gateway_listener.keeper import LeaseKeeper
from gateway_listener.lease_table import DynamoLeases, bot_key, shards_key
from gateway_listener.looks import DiscordLooks
from gateway_listener.missed import MissedReader
from gateway_listener.past import DiscordPast
from gateway_listener.plan import Plan, agree
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.publish import Publisher
from gateway_listener.record import FileRecorder, NoRecorder
from gateway_listener.recovery import Recovery
from gateway_listener.roster import Roster
from gateway_listener.rows import Rows
from gateway_listener.settings import Settings
from gateway_listener.shard import Shard
from gateway_listener.shard_table import DynamoPlans, DynamoTurns
from gateway_listener.table_thread import TableThread
from gateway_listener.timing import Pace
from gateway_listener.watch import Watch
from usher.ids import UserId
from usher.platform.container_credentials import credentials_of
from usher.platform.signed_http import DYNAMODB, SECRETS, SQS, Service, SignedClient

SENDERS: Final = 4


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def observation_ids() -> Callable[[], str]:
    """Make ids that no other listener process makes."""
    process, numbers = secrets.token_hex(8), itertools.count(1)
    return lambda: f"{process}-{next(numbers)}"


class Parts:
    """What all shards of the process share, and how one is made."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.account = Account(settings.discord_api_base, utc_now)
        self.looks = DiscordLooks(self.account.http, utc_now)
        self.past = DiscordPast(self.account.http, utc_now)
        self.table_thread = TableThread()
        self.life = timedelta(seconds=settings.lease_seconds)
        self._credentials = credentials_of(os.environ)
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")
        sender = SqsSender(self._caller(SQS), settings.events_queue_url)
        self.publisher = Publisher(sender, self._senders)
        record_file = settings.record_file
        self._file = None if record_file is None else FileRecorder(record_file)
        self._recorder = self._file or NoRecorder()
        room = self.publisher.room
        reader = MissedReader(self.past)
        self._catch_up = CatchUp(reader, self._recorder, utc_now, room=room)
        self._owner = secrets.token_hex(8)
        self._new_id = observation_ids()
        self._pace = Pace()
        self._table = self._caller(DYNAMODB)
        self._gate: IdentifyGate | None = None

    def token(self) -> str:
        """Read the bot's token. Blocks; raises RefusedError."""
        return read_token(self._caller(SECRETS), self.settings.discord_token_secret)

    def open_gate(self, own_id: UserId, concurrency: int) -> None:
        """Let sessions begin in turn with those of the bot's other listeners, from now on."""
        name = self.settings.table_name
        turns = OwnTurns() if name is None else DynamoTurns(self._rows(bot_key(own_id)))
        ask = self.account.terms
        self._gate = IdentifyGate(
            turns, self._owner, ask, utc_now, self.table_thread, concurrency=concurrency
        )
        self.account.identifying = self._gate.identifying

    async def agree(self, own_id: UserId, recommended: int) -> Plan:
        """Agree with the bot's other listeners on the number of shards. Raises TableOutError."""
        return await self.table_thread.call(
            agree,
            DynamoPlans(self._rows(bot_key(own_id))),
            partial(self._leases, own_id),
            self.settings.shard_count,
            recommended,
        )

    def roster(self, own_id: UserId, count: int) -> Roster:
        """Make what takes the leases of `count` shards."""
        table = self._leases(own_id, count)

        def keeper(shard: int) -> LeaseKeeper:
            progress = Progress(SessionPoint(utc_now()))
            return LeaseKeeper(
                table, shard, self._owner, self.life, utc_now, progress, self.table_thread
            )

        most = self.settings.most_shards
        return Roster(table, count, most, self.life, utc_now, self.table_thread, keeper)

    def shard(self, number: int, count: int, keeper: LeaseKeeper | None) -> Shard:
        """Make a shard; `open_gate` comes before."""
        if self._gate is None:
            raise RuntimeError("no gate")
        progress = Progress(SessionPoint(utc_now())) if keeper is None else keeper.progress
        publisher = self.publisher
        publish = partial(publisher.publish, sent=progress.sent)
        client = GatewayClient(
            self.account, utc_now, progress, number, count, self._gate.turn, publisher.full
        )
        recovery = Recovery(self._catch_up, publish, utc_now, self._new_id, progress)
        watch = Watch(
            self.looks,
            publish,
            self._recorder,
            utc_now,
            self._new_id,
            progress,
            recovery,
            self._pace,
        )
        client.watch_with(watch)
        return Shard(number, count, progress, client, watch, publisher.room, keeper)

    async def close(self) -> None:
        """Give up what is unsent, and end threads and file."""
        await self.publisher.close()
        self._senders.shutdown(wait=False, cancel_futures=True)
        self.table_thread.close()
        if self._file is not None:
            self._file.close()

    def _leases(self, own_id: UserId, count: int) -> DynamoLeases:
        return DynamoLeases(self._rows(shards_key(own_id, count)))

    def _rows(self, partition: str) -> Rows:
        return Rows(self._table, self.settings.table_name or "", partition)

    def _caller(self, service: Service) -> ThreadCaller:
        return ThreadCaller(partial(SignedClient, service, credentials=self._credentials))
