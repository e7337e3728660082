"""The ledger's way: written, closed, proven, exported, built again and compared: equal.

The bucket is a file of this machine, so the figures are this project's own work without S3's (the
emulator's takes some sixty joins a second); the tables are the emulator's. What is compared with is
what the event worker's service counted while it lived the same past. USHER_BENCH_JOINS sets the
size.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3

from infra.ledger.rebuild import Rebuild, compare, rows_of
from infra.local.aws import environment
from infra.local.emulator import Emulator
from tests.bench.past import AT_ONCE, END, START, live, rows_as_lived
from tests.builders import GUILD
from tests.fakes.cloud import BUCKET, REGION, make_bucket, make_table
from tests.fakes.disk import DiskBucket
from tests.fakes.guilds import FakeGuilds
from tests.fakes.ledger import FakeHeads
from tests.fakes.objects import Inline
from usher.credit.rebuild import keep_books
from usher.ledger.closed import ClosedDays
from usher.ledger.closing import Closer
from usher.ledger.day_csv import DayCsv
from usher.ledger.export import Choice, LedgerExport
from usher.ledger.ports import Archive
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.ledger.verify import Verifier
from usher.platform.dynamo_scan import WholeTable, dynamo_client
from usher.platform.s3 import Bucket, s3_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

JOINS: Final = int(os.environ.get("USHER_BENCH_JOINS", "20000"))
LIVE: Final = "usher"
FRESH: Final = "usher-rebuilt"


def reader(bucket: Archive) -> LedgerReader:
    """Read the bucket in one thread."""
    return LedgerReader(LedgerStore(bucket, lambda: END), Inline(), ClosedDays(bucket))


def export(file: Path, out: Path) -> int:
    """Export everything into a file; return this process's peak memory in KiB."""
    with DiskBucket.at(file) as bucket, out.open("wb") as target:
        made = LedgerExport(reader(bucket), Inline(), lambda: END)
        target.writelines(made.pieces(Choice(GUILD)))
    # Not getrusage: what it tells of a new process includes the one that it was forked from.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def measure(joins: int = JOINS) -> Iterator[str]:
    """Each step's lines (or rows) a second, and what memory an export takes."""
    yield f"{'step':44} {'number':>10} {'seconds':>8} {'per second':>11}"

    def step(name: str, action: Callable[[], int]) -> str:
        began = time.perf_counter()
        number = action()
        took = time.perf_counter() - began
        return f"{name:44} {number:10,} {took:8.1f} {number / took:11,.0f}"

    with tempfile.TemporaryDirectory(prefix="usher-bench-") as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        with DiskBucket.at(large) as bucket, _emulator() as (client, cloud_bucket):
            lived: list[FakeGuilds] = []
            yield step(
                "decided, written, counted in memory, joins", lambda: _live(bucket, joins, lived)
            )
            yield step("closed, lines", lambda: _close(bucket))
            yield step("made CSV of closed days, bytes", lambda: _csv(bucket))
            yield step("verified, lines", lambda: _verify(bucket))
            table = WholeTable(client, LIVE)
            table.put(rows_as_lived(lived.pop()))
            fresh = WholeTable(client, make_table(client, FRESH))
            yield step(
                "rebuilt into an empty table (emulator), lines", lambda: _rebuild(bucket, fresh)
            )
            yield step("compared, equal, rows", lambda: _compare(fresh, table))
            few = max(joins // 500, AT_ONCE)
            yield step(
                "written to a bucket (emulator), joins", lambda: _live(cloud_bucket, few, [])
            )
        with DiskBucket.at(small) as bucket:
            _live(bucket, joins // 10, [])
            _close(bucket)
            _csv(bucket)
        yield step("exported, joins", lambda: len(_exported(large, folder)))
        peaks = [_peak(file, folder) / 1024 for file in (small, large)]
    yield f"peak memory of an export: {peaks[0]:.0f} MiB of {joins // 10:,} joins,"
    yield f"{'':26}{peaks[1]:.0f} MiB of {joins:,}"


def _live(bucket: Archive, joins: int, lived: list[FakeGuilds]) -> int:
    lived.append(live(bucket, joins))
    return joins


def _close(bucket: Archive) -> int:
    closer = Closer(bucket, FakeHeads(), Inline(), lambda: END)
    return sum(link.lines for link in closer.close(GUILD))


def _csv(bucket: Archive) -> int:
    csv = DayCsv(bucket, Inline())
    return sum(csv.make(link) for link in csv.missing(GUILD, START.date()))


def _verify(bucket: Archive) -> int:
    verified = Verifier(bucket, Inline()).verify(GUILD)
    if verified.findings:
        raise AssertionError(verified.findings[0])
    return verified.lines


def _rebuild(bucket: Archive, table: WholeTable) -> int:
    books = keep_books(reader(bucket).lines(GUILD))
    rebuild = Rebuild(table)
    rebuild.begin()
    rebuild.write(GUILD, books.lines, rows_of(GUILD, books, None, END))
    rebuild.end()
    return books.lines


def _compare(fresh: WholeTable, table: WholeTable) -> int:
    # Not by query: the emulator sorts the whole partition for each of its pages, for minutes.
    ours, theirs = (sorted(one.items(), key=lambda row: row["sk"]["S"]) for one in (fresh, table))
    for difference in compare(iter(ours), iter(theirs), END):
        raise AssertionError(difference)
    return len(theirs)


def _exported(file: Path, folder: str) -> list[bytes]:
    out = Path(folder, "out.csv")
    export(file, out)
    return out.read_bytes().splitlines()[1:]


def _peak(file: Path, folder: str) -> int:
    """Peak memory of an export in a process of its own."""
    code = f"from pathlib import Path; from tests.bench.ledger import export; print(export(Path({str(file)!r}), Path({folder!r}, 'out.csv')))"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    return int(done.stdout)


@contextmanager
def _emulator() -> Iterator["tuple[DynamoDBClient, Bucket]"]:
    before = dict(os.environ)
    with Emulator() as emulator:
        os.environ.update(environment(emulator.endpoint_url))
        boto3.DEFAULT_SESSION = None
        try:
            client = dynamo_client(REGION)
            make_table(client, LIVE)
            s3 = s3_client(REGION)
            make_bucket(s3)
            yield client, Bucket(s3, BUCKET)
            client.close()
            s3.close()
        finally:
            os.environ.clear()
            os.environ.update(before)
