"""Members' commands on a large guild: what they read of the table, and how long that takes.

The table is the emulator's, over the wire: it sorts a whole board at each Query, which DynamoDB
does not. So beside the times there is what counts on AWS: how many requests a command makes and how
many rows they read. USHER_BENCH_MEMBERS sets the size of the guild.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from tests.bench.ledger import cloud
from tests.builders import GUILD
from tests.fakes.cloud import TABLE
from usher.catalogue import ROUTER
from usher.credit.queries import CreditReads, Tally
from usher.credit.reads import DynamoCreditReads
from usher.credit.rules import Counter
from usher.credit.store import counter_row
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.platform.dynamo_scan import Item
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.slash.context import Ctx
from usher.slash.replies import Reply

MEMBERS: Final = int(os.environ.get("USHER_BENCH_MEMBERS", "100000"))
RUNS: Final = 11
NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST: Final = 10**17
EQUAL: Final = GuildId("2")
"""A guild where everybody has brought one."""

type Run = Callable[[], object]


@dataclass
class Counted:
    """Implements Caller, and counts requests and rows."""

    inner: Caller
    requests: int = 0
    rows: int = 0

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        answer = self.inner.call(operation, request)
        found = answer.get("Items")
        self.requests += 1
        self.rows += len(found) if isinstance(found, list) else 1
        return answer


@dataclass(frozen=True)
class Services:
    """What the commands call."""

    credit: CreditReads


@dataclass
class Bench:
    """Commands over a table that counts."""

    table: Counted
    runs: int
    rows: list[str] = field(default_factory=list)
    floor: float = 0.0

    def measure(self, name: str, run: Run) -> None:
        """Run a command warm, and write a row."""
        run()
        self.table.requests = self.table.rows = 0
        run()
        asked, read = self.table.requests, self.table.rows
        took = []
        for _ in range(self.runs):
            began = time.perf_counter()
            run()
            took.append(time.perf_counter() - began)
        median = statistics.median(took) * 1000
        self.floor = self.floor or median
        ratio = median / self.floor
        self.rows.append(f"{name:44} {asked:8} {read:7,} {median:9.1f} {ratio:8.1f}")

    def command(self, guild: GuildId, user: int, path: str, **options: object) -> Run:
        """Prepare a command of a member."""
        [found] = [one for one in ROUTER.commands() if one.name == path]
        services = Services(DynamoCreditReads(DynamoReads(self.table, TABLE)))
        ctx = Ctx(services, guild, UserId(str(FIRST + user)), NOW)

        def run() -> Reply:
            return found.run(ctx, **options)

        return run


def members(guild: GuildId, number: int) -> Iterator[Item]:
    """Inviters of all time: few brought many, most brought one."""
    for one in range(number):
        brought = 1 if guild == EQUAL else max(1, number // (one + 1) // 10)
        counter = Counter(UserId(str(FIRST + one)), "all", None)
        yield counter_row(guild, counter, Tally(tracked=brought)).serialize()


def measure(number: int = MEMBERS, runs: int = RUNS) -> list[str]:
    """Requests, rows and medians, each beside a GetItem of the same run."""
    with cloud() as (table, _):
        for guild in (GUILD, EQUAL):
            table.put(members(guild, number))
        client = SignedClient(DYNAMODB)
        try:
            return _measure(Bench(Counted(client), runs), number)
        finally:
            client.close()


def _measure(bench: Bench, number: int) -> list[str]:
    key = {"pk": {"S": f"G#{GUILD}"}, "sk": {"S": f"C#{FIRST}"}}
    get = {"TableName": TABLE, "Key": key}
    bench.measure("a bare GetItem", lambda: bench.table.call("GetItem", get))
    last, middle = number - 1, number // 2
    for name, run in {
        "/invite view": bench.command(GUILD, middle, "invite view"),
        "/invite leaderboard, asked by the first": bench.command(GUILD, 0, "invite leaderboard"),
        "… by the 500th": bench.command(GUILD, 500, "invite leaderboard"),
        "… by the last": bench.command(GUILD, last, "invite leaderboard"),
        "… page 100, by the last": bench.command(GUILD, last, "invite leaderboard", page=100),
        "… where all are equal, by the last": bench.command(EQUAL, last, "invite leaderboard"),
    }.items():
        bench.measure(name, run)
    head = f"{f'of {number:,} members':44} {'requests':>8} {'rows':>7} {'ms':>9} {'GetItems':>8}"
    return [head, *bench.rows]
