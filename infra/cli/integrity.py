"""`usher integrity`: Discord, table and ledger of guilds compared whole; nothing is changed."""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice
from time import sleep
from typing import Final

import urllib3
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from infra.cli.aws_options import REACHED, add_bucket, add_table
from infra.cli.commands import Subparsers
from infra.ledger.context import Ledger, now
from usher.attribution.code_list import DynamoCodeList
from usher.attribution.discord_looks import DiscordLooks
from usher.attribution.state_codec import StateError
from usher.attribution.sync_service import SyncService
from usher.contracts.observation import Observation
from usher.ids import GuildId
from usher.integrity.discord_roster import DiscordRoster
from usher.integrity.inside import Inside
from usher.integrity.model import Found, Kind
from usher.integrity.outside import Outside
from usher.integrity.ports import MovedError
from usher.integrity.table import BusyError, DynamoTable
from usher.integrity.unbooked import Unbooked
from usher.integrity.whole import Whole
from usher.ledger.chain import ChainError
from usher.ledger.lines import LineError
from usher.ledger.store import LineMissingError
from usher.platform.discord_rest import DiscordRest
from usher.platform.dynamo import bind
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.dynamo_scan import dynamo_client
from usher.platform.dynamo_sdk import SdkQueries
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import DISCORD_API_BASE, SettingsError, region, require

READERS: Final = 32
LOOKED_UP: Final = timedelta(hours=23)
"""How far back lines are looked up one by one."""
SHOWN: Final = 50
"""Differences of a guild that are written out; the rest is counted."""
FAILURES: Final = (
    BotoCoreError,
    BusyError,
    ChainError,
    ClientError,
    LineError,
    LineMissingError,
    PynamoDBException,
    SettingsError,
    StateError,
)


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "integrity",
        help="compare Discord, table and ledger whole, and name what differs",
        description=f"Changes nothing. {REACHED}",
    )
    parser.add_argument("guild", nargs="?", metavar="GUILD", help="every guild when left out")
    add_bucket(parser)
    add_table(parser)
    parser.add_argument(
        "--discord", action="store_true", help="ask Discord too, with DISCORD_BOT_TOKEN"
    )
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Compare; 0 when all agree, 1 when something differs or failed, 2 for wrong usage."""
    if not (namespace.bucket and namespace.table):
        print("set LEDGER_BUCKET and TABLE_NAME, or give --bucket and --table", file=sys.stderr)
        return 2
    try:
        bucket = Bucket(s3_client(region(os.environ)), namespace.bucket)
        with ThreadPoolExecutor(READERS, "ledger") as pool:
            ledger = Ledger(bucket, pool)
            comparison = _Comparison(ledger, namespace.table, asks=namespace.discord)
            wrong = [not _agrees(guild, comparison) for guild in ledger.guilds(namespace.guild)]
            return 1 if any(wrong) else 0
    except FAILURES as error:
        print(f"usher integrity: {type(error).__name__}: {error}", file=sys.stderr)
    return 1


class _Comparison:
    """Everything that the hourly check compares, at once."""

    def __init__(self, ledger: Ledger, table: str, *, asks: bool) -> None:
        where = region(os.environ)
        bind(table, where)
        client = dynamo_client(where)
        self._table = DynamoTable(client, table, now)
        self._unbooked = Unbooked(ledger.reader, self._table, now)
        self._whole = Whole(ledger.reader, self._table, now, sleep)
        self._inside = Inside(self._table, sleep)
        reads = DynamoReads(SdkQueries(client), table)
        self._outside = self._asking(reads) if asks else None

    def found(self, guild_id: GuildId) -> Iterator[Found]:
        """Name what differs."""
        # Where all is equal marks do not matter: a table that was rebuilt has none.
        if not self._whole.is_equal(guild_id):
            lines = self._unbooked.check(guild_id, now() - LOOKED_UP).found
            yield from lines
            unbooked = frozenset(one.subject for one in lines if one.kind is Kind.UNBOOKED)
            yield from self._whole.compare(guild_id, unbooked)
        yield from self._inside.check(guild_id)
        head = self._table.head(guild_id)
        if self._outside is None or head is None:
            return
        seen = self._outside.everything(guild_id, head)
        yield from seen.found
        if seen.hushed:
            yield Found(Kind.REFUSED, "", "Discord did not answer everything")

    def _asking(self, reads: DynamoReads) -> Outside:
        token = require(os.environ, "DISCORD_BOT_TOKEN")["DISCORD_BOT_TOKEN"]
        base = (os.environ.get("DISCORD_API_BASE") or DISCORD_API_BASE).rstrip("/")
        rest = DiscordRest(base, _Token(token), urllib3.PoolManager(maxsize=2))
        sync = SyncService(DiscordLooks(rest, now), DynamoCodeList(reads), _NoRoad(), now)
        return Outside(sync, DiscordRoster(rest), self._table, now)


class _Token:
    def __init__(self, token: str) -> None:
        self._token = token

    def get(self) -> str:
        return self._token

    def forget(self) -> None:
        """Keep it: there is no other."""


class _NoRoad:
    """Changes nothing."""

    def name_of(self, guild_id: GuildId) -> str:
        return ""

    def carry(self, observation: Observation) -> bool:
        return False


def _agrees(guild: GuildId, comparison: _Comparison) -> bool:
    """Compare a guild and say what differs."""
    try:
        return not _tell(guild, comparison.found(guild))
    except MovedError:
        said = f"guild {guild} moves too much to be compared now: try it alone, later"
        print(f"usher integrity: {said}", file=sys.stderr)
        return False


def _tell(guild: GuildId, found: Iterator[Found]) -> int:
    """Write a guild's differences out; return how many there are."""
    shown = list(islice(found, SHOWN))
    more = sum(1 for _ in found)
    print(f"guild {guild}: {'differs' if shown else 'agrees'}")
    for one in shown:
        print(f"  {one.kind.value} {one.subject or '-'}: {one.says}")
    if more:
        print(f"  and {more:,} more")
    return len(shown) + more
