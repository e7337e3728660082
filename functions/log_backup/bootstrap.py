"""Names the daily door's adapters."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Final

from log_backup.door import DailyDoor
from usher.backup.service import Backups
from usher.credit.rules import MemberRecord
from usher.credit.store import load_members
from usher.ids import GuildId, UserId
from usher.ledger.canary import Canary
from usher.ledger.closed import ClosedDays
from usher.ledger.closing import Closer
from usher.ledger.day_csv import DayCsv
from usher.ledger.erasing import Eraser
from usher.ledger.head_store import DynamoHeads
from usher.ledger.keeping import keep
from usher.ledger.reader import LedgerReader
from usher.ledger.repairs import repair_all
from usher.ledger.store import LedgerStore
from usher.moderation.redactor import Redactor
from usher.moderation.table import DynamoCases
from usher.platform.dynamo import bind
from usher.platform.dynamo_scan import WholeTable, dynamo_client
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import region, require, retention
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.platform.sqs import RepairsQueue, sqs_client

NEEDED: Final = ("TABLE_NAME", "LEDGER_BUCKET", "REPAIRS_QUEUE_URL")
READERS: Final = 32


def build(environ: Mapping[str, str], readers: int = READERS) -> DailyDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, *NEEDED)
    where = region(environ)
    bind(names["TABLE_NAME"], where)
    bucket = Bucket(s3_client(where), names["LEDGER_BUCKET"])
    pool = ThreadPoolExecutor(readers, "ledger")
    store = LedgerStore(bucket, _now)
    log, meter = get_logger(), EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "log_backup"))

    def stray(key: str) -> None:
        meter.count("LedgerStrays")
        log.error("no line", extra={"key": key})

    repairs = RepairsQueue(sqs_client(where), names["REPAIRS_QUEUE_URL"], lambda _count: None)
    cases = DynamoCases(SignedClient(DYNAMODB, environ), names["TABLE_NAME"])
    table = WholeTable(dynamo_client(where), names["TABLE_NAME"])
    return DailyDoor(
        guilds=store.guilds,
        repair=lambda: repair_all(repairs.waiting(), partial(keep, bucket)),
        eraser=Eraser(bucket, pool, _now, Redactor(cases, _now)),
        closer=Closer(bucket, DynamoHeads(), pool, _now, retention(environ), stray),
        csv=DayCsv(bucket, pool),
        closed=ClosedDays(bucket),
        canary=Canary(LedgerReader(store, pool).newest, _record, _now),
        backups=Backups(bucket, table.items, _now),
        clock=_now,
        log=log,
        meter=meter,
    )


def _record(guild_id: GuildId, user_id: UserId) -> MemberRecord | None:
    return load_members(guild_id, [user_id], "").now.get(user_id)


def _now() -> datetime:
    return datetime.now(UTC)
