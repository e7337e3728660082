"""Names the adapters of the command worker."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from command_worker.door import Door
from usher.attribution.queries import InviteReads
from usher.attribution.reads import DynamoInviteReads
from usher.catalogue import ROUTER
from usher.credit.queries import CreditReads
from usher.credit.reads import DynamoCreditReads
from usher.ledger.closed import ClosedDays
from usher.ledger.commands import LedgerExports
from usher.ledger.export import LedgerExport
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.platform.discord_webhook import DiscordWebhook
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.logging import get_logger
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import region, require
from usher.platform.signed_http import DYNAMODB, SignedClient

READERS: Final = 24
"""Ledger objects read at once: an export reads one object a line."""


@dataclass(frozen=True, slots=True)
class Services:
    """What any command may call."""

    credit: CreditReads
    invites: InviteReads
    exports: LedgerExports


def build(environ: Mapping[str, str]) -> Door[Services]:
    """Build the door; raises SettingsError naming every variable that is missing."""
    names = ("TABLE_NAME", "LEDGER_BUCKET", "DISCORD_API_BASE", "DISCORD_APPLICATION_ID")
    found = require(environ, *names)
    table = DynamoReads(SignedClient(DYNAMODB, environ), found["TABLE_NAME"])
    bucket = Bucket(s3_client(region(environ)), found["LEDGER_BUCKET"])
    ledger = LedgerStore(bucket, _now)
    pool = ThreadPoolExecutor(READERS, "ledger")
    return Door(
        router=ROUTER,
        services=Services(
            credit=DynamoCreditReads(table),
            invites=DynamoInviteReads(table),
            exports=LedgerExport(LedgerReader(ledger, pool, ClosedDays(bucket)), pool, _now),
        ),
        webhook=DiscordWebhook(found["DISCORD_API_BASE"], found["DISCORD_APPLICATION_ID"]),
        clock=_now,
        log=get_logger(),
    )


def _now() -> datetime:
    return datetime.now(UTC)
