"""Fake rules and credit on the table: what the service reads, and what a rebuild compares."""

import random
from datetime import UTC, datetime

import pytest

from infra.ledger.rebuild import compare, rows_in, rows_of
from tests.builders import GUILD, changed, joined, look, observe, row
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.town import INVITERS, KINDS, SETTINGS, USERS, Town
from tests.fakes.worker import Worker
from tests.integration.stores.conftest import StoredGuilds
from tests.judging.naive import recount
from usher.attribution.backfill_store import DynamoBackfills
from usher.credit.fake import Rules
from usher.credit.queries import Tally
from usher.credit.rebuild import keep_books
from usher.credit.recount_store import DynamoRecounts
from usher.ids import GuildId, RoleId, UserId
from usher.platform.dynamo_scan import WholeTable, dynamo_client


def test_rules_are_those_that_were_set(stored: StoredGuilds) -> None:
    assert stored.guilds.rules(GUILD) == Rules()
    settings = (
        ("fake#self_invite", "off"),
        ("fake#young_account", "7"),
        ("fake#missing_role", "5"),
        ("block#900", "on"),
        ("block#901", "on"),
        ("guild#tracking", "off"),
    )
    for n, (name, value) in enumerate(settings):
        Worker(guilds=stored.guilds).handle(observe(changed(name, value, f"s{n}")))
    Worker(guilds=stored.guilds).handle(observe(changed("block#901", None, "last")))

    found = stored.guilds.rules(GUILD)

    assert found == Rules(
        self_invite=False,
        young_account=7,
        missing_role=RoleId("5"),
        blocked=frozenset({UserId("900")}),
    )
    assert stored.guilds.rules(GuildId("2")) == Rules()


def test_members_are_read_page_by_page_each_once(table: StoredGuilds) -> None:
    worker = Worker(guilds=table.guilds)
    people = [joined(str(95 + n), n) for n in range(25)]
    worker.handle(observe(*people, look=look(row("abc", 25), seconds=30), seconds=30))
    recounts = DynamoRecounts(DynamoBackfills())

    found: list[UserId] = []
    while page := recounts.page(GUILD, found[-1] if found else None, 7):
        assert len(page) <= 7
        found += [user for user, _ in page]

    assert found == sorted(str(95 + n) for n in range(25))
    assert recounts.page(GuildId("2"), None, 7) == []
    assert recounts.guild_name(GUILD) == "A guild"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_table_is_what_its_ledger_gives(
    table: StoredGuilds, seed: int
) -> None:
    # Given a town that lives with the table, with a burst cut in parts now and then
    rng = random.Random(seed)  # noqa: S311 - a simulation
    town = Town(Worker(guilds=table.guilds, room=rng.choice([98, 12])))
    town.send(looking=True)
    for _ in range(60):
        town.happen(
            rng.choice(KINDS),
            rng.choice(USERS),
            rng.choice(sorted(INVITERS)),
            rng.choice([0.2, 3, 40, 700]),
            rng.randrange(len(SETTINGS)),
        )
    town.rest()

    # Then its rows are those of the books
    books, now = keep_books(town.lines), datetime(2026, 11, 29, tzinfo=UTC)
    live = WholeTable(dynamo_client(REGION), TABLE)
    assert list(compare(rows_of(GUILD, books, None, now), rows_in(live, GUILD), now)) == []

    # and its counters those of a naive reader of the ledger
    counted = {who: tally for who, tally in table.counters(GUILD).items() if tally != Tally()}
    assert counted == recount(town.lines).tallies
