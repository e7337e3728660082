"""`usher ledger rollup`: statistics counted again from the ledger's first week on."""

import argparse
import os
import sys

from infra.cli.commands import Subparsers
from infra.ledger.context import Ledger, now
from usher.analytics.counting import Counting
from usher.analytics.service import Rollup, Waiting
from usher.analytics.store import DynamoRollups
from usher.credit.reads import DynamoCreditReads
from usher.ledger.store import LedgerStore
from usher.platform.dynamo import bind
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.dynamo_scan import dynamo_client
from usher.platform.dynamo_sdk import SdkQueries
from usher.platform.settings import region


def add(actions: Subparsers) -> argparse.ArgumentParser:
    """Declare the action's arguments."""
    parser = actions.add_parser(
        "rollup",
        help="count the statistics again",
        description="Writes every hour, day and week over what the table has. The hourly rollup "
        "does the same for guilds that it has no rows of.",
    )
    parser.add_argument("--table", default=os.environ.get("TABLE_NAME"))
    parser.set_defaults(action=run)
    return parser


def run(ledger: Ledger, namespace: argparse.Namespace) -> int:
    """Roll every guild up; may raise errors of bucket and table."""
    if not namespace.table:
        print("set TABLE_NAME or give --table", file=sys.stderr)
        return 2
    where = region(os.environ)
    bind(namespace.table, where)
    rows = DynamoRollups()
    queries = SdkQueries(dynamo_client(where))
    rollup = Rollup(
        ledger.reader,
        Counting(LedgerStore(ledger.objects, now), ledger.pool),
        rows,
        DynamoCreditReads(DynamoReads(queries, namespace.table)),
        now,
    )
    guilds = ledger.guilds(namespace.guild)
    versions = rows.versions(guilds)
    for guild in guilds:
        hours = rollup.roll(Waiting(guild, versions.get(guild, 0), None), lambda: True)
        print(f"guild {guild}: {hours:,} hours")
    return 0
