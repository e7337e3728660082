"""Names the integrity door's adapters."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from time import sleep
from typing import Final

import urllib3

from integrity.door import IntegrityDoor, Reporter
from usher.attribution.code_list import DynamoCodeList
from usher.attribution.discord_looks import DiscordLooks
from usher.attribution.sync_service import SyncService
from usher.contracts.observation import Observation
from usher.ids import GuildId
from usher.integrity.discord_roster import DiscordRoster
from usher.integrity.inside import Inside
from usher.integrity.listening import Listening
from usher.integrity.mending import Mender
from usher.integrity.outside import Outside
from usher.integrity.service import Integrity
from usher.integrity.store import DynamoNotes
from usher.integrity.table import DynamoTable
from usher.integrity.telling import Teller
from usher.integrity.unbooked import Unbooked
from usher.integrity.whole import Whole
from usher.ledger.closed import ClosedDays
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.limits.building import build_limiter, figures
from usher.limits.pacing import INTEGRITY, Steady
from usher.limits.service import Limiter
from usher.platform.discord_rest import DiscordRest
from usher.platform.dynamo import bind
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.dynamo_scan import dynamo_client
from usher.platform.dynamo_sdk import SdkQueries
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.s3 import Bucket, s3_client
from usher.platform.secrets import TokenSecret, secrets_client
from usher.platform.settings import DISCORD_API_BASE, region, require
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.platform.sqs import BackfillQueue, EffectsQueue, EventsQueue, sqs_client

NEEDED: Final = (
    "TABLE_NAME",
    "LEDGER_BUCKET",
    "EVENTS_QUEUE_URL",
    "EFFECTS_QUEUE_URL",
    "CONFIRMATIONS_QUEUE_URL",
    "DISCORD_TOKEN_SECRET",
)
READERS: Final = 32
LONGEST_WAIT: Final = 1.0
"""Seconds that a limit of Discord's is waited out: the next hour is as good."""


@dataclass(frozen=True, slots=True)
class SendingRoad:
    """The way to the event worker, without waiting for what it does. Implements Road."""

    events: EventsQueue

    def name_of(self, guild_id: GuildId) -> str:
        """Leave the guild's name as it is."""
        return ""

    def carry(self, observation: Observation) -> bool:
        """Send an observation; it will be taken in later."""
        self.events.send(observation)
        return False


def build(
    environ: Mapping[str, str], readers: int = READERS, clock: Callable[[], datetime] | None = None
) -> IntegrityDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names, now = require(environ, *NEEDED), clock or _now
    where = region(environ)
    bind(names["TABLE_NAME"], where)
    bucket = Bucket(s3_client(where), names["LEDGER_BUCKET"])
    pool = ThreadPoolExecutor(readers, "ledger")
    store = LedgerStore(bucket, now)
    reader = LedgerReader(store, pool, ClosedDays(bucket))
    client, queues = dynamo_client(where), sqs_client(where)
    table, notes = DynamoTable(client, names["TABLE_NAME"], now), DynamoNotes()
    reads = DynamoReads(SdkQueries(client), names["TABLE_NAME"])
    events = EventsQueue(queues, names["EVENTS_QUEUE_URL"])
    log = get_logger()
    limiter = build_limiter(
        SignedClient(DYNAMODB, environ), names["TABLE_NAME"], log, Steady(INTEGRITY)
    )
    rest = _rest(environ, names["DISCORD_TOKEN_SECRET"], limiter)
    roster, listening = DiscordRoster(rest), Listening(reads)
    sync = SyncService(DiscordLooks(rest, now), DynamoCodeList(reads), SendingRoad(events), now)
    steps = BackfillQueue(queues, names["CONFIRMATIONS_QUEUE_URL"])
    reporter = Reporter(log)
    integrity = Integrity(
        table=table,
        notes=notes,
        unbooked=Unbooked(reader, table, now),
        whole=Whole(reader, table, now, sleep),
        inside=Inside(table, sleep),
        outside=Outside(sync, roster, table, now),
        mending=Mender(events, steps, sync, reporter.mended),
        telling=Teller(reporter, table, EffectsQueue(queues, names["EFFECTS_QUEUE_URL"])),
        clock=now,
    )
    return IntegrityDoor(
        guilds=store.guilds,
        integrity=integrity,
        table=table,
        notes=notes,
        listening=lambda: listening.is_whole(roster.own_id(), now()),
        clock=now,
        log=log,
        meter=EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "integrity")),
        calls=lambda: figures(limiter.take_tally()),
    )


def _rest(environ: Mapping[str, str], secret: str, limiter: Limiter) -> DiscordRest:
    token = TokenSecret(secrets_client(region(environ)), secret)
    base = (environ.get("DISCORD_API_BASE") or DISCORD_API_BASE).rstrip("/")
    pool = urllib3.PoolManager(maxsize=2)
    return DiscordRest(base, token, pool, longest_wait=LONGEST_WAIT, limits=limiter)


def _now() -> datetime:
    return datetime.now(UTC)
