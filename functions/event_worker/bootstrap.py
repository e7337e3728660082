"""Names the event worker's adapters."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from time import sleep
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from event_worker.batch import EventDoor
from event_worker.parking import Parking
from usher.attribution.backfill_install import BackfillAtInstall
from usher.attribution.cached_guilds import LIFE_SECONDS, MOST_KEPT, CachedGuilds
from usher.attribution.ports import ContestedError, StaleHeadError
from usher.attribution.rules import attribute, needs_closed_groups
from usher.attribution.service import AttributionService
from usher.attribution.state_codec import StateError
from usher.attribution.store import DynamoGuilds
from usher.contracts.observation_codec import decode
from usher.ledger.lines import LineError
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore, LineMissingError
from usher.platform.cache import Cache
from usher.platform.dynamo import TableBusyError, Transactor, bind
from usher.platform.logging import INVITES, get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import SettingsError, region, require, retention
from usher.platform.sqs import (
    BackfillQueue,
    ConfirmationsQueue,
    EffectsQueue,
    EventsQueue,
    HooksQueue,
    RepairsQueue,
    sqs_client,
)

NEEDED: Final = (
    "TABLE_NAME",
    "LEDGER_BUCKET",
    "EVENTS_QUEUE_URL",
    "EFFECTS_QUEUE_URL",
    "CONFIRMATIONS_QUEUE_URL",
    "REPAIRS_QUEUE_URL",
    "HOOKS_QUEUE_URL",
)
WRITERS: Final = 16
"""Ledger objects written at once: a burst of 100 joins has up to 300."""

PASSING: Final = (
    BotoCoreError,
    ClientError,
    ContestedError,
    LineError,
    LineMissingError,
    OSError,
    PynamoDBException,
    StaleHeadError,
    StateError,
    TableBusyError,
)


def build(environ: Mapping[str, str], writers: int = WRITERS) -> EventDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, *NEEDED)
    where = region(environ)
    bucket = Bucket(s3_client(where), names["LEDGER_BUCKET"])
    ledger = LedgerStore(bucket, _now, retention(environ))
    meter = EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "event_worker"))
    stored = DynamoGuilds(Transactor(bind(names["TABLE_NAME"], where)), _now)
    guilds = CachedGuilds(
        stored,
        Cache(LIFE_SECONDS, MOST_KEPT),
        Cache(LIFE_SECONDS, MOST_KEPT),
        Cache(LIFE_SECONDS, MOST_KEPT),
    )
    queues = sqs_client(where)
    repairs = RepairsQueue(queues, names["REPAIRS_QUEUE_URL"], partial(meter.count, "FormsFailed"))
    service = AttributionService(
        guilds=guilds,
        ledger=LedgerWriter(ledger, ThreadPoolExecutor(writers, "ledger"), repairs),
        effects=EffectsQueue(queues, names["EFFECTS_QUEUE_URL"]),
        confirmations=ConfirmationsQueue(queues, names["CONFIRMATIONS_QUEUE_URL"]),
        hooks=HooksQueue(queues, names["HOOKS_QUEUE_URL"]),
        attribute=attribute,
        needs_closed=needs_closed_groups,
        pause=sleep,
        first_seen=_at_install(environ, BackfillQueue(queues, names["CONFIRMATIONS_QUEUE_URL"])),
    )
    return EventDoor(
        service=service,
        parking=Parking(bucket, guilds, sleep),
        decode=decode,
        passing=PASSING,
        log=get_logger(INVITES),
        meter=meter,
        give_back=EventsQueue(queues, names["EVENTS_QUEUE_URL"]).give_back,
        settings_read=guilds.take_uses,
    )


def _at_install(environ: Mapping[str, str], steps: BackfillQueue) -> BackfillAtInstall | None:
    """Read how many members are imported when a guild is first seen; none unless set."""
    most = environ.get("IMPORT_AT_INSTALL") or "0"
    if not most.isdecimal():
        raise SettingsError(("IMPORT_AT_INSTALL",))
    return BackfillAtInstall(steps, int(most)) if int(most) else None


def _now() -> datetime:
    return datetime.now(UTC)
