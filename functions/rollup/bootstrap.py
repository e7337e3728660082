"""Names the hourly door's adapters."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

from rollup.door import RollupDoor
from usher.analytics.counting import Counting
from usher.analytics.service import Rollup
from usher.analytics.store import DynamoRollups
from usher.credit.reads import DynamoCreditReads
from usher.ledger.closed import ClosedDays
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.platform.dynamo import bind
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.dynamo_scan import dynamo_client
from usher.platform.dynamo_sdk import SdkQueries
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import region, require

NEEDED: Final = ("TABLE_NAME", "LEDGER_BUCKET")
READERS: Final = 32


def build(environ: Mapping[str, str], readers: int = READERS) -> RollupDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, *NEEDED)
    where = region(environ)
    bind(names["TABLE_NAME"], where)
    bucket = Bucket(s3_client(where), names["LEDGER_BUCKET"])
    pool = ThreadPoolExecutor(readers, "ledger")
    log, meter = get_logger(), EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "rollup"))

    def stray(key: str) -> None:
        meter.count("LedgerStrays")
        log.error("no line", extra={"key": key})

    store = LedgerStore(bucket, _now)
    reader, counting = LedgerReader(store, pool, ClosedDays(bucket)), Counting(store, pool, stray)
    queries = SdkQueries(dynamo_client(where))
    boards = DynamoCreditReads(DynamoReads(queries, names["TABLE_NAME"]))
    return RollupDoor(Rollup(reader, counting, DynamoRollups(), boards, _now), log, meter)


def _now() -> datetime:
    return datetime.now(UTC)
