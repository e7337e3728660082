"""A guild's past as the event worker lived it: its ledger in a bucket, its rows in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from infra.ledger.rebuild import rows_of
from tests.builders import GUILD, joined, left, look, observe, row, searched
from tests.fakes.confirmations import FakeConfirmations
from tests.fakes.effects import FakeEffects
from tests.fakes.guilds import FakeGuilds
from tests.fakes.hooks import FakeHooks
from tests.fakes.objects import Inline
from usher.attribution.rules import attribute, needs_closed_groups
from usher.attribution.service import AttributionService
from usher.contracts.observation import GatewayEvent, Observation
from usher.credit.rebuild import Books
from usher.credit.rules import Counter
from usher.ledger.ports import Archive
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore
from usher.platform.dynamo_scan import Item

DAYS: Final = 20
START: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
END: Final = START + timedelta(days=DAYS + 2)
CODES: Final = 100
AT_ONCE: Final = 20
"""Joins of one observation."""
MIXED: Final = 5
"""One observation in so many has joins by two codes; Discord names them in its record later."""


def told(joins: int) -> Iterator[Observation]:
    """Joins spread over the days by a hundred inviters; every fifth is gone when the next come."""
    everyone = [row(f"code{n:02}", 0, str(9 * 10**17 + n)) for n in range(CODES)]
    yield observe(look=look(*everyone, seconds=-700), seconds=-700)
    uses, since, step = [0] * CODES, list[GatewayEvent](), DAYS * 86_400 * AT_ONCE / joins
    for number in range(0, joins, AT_ONCE):
        turn = number // AT_ONCE
        now, codes = turn * step, [turn % CODES]
        if turn % MIXED == 0:
            codes.append((turn + 1) % CODES)
        users = [str(10**17 + n) for n in range(number, min(number + AT_ONCE, joins))]
        by = {user: codes[n % len(codes)] for n, user in enumerate(users)}
        for code in by.values():
            uses[code] += 1
        seen = [row(f"code{code:02}", uses[code], str(9 * 10**17 + code)) for code in codes]
        yield observe(
            *since,
            *(joined(user, now + n / 100) for n, user in enumerate(users)),
            look=look(*seen, seconds=now + 1, full=False),
            seconds=now + 1,
            names=[(str(9 * 10**17 + code), f"inviter{code}") for code in codes],
        )
        since = [
            searched(user, now + n / 100, f"code{by[user]:02}", str(9 * 10**17 + by[user]))
            for n, user in enumerate(users)
            if len(codes) > 1
        ]
        since += [left(user, now + step - 1) for user in users[1::5]]


def live(bucket: Archive, joins: int) -> FakeGuilds:
    """Have the event worker's service decide, record and count it all."""
    guilds = FakeGuilds()
    service = AttributionService(
        guilds=guilds,
        ledger=LedgerWriter(LedgerStore(bucket, lambda: END), Inline()),
        effects=FakeEffects(),
        confirmations=FakeConfirmations(),
        hooks=FakeHooks(),
        attribute=attribute,
        needs_closed=needs_closed_groups,
        pause=lambda _: None,
    )
    for observation in told(joins):
        service.handle(observation)
    return guilds


def rows_as_lived(guilds: FakeGuilds) -> Iterator[Item]:
    """Write what the worker counted as rows of a table."""
    guild = guilds.guilds[GUILD]
    books = Books(
        members={user: member.now for user, member in guild.members.items()},
        counters={
            Counter(user, period, _end(period)): tally
            for (user, period), tally in guild.counters.items()
        },
        accuracy=guild.accuracy,
        codes=guild.counted,
    )
    return rows_of(GUILD, books, None, END)


def _end(period: str) -> datetime | None:
    """When a period of a counter ends: `day#2026-11-20`, `week#2026-W47` or `all`."""
    kind, _, name = period.partition("#")
    if kind == "day":
        return datetime.fromisoformat(name).replace(tzinfo=UTC) + timedelta(days=1)
    if kind == "week":
        return datetime.fromisoformat(name).replace(tzinfo=UTC) + timedelta(days=7)
    return None
