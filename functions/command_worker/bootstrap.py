"""Names the adapters of the command worker."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from time import sleep
from typing import Final

from command_worker.door import Door
from usher.attribution.backfill_commands import Imports
from usher.attribution.backfill_reads import BackfillDesk
from usher.attribution.deed_road import DeedRoad
from usher.attribution.queries import InviteReads
from usher.attribution.reads import DynamoInviteReads
from usher.catalogue import ROUTER
from usher.credit.admin_commands import Deeds
from usher.credit.queries import CreditReads
from usher.credit.reads import DynamoCreditReads
from usher.ledger.commands import LedgerExports
from usher.ledger.export import LedgerExport
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.platform.discord_webhook import DiscordWebhook
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.logging import get_logger
from usher.platform.press_table import PressTable
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import region, require
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.platform.sqs import BackfillQueue, EventsQueue, sqs_client
from usher.slash.presses import Presses, new_token

NEEDED: Final = (
    "TABLE_NAME",
    "LEDGER_BUCKET",
    "EVENTS_QUEUE_URL",
    "CONFIRMATIONS_QUEUE_URL",
    "DISCORD_API_BASE",
    "DISCORD_APPLICATION_ID",
)
READERS: Final = 24
"""Ledger objects read at once: an export reads one object a line."""


@dataclass(frozen=True, slots=True)
class Services:
    """What any command may call."""

    credit: CreditReads
    deeds: Deeds
    invites: InviteReads
    exports: LedgerExports
    imports: Imports


def build(environ: Mapping[str, str]) -> Door[Services]:
    """Build the door; raises SettingsError naming every variable that is missing."""
    found = require(environ, *NEEDED)
    where = region(environ)
    dynamodb = SignedClient(DYNAMODB, environ)
    table = DynamoReads(dynamodb, found["TABLE_NAME"])
    ledger = LedgerStore(Bucket(s3_client(where), found["LEDGER_BUCKET"]), _now)
    queues = sqs_client(where)
    events = EventsQueue(queues, found["EVENTS_QUEUE_URL"])
    steps = BackfillQueue(queues, found["CONFIRMATIONS_QUEUE_URL"])
    pool = ThreadPoolExecutor(READERS, "ledger")
    return Door(
        router=ROUTER,
        services=Services(
            credit=DynamoCreditReads(table),
            deeds=DeedRoad(events, table, _now, sleep),
            invites=DynamoInviteReads(table),
            exports=LedgerExport(LedgerReader(ledger, pool), pool, _now),
            imports=BackfillDesk(table, steps),
        ),
        presses=Presses(PressTable(dynamodb, found["TABLE_NAME"]), new_token),
        webhook=DiscordWebhook(found["DISCORD_API_BASE"], found["DISCORD_APPLICATION_ID"]),
        clock=_now,
        log=get_logger(),
    )


def _now() -> datetime:
    return datetime.now(UTC)
