"""The ledger's way: written, closed, proven, exported, counted again.

The bucket is a file of this machine, so the figures are this project's own work without S3's; the
table is the emulator's. USHER_BENCH_JOINS sets the size.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import boto3

from infra.ledger.rebuild import Rebuild, compare, rows_in, rows_of
from infra.local.aws import environment
from infra.local.emulator import Emulator
from tests.builders import GUILD, by, person
from tests.fakes.cloud import BUCKET, REGION, make_bucket, make_table
from tests.fakes.disk import DiskBucket
from tests.fakes.ledger import FakeHeads
from tests.fakes.objects import Inline
from usher.attribution.wording import word_of
from usher.credit.rebuild import keep_books
from usher.ids import UserId
from usher.ledger.closed import ClosedDays
from usher.ledger.closing import Closer
from usher.ledger.day_csv import DayCsv
from usher.ledger.export import Choice, LedgerExport
from usher.ledger.lines import Line, LineType, join_id, leave_id
from usher.ledger.names import JoinerNames, Names, StaffName
from usher.ledger.ports import Archive
from usher.ledger.reader import LedgerReader
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore
from usher.ledger.verify import Verifier
from usher.platform.dynamo_scan import WholeTable, dynamo_client
from usher.platform.s3 import Bucket, s3_client

JOINS: Final = int(os.environ.get("USHER_BENCH_JOINS", "100000"))
DAYS: Final = 20
START: Final = datetime(2026, 11, 1, tzinfo=UTC)
END: Final = START + timedelta(days=DAYS + 1)


def story(joins: int) -> Iterator[tuple[list[Line], list[Names]]]:
    """Joins spread over the days, a hundred inviters; every fifth member leaves an hour later."""
    step = timedelta(days=DAYS) / joins
    for number in range(joins):
        at, user, inviter = START + number * step, UserId(str(10**17 + number)), number % 100
        word = word_of(by(str(9 * 10**17 + inviter), f"code{inviter}", number // 100))
        id_ = join_id(GUILD, user, at)
        join = Line(LineType.JOIN, id_, at, GUILD, user, at, word, seq=(number + 1, 0))
        staff = UserId(str(9 * 10**17 + inviter))
        names: list[Names] = [
            JoinerNames(join, person(user), "A guild"),
            StaffName(join, staff, f"inviter{inviter}"),
        ]
        lines = [join]
        if number % 5 == 0:
            left = at + timedelta(hours=1)
            gone = leave_id(GUILD, user, at)
            leave = Line(LineType.LEAVE, gone, left, GUILD, user, at, word, seq=(number + 1, 1))
            lines.append(leave)
        yield lines, names


def write(bucket: Archive, joins: int) -> int:
    """Write the story; return the number of lines."""
    writer = LedgerWriter(LedgerStore(bucket, lambda: END), Inline())
    return sum(len(writer.record(lines, names)) for lines, names in story(joins))


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


def measure(joins: int = JOINS) -> list[str]:
    """Each step's lines (or rows) a second, and what memory an export takes."""
    rows = [f"{'step':44} {'number':>10} {'seconds':>8} {'per second':>11}"]

    def step(name: str, action: Callable[[], int]) -> None:
        began = time.perf_counter()
        number = action()
        took = time.perf_counter() - began
        rows.append(f"{name:44} {number:10,} {took:8.1f} {number / took:11,.0f}")

    with tempfile.TemporaryDirectory(prefix="usher-bench-") as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        with DiskBucket.at(large) as bucket:
            step("written, lines with rows and names", lambda: write(bucket, joins))
            step("closed, lines", lambda: _close(bucket))
            step("made CSV of closed days, bytes", lambda: _csv(bucket))
            step("verified, lines", lambda: _verify(bucket))
            step("counted again in memory, lines", lambda: _count(bucket))
        with DiskBucket.at(small) as bucket:
            write(bucket, joins // 10)
            _close(bucket)
            _csv(bucket)
            with _emulator() as (table, cloud_bucket):
                step("rebuilt into a table (emulator), rows", lambda: _rebuild(bucket, table))
                step("compared with that table, rows", lambda: _compare(bucket, table))
                few = max(joins // 200, 20)
                step("written to a bucket (emulator), lines", lambda: write(cloud_bucket, few))
        step("exported, joins", lambda: len(_exported(large, folder)))
        peaks = [_peak(file, folder) / 1024 for file in (small, large)]
    rows.append(f"peak memory of an export: {peaks[0]:.0f} MiB of {joins // 10:,} joins,")
    rows.append(f"{'':26}{peaks[1]:.0f} MiB of {joins:,}")
    return rows


def _count(bucket: Archive) -> int:
    return keep_books(reader(bucket).lines(GUILD)).lines


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
    written = rebuild.write(GUILD, books.lines, rows_of(GUILD, books, None, END))
    rebuild.end()
    return written


def _compare(bucket: Archive, table: WholeTable) -> int:
    books = keep_books(reader(bucket).lines(GUILD))
    ours = list(rows_of(GUILD, books, None, END))
    for difference in compare(iter(ours), rows_in(table, GUILD), END):
        raise AssertionError(difference)
    return len(ours)


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
def _emulator() -> Iterator[tuple[WholeTable, Bucket]]:
    before = dict(os.environ)
    with Emulator() as emulator:
        os.environ.update(environment(emulator.endpoint_url))
        boto3.DEFAULT_SESSION = None
        try:
            client = dynamo_client(REGION)
            make_table(client)
            s3 = s3_client(REGION)
            make_bucket(s3)
            yield WholeTable(client, "usher"), Bucket(s3, BUCKET)
            client.close()
            s3.close()
        finally:
            os.environ.clear()
            os.environ.update(before)
