"""Members' commands on a large guild: what they read of the table, and how long that takes.

The table is a stand-in over the wire, with an index in order as DynamoDB has it. Beside the times
there is what counts on AWS: how many requests a command makes and how many rows they read.
USHER_BENCH_MEMBERS sets the size of the guild.
"""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from tests.bench.board_server import FIRST, serving
from usher.catalogue import ROUTER
from usher.credit.queries import CreditReads
from usher.credit.reads import DynamoCreditReads
from usher.ids import GuildId, UserId
from usher.platform.cache import Cache
from usher.platform.cached_settings import Answer, CachedSettings
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.slash.context import Ctx
from usher.slash.replies import Reply

MEMBERS: Final = int(os.environ.get("USHER_BENCH_MEMBERS", "100000"))
RUNS: Final = 11
NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)

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

    def command(self, user: int, path: str, **options: object) -> Run:
        """Prepare a command of a member."""
        [found] = [one for one in ROUTER.commands() if one.name == path]
        settings: Cache[str, Answer] = Cache()
        table = DynamoReads(CachedSettings(self.table, settings), "usher")
        services = Services(DynamoCreditReads(table))
        ctx = Ctx(services, GuildId("1"), UserId(str(FIRST + user)), NOW)

        def run() -> Reply:
            answer = found.run(ctx, **options)
            assert isinstance(answer, Reply)
            return answer

        return run


def measure(number: int = MEMBERS, runs: int = RUNS) -> list[str]:
    """Requests, rows and medians, each beside a GetItem of the same run."""
    head = f"{f'of {number:,} members':44} {'requests':>8} {'rows':>7} {'ms':>9} {'GetItems':>8}"
    rows = [head]
    for equal in (False, True):
        with serving(number, equal=equal) as url:
            client = SignedClient(DYNAMODB, _environ(url))
            bench = Bench(Counted(client), runs)
            _measure(bench, number, equal=equal)
            client.close()
            rows += bench.rows
    return rows


def _measure(bench: Bench, number: int, *, equal: bool) -> None:
    key = {"pk": {"S": "G#1"}, "sk": {"S": f"C#{FIRST}"}}
    get = {"TableName": "usher", "Key": key}
    bench.measure("a bare GetItem", lambda: bench.table.call("GetItem", get))
    last, board = number - 1, "invite leaderboard"
    if equal:
        bench.measure("/invite leaderboard where all are equal", bench.command(last, board))
        return
    bench.measure("/invite view", bench.command(last, "invite view"))
    bench.measure("/invite leaderboard, asked by the first", bench.command(0, board))
    bench.measure("… by the 500th", bench.command(499, board))
    bench.measure("… by the last", bench.command(last, board))
    bench.measure("… page 100, by the last", bench.command(last, board, page=100))


def _environ(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
