"""A lease as the listener writes it is what the doctor reads."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from gateway_listener.lease import Lease
from gateway_listener.lease_table import DynamoLeases, shards_key
from gateway_listener.plan import Plan
from gateway_listener.progress import SessionPoint
from gateway_listener.rows import Cells, Rows
from gateway_listener.shard_table import DynamoPlans
from tests.builders import GUILD, START
from tests.fakes.hook_room import FakeHookTable
from tests.fakes.referrals import FakeReferrals
from tests.fakes.rewards import FakeRewardReads
from tests.fakes.staff import FakeStaff
from usher.doctor.facts import Session
from usher.doctor.table_probe import DynamoProbe
from usher.ids import UserId
from usher.platform.dynamo_reads import DynamoReads, Item, Key

BOT = UserId("42")


@dataclass
class Table:
    """Rows as the listener puts them, read as the doctor gets them."""

    rows: dict[Key, Item] = field(default_factory=dict)

    def partition(self, name: str) -> Rows:
        table = self

        class Partition:
            def put(self, sort_key: str, row: Cells, expected: Cells | None) -> bool:
                del expected
                table.rows[name, sort_key] = {"pk": name, "sk": sort_key, **row}
                return True

        return Partition()  # type: ignore[return-value]  # all of it that is used

    def get(self, key: Key, *, consistent: bool = False) -> Item | None:
        assert consistent
        return self.rows.get(key)


def probe(table: Table) -> DynamoProbe:
    reads: DynamoReads = table  # type: ignore[assignment]  # all of it that is used
    return DynamoProbe(reads, FakeReferrals(), FakeRewardReads(FakeStaff()), FakeHookTable())


@pytest.mark.parametrize("count", [1, 3])
def test_the_shard_of_a_guild_is_found_with_its_listener(count: int) -> None:
    table = Table()
    point = SessionPoint(START - timedelta(seconds=7), "session", 12, "wss://x", 2)
    shard = (int(GUILD) >> 22) % count
    DynamoPlans(table.partition(f"SHARD#{BOT}")).replace_plan(None, Plan(count, None))
    leases = DynamoLeases(table.partition(shards_key(BOT, count)))
    until = START + timedelta(seconds=30)
    leases.replace(shard, None, Lease("task-1", 1, until, point))

    found = probe(table).session(GUILD, BOT)

    assert found == Session(shard, count, "task-1", until, point.alive_at, 2)


def test_nothing_is_known_before_a_listener_has_begun() -> None:
    table = Table()

    assert probe(table).session(GUILD, BOT) is None
    DynamoPlans(table.partition(f"SHARD#{BOT}")).replace_plan(None, Plan(2, None))
    found = probe(table).session(GUILD, BOT)
    assert found is not None
    assert found.owner is None
