"""`usher restore`: a backup of the table, into a new table (docs/restore.md)."""

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.cli.aws_options import NO_BUCKET, add_bucket
from infra.cli.commands import Subparsers
from infra.cli.progress import Progress
from infra.ledger.rebuild import EVIDENCE, KINDS
from usher.backup.rules import Kind, prefix
from usher.backup.service import Item, read_backup
from usher.integrity.rows import DRIFT, PROGRESS
from usher.platform.dynamo_scan import UnwrittenError, WholeTable, dynamo_client
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import SettingsError, region

REBUILT: Final = (*KINDS, *EVIDENCE, PROGRESS, DRIFT)
"""Sort keys of rows that a rebuild writes, or that the next look or check does."""

FAILURES: Final = (BotoCoreError, ClientError, SettingsError, UnwrittenError, ValueError)


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("restore", help="write a backup of the table into a new table")
    add_bucket(parser)
    parser.add_argument("--backup", metavar="KEY", help="the newest daily one unless given")
    parser.add_argument("--into", metavar="TABLE", required=True, help="an empty table")
    parser.add_argument(
        "--rest",
        action="store_true",
        help="only what `usher ledger rebuild` does not bring back, into a table it has written",
    )
    parser.add_argument("--again", action="store_true", help="go on with a restore that broke off")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Restore; 1 when it failed, 2 when it was refused."""
    if not namespace.bucket:
        print(NO_BUCKET, file=sys.stderr)
        return 2
    try:
        where = region(os.environ)
        bucket = Bucket(s3_client(where), namespace.bucket)
        table = WholeTable(dynamo_client(where), namespace.into)
        if not (namespace.again or namespace.rest or table.is_empty()):
            print(f"{table.name} is not empty: restore into a new table", file=sys.stderr)
            return 2
        key = namespace.backup or _newest(bucket)
        with Progress("rows") as progress:
            items = _read(bucket, key)
            if namespace.rest:
                items = (item for item in items if not item["sk"]["S"].startswith(REBUILT))
            count = table.put(_counted(items, progress))
    except FAILURES as error:
        print(f"usher restore: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"{count:,} rows of {key} are in {table.name}")
    return 0


def _newest(bucket: Bucket) -> str:
    keys = [entry.key for entry in bucket.list(prefix(Kind.DAILY))]
    if not keys:
        raise ValueError("the bucket has no daily backup")
    return keys[-1]


def _read(bucket: Bucket, key: str) -> Iterator[Item]:
    chunks = bucket.stream(key)
    if chunks is None:
        raise ValueError(f"there is no {key}")
    return read_backup(chunks)


def _counted(items: Iterator[Item], progress: Progress) -> Iterator[Item]:
    for item in items:
        progress()
        yield item
