"""`usher ledger export`: joins as CSV, into a file of this machine or into the bucket."""

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from infra.cli.commands import Subparsers
from infra.cli.progress import Progress
from infra.ledger.context import Ledger, now
from usher.ids import InviteCode, UserId
from usher.ledger.export import Choice, LedgerExport
from usher.ledger.keys import exports_prefix


def add(actions: Subparsers) -> argparse.ArgumentParser:
    """Declare the action's arguments."""
    parser = actions.add_parser("export", help="write joins as CSV")
    parser.add_argument("--from", dest="first", type=_start, metavar="DAY")
    parser.add_argument("--to", dest="last", type=_end, metavar="DAY", help="the last day")
    parser.add_argument("--user", metavar="ID")
    parser.add_argument("--code", metavar="INVITE")
    parser.add_argument("--out", type=Path, metavar="FILE", help="a file; else the bucket's own")
    parser.set_defaults(action=run)
    return parser


def run(ledger: Ledger, namespace: argparse.Namespace) -> int:
    """Export one guild; may raise errors of bucket and disk."""
    guilds = ledger.guilds(namespace.guild)
    if len(guilds) != 1:
        print(f"choose a guild: {', '.join(guilds) or 'there is none'}", file=sys.stderr)
        return 2
    export = LedgerExport(ledger.reader, ledger.pool, now)
    choice = Choice(
        guilds[0],
        namespace.first,
        namespace.last,
        UserId(namespace.user) if namespace.user else None,
        InviteCode(namespace.code) if namespace.code else None,
    )
    with Progress("rows") as progress:
        pieces = export.pieces(choice, progress)
        if namespace.out:
            where, size = str(namespace.out), _write(namespace.out, pieces)
        else:
            where = f"{exports_prefix(guilds[0])}{export.filename}"
            size = ledger.objects.upload(where, pieces)
    print(f"{progress.done:,} joins, {size:,} bytes: {where}")
    return 0


def _write(file: Path, pieces: Iterable[bytes]) -> int:
    with file.open("wb") as out:
        return sum(out.write(piece) for piece in pieces)


def _start(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)


def _end(text: str) -> datetime:
    return _start(text) + timedelta(days=1)
