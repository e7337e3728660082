"""What log and staff commands read: on fakes, and on the table as the event worker writes it."""

from collections.abc import Iterator
from typing import Protocol

import pytest

from tests.builders import (
    GUILD,
    at,
    by,
    changed,
    joined,
    look,
    observe,
    open_between,
    row,
    upgraded,
)
from tests.fakes.staff import FakeStaff
from tests.fakes.worker import Worker
from tests.integration.front.conftest import TABLE, moto, wire
from tests.integration.front.worlds import NOW
from usher.attribution.code_list import DynamoCodeList
from usher.attribution.guild_reads import DynamoGuildReads
from usher.attribution.store import DynamoGuilds
from usher.attribution.sync import Held
from usher.attribution.wording import word_of
from usher.contracts.deeds import SettingChanged, UpgradeAssigned
from usher.contracts.observation import Observation
from usher.credit.member_reads import DynamoMemberReads
from usher.ids import GuildId, UserId
from usher.platform.dynamo import Transactor, bind
from usher.platform.dynamo_reads import DynamoReads
from usher.staff.mapping import write_value
from usher.staff.queries import Mapping, StaffMember, StaffReads, Upgrade
from usher.staff.reads import DynamoStaffReads

MAPPING = Mapping("https://broker.example/ref/ida", "IDA1")
IDA, JIM, SEVEN = UserId("900"), UserId("1000"), UserId("7")


class World(Protocol):
    """A place where deeds are done, and the staff list that comes of them."""

    @property
    def staff(self) -> StaffReads: ...
    def do(self, observation: Observation) -> None: ...


class FakeWorld:
    """Deeds in memory."""

    def __init__(self) -> None:
        self.staff = FakeStaff()

    def do(self, observation: Observation) -> None:
        for event in observation.events:
            if isinstance(event, SettingChanged | UpgradeAssigned):
                self.staff.take(observation.guild_id, event)


class TableWorld:
    """Deeds done by the event worker's own service on the table."""

    def __init__(self, reads: DynamoReads) -> None:
        guilds = DynamoGuilds(Transactor(bind(TABLE, "us-east-1")), lambda: NOW)
        self._worker = Worker(guilds=guilds)
        self.reads = reads
        self.staff = DynamoStaffReads(reads)

    def do(self, observation: Observation) -> None:
        self._worker.handle(observation)


@pytest.fixture(params=["moto", "emulator"])
def table(request: pytest.FixtureRequest) -> Iterator[TableWorld]:
    place = moto() if request.param == "moto" else wire(request.getfixturevalue("emulator"))
    with place as cloud:
        yield TableWorld(DynamoReads(cloud.dynamodb, TABLE))


@pytest.fixture(params=["fake", "moto", "emulator"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    place = moto() if request.param == "moto" else wire(request.getfixturevalue("emulator"))
    with place as cloud:
        yield TableWorld(DynamoReads(cloud.dynamodb, TABLE))


def test_nothing_set_is_nobody(world: World) -> None:
    assert world.staff.role(GUILD) is None
    assert world.staff.find(GUILD, IDA) is None
    assert world.staff.everyone(GUILD) == ()
    assert world.staff.upgrades(GUILD, SEVEN) == ()


def test_the_staff_list_is_what_was_set_last_lower_ids_first(world: World) -> None:
    value, other = write_value(MAPPING), write_value(Mapping("https://b.example/", "B"))
    world.do(
        observe(
            changed(f"staff#{JIM}", other, "a"),
            changed(f"staff#{IDA}", other, "b"),
            changed(f"staff#{IDA}", value, "c"),
            changed("staff#5", value, "d"),
            changed("staff#5", None, "e"),
            changed("staff#6", "spoilt", "f"),
        )
    )
    world.do(observe(changed("staff#8", value, "g"), guild=GuildId("1")))

    everyone = world.staff.everyone(GUILD)

    assert everyone == (
        StaffMember(IDA, MAPPING),
        StaffMember(JIM, Mapping("https://b.example/", "B")),
    )
    assert world.staff.find(GUILD, IDA) == everyone[0]
    assert world.staff.find(GUILD, UserId("5")) is None


def test_the_staff_role_is_a_setting(world: World) -> None:
    world.do(observe(changed("guild#staff_role_id", "77", "a")))
    assert world.staff.role(GUILD) == "77"

    world.do(observe(changed("guild#staff_role_id", None, "b")))
    assert world.staff.role(GUILD) is None


def test_upgrades_are_of_that_member_the_oldest_first_and_once(world: World) -> None:
    world.do(observe(upgraded("7", "1000", "a", 30), upgraded("7", "900", "b", 20), seconds=31))
    world.do(observe(upgraded("7", "900", "c", 40), upgraded("77", "900", "d", 40), seconds=41))

    assert world.staff.upgrades(GUILD, SEVEN) == (
        Upgrade(IDA, UserId("990"), at(20)),
        Upgrade(JIM, UserId("990"), at(30)),
    )


def test_a_member_s_record_is_read_whole(table: TableWorld) -> None:
    seen = look(row("abc", 3), row("def", 0, "901"), seconds=-700)
    table.do(observe(look=seen, seconds=-700))
    after = look(row("abc", 4), row("def", 0, "901"), seconds=11)
    table.do(observe(joined("7", 10), look=after, seconds=12))

    found = DynamoMemberReads(table.reads).records(GUILD, [SEVEN, UserId("8"), SEVEN])

    [record] = found.values()
    assert (record.joined_at, record.left_at, record.epochs, record.booked) == (
        at(10), None, 1, True,
    )  # fmt: skip
    assert record.word == word_of(by("900", "abc", 3))


def test_an_open_join_s_record_has_its_candidates(table: TableWorld) -> None:
    table.do(observe(look=look(row("a", 0), row("b", 0, "901"), seconds=-700), seconds=-700))
    both = look(row("a", 1), row("b", 1, "901"), seconds=12)
    table.do(observe(joined("7", 10), joined("8", 10.5), look=both, seconds=13))

    record = DynamoMemberReads(table.reads).records(GUILD, [SEVEN])[SEVEN]

    assert record.word.candidates == word_of(open_between("a", "b")).candidates


def test_codes_are_read_with_their_ends(table: TableWorld) -> None:
    table.do(observe(look=look(row("abc", 3), row("def", 0, None), seconds=-700), seconds=-700))
    table.do(observe(look=look(row("abc", 5), seconds=10)))

    assert DynamoCodeList(table.reads).held(GUILD) == {
        "abc": Held(5, IDA),
        "def": Held(0, None, active=False),
    }
    assert DynamoCodeList(table.reads).held(GuildId("1")) == {}


def test_a_guild_is_known_since_it_was_first_seen(table: TableWorld) -> None:
    reads = DynamoGuildReads(table.reads)
    assert reads.since(GUILD) is None

    table.do(observe(look=look(row("abc", 3), seconds=10), seconds=12))
    table.do(observe(look=look(row("abc", 3), seconds=50), seconds=52))

    assert reads.since(GUILD) == at(12)


def test_tracking_is_on_until_it_is_turned_off(table: TableWorld) -> None:
    reads = DynamoGuildReads(table.reads)
    assert not reads.tracking_off(GUILD)

    table.do(observe(changed("guild#tracking", "off", "a")))

    assert reads.tracking_off(GUILD)


def test_many_rows_under_a_prefix_are_read_to_the_end(table: TableWorld) -> None:
    value = write_value(Mapping("https://b.example/" + "x" * 250, "y" * 60))
    for start in range(0, 300, 50):
        deeds = [changed(f"staff#{10**17 + n}", value, f"d{n}") for n in range(start, start + 50)]
        table.do(observe(*deeds, seconds=start))

    assert len(table.staff.everyone(GUILD)) == 300
