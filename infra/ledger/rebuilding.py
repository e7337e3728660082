"""`usher ledger rebuild`: attribution and credit counted again from the ledger alone."""

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Final

from infra.cli.commands import Subparsers
from infra.cli.progress import Progress
from infra.ledger.context import Ledger, now
from infra.ledger.rebuild import NotEmptyError, Rebuild, compare, rows_in, rows_of
from usher.credit.rebuild import keep_books
from usher.ids import GuildId
from usher.ledger.lines import Line
from usher.platform.dynamo_scan import Item, WholeTable, dynamo_client
from usher.platform.settings import region

SHOWN: Final = 20
"""Differences of a guild that are written out; the rest is counted."""


def add(actions: Subparsers) -> argparse.ArgumentParser:
    """Declare the action's arguments."""
    parser = actions.add_parser(
        "rebuild",
        help="count everything again from the ledger alone",
        description="Builds members, counters and accuracy. Codes and evidence are not in the "
        "ledger: the next look at Discord restores them. Interrupted, it goes on where it was.",
    )
    parser.add_argument("--into", metavar="TABLE", help="write into this table, empty before")
    parser.add_argument("--compare", metavar="TABLE", help="name what this table tells otherwise")
    parser.set_defaults(action=run)
    return parser


def run(ledger: Ledger, namespace: argparse.Namespace) -> int:
    """Rebuild every guild; may raise errors of bucket and tables."""
    client = dynamo_client(region(os.environ))
    into = WholeTable(client, namespace.into) if namespace.into else None
    live = WholeTable(client, namespace.compare) if namespace.compare else None
    guilds = ledger.guilds(namespace.guild)
    with Progress("rows written") as written:
        rebuild = Rebuild(into, written) if into else None
        try:
            if rebuild:
                rebuild.begin()
        except NotEmptyError:
            print(f"{namespace.into} is not empty: rebuild into a new table", file=sys.stderr)
            return 2
        differences = sum(_guild(ledger, guild, rebuild, live) for guild in guilds)
        if rebuild:
            rebuild.end()
    return 1 if differences else 0


def _guild(ledger: Ledger, guild: GuildId, rebuild: Rebuild | None, live: WholeTable | None) -> int:
    """Rebuild one guild; return how many differences there are."""
    with Progress("lines read", ledger.total([guild])) as read:
        books = keep_books(_counted(ledger.reader.lines(guild), read))
    days = ledger.closed.days(guild)
    last = ledger.closed.link(guild, days[-1]) if days else None

    def rows() -> Iterator[Item]:
        return rows_of(guild, books, last, now())

    told = f"{books.lines:,} lines, {len(books.members):,} members"
    if rebuild:
        told += f", {rebuild.write(guild, books.lines, rows()):,} rows written"
    print(f"guild {guild}: {told}")
    if live is None:
        return 0
    # What was written is read back, so that a fault of the writing shows too.
    ours = rows_in(rebuild.table, guild) if rebuild else rows()
    found = compare(ours, rows_in(live, guild), now())
    shown = list(islice(found, SHOWN))
    for difference in shown:
        print(f"  {difference}")
    more = sum(1 for _ in found)
    if more:
        print(f"  and {more:,} more")
    print(f"  {'differs from' if shown else 'equals'} {live.name}")
    return len(shown) + more


def _counted(lines: Iterator[Line], progress: Progress) -> Iterator[Line]:
    for line in lines:
        progress()
        yield line
