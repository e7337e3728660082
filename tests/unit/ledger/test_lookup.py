"""Looking one member up: ledger first, database next, and why there is nothing."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.builders import GUILD, at, by, open_between
from tests.fakes.objects import Inline
from tests.fakes.staff import FakeStaff
from tests.unit.ledger.past import Past
from usher.attribution.wording import word_of
from usher.contracts.deeds import SettingChanged, UpgradeAssigned
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.ledger.erasing import Eraser
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import ask
from usher.ledger.lines import LineError
from usher.ledger.lookup import Lookup
from usher.ledger.lookup_found import Asked, Doubt, Found, Missing, Source, WhyNone
from usher.ledger.lookup_words import tell_found
from usher.staff.mapping import write_value
from usher.staff.queries import Mapping, StaffMember, staff_setting

DAY = 86400
SEVEN, IDA = UserId("7"), UserId("900")
MAPPING = Mapping("https://broker.example/ida", "IDA1")
NOW = at(30 * DAY)


class TableDownError(Exception):
    """The table does not answer."""


@dataclass
class Guilds:
    """Implements GuildReads."""

    seen: datetime | None = field(default_factory=lambda: at(0))
    off: bool = False

    def since(self, guild_id: GuildId) -> datetime | None:
        assert guild_id == GUILD
        return self.seen

    def tracking_off(self, guild_id: GuildId) -> bool:
        assert guild_id == GUILD
        return self.off


class World:
    """A ledger, a table and a staff list."""

    def __init__(self) -> None:
        self.past = Past()
        self.guilds = Guilds()
        self.staff = FakeStaff()

    def find(self, asked: Asked | None = None) -> Found | Missing:
        lookup = Lookup(
            self.past.reader, self.past, self.guilds, self.staff, (LineError,), (TableDownError,)
        )
        return lookup.find(GUILD, asked or Asked(SEVEN), NOW)

    def found(self, asked: Asked | None = None) -> Found:
        found = self.find(asked)
        assert isinstance(found, Found)
        return found

    def spoil_the_ledger(self) -> None:
        for key, (_, written) in list(self.past.objects.held.items()):
            if key.startswith("lines/"):
                self.past.objects.held[key] = b"spoilt", written


def test_the_ledger_speaks_first_with_the_last_word_and_the_names_of_the_time() -> None:
    world = World()
    line = world.past.join("7", 10, open_between("a", "b"))
    world.past.correct(line, by("900", "b"), 5 * DAY)

    found = world.found()

    assert (found.source, found.event_id, found.doubt) == (Source.LEDGER, line.event_id, None)
    assert found.word == word_of(by("900", "b"))
    assert found.corrected
    assert (found.username, found.display_name) == ("user7", "User7")
    assert (found.joined_at, found.left_at) == (at(10), None)


def test_a_line_observed_days_after_the_join_is_found_by_its_names() -> None:
    world = World()
    line = world.past.join("7", 10, seen=9 * DAY)

    assert world.found().event_id == line.event_id


def test_a_line_whose_row_was_written_weeks_later_is_found_by_it() -> None:
    world = World()
    line = world.past.join("7", 10, seen=9 * DAY)
    for key, (content, _) in list(world.past.objects.held.items()):
        if key.startswith("names/"):
            world.past.objects.held[key] = content, at(25 * DAY)
    world.past.held.clear()

    assert world.found().event_id == line.event_id


def test_who_was_erased_is_told_without_names_and_found_all_the_same() -> None:
    world = World()
    world.past.join("7", 0, seen=3 * DAY)
    ask(world.past.objects, Erasure(GUILD, SEVEN, at(4 * DAY)))

    for _ in ("before the sweep", "after it"):
        found = world.found(Asked(SEVEN, joined_at=at(0)))
        assert (found.username, found.display_name, found.erased) == (None, None, True)
        assert found.source is Source.LEDGER
        Eraser(world.past.objects, Inline(), lambda: at(5 * DAY)).sweep(GUILD)


def test_who_left_is_told_with_when() -> None:
    world = World()
    world.past.leave(world.past.join("7", 10), 500)

    assert world.found().left_at == at(500)


def test_the_inviter_s_mapping_and_what_was_recorded_come_with_it() -> None:
    world = World()
    world.past.join("7", 10, by("900"))
    value = write_value(MAPPING)
    world.staff.take(GUILD, SettingChanged("a", staff_setting(IDA), value, UserId("1"), at(1)))
    world.staff.take(GUILD, UpgradeAssigned("b", SEVEN, IDA, value, UserId("1"), at(2)))

    found = world.found()

    assert found.staff == StaffMember(IDA, MAPPING)
    assert [(one.staff_id, one.by, one.at) for one in found.upgrades] == [(IDA, "1", at(2))]


def test_a_ledger_out_of_order_leaves_the_database_and_says_so() -> None:
    world = World()
    world.past.join("7", 10, by("900"))
    world.spoil_the_ledger()

    found = world.found()

    assert (found.source, found.doubt) == (Source.DATABASE, Doubt.LEDGER_DOWN)
    assert found.word == word_of(by("900"))


def test_a_join_without_a_line_is_the_database_s_and_says_so() -> None:
    world = World()
    world.past.held[SEVEN] = MemberRecord(at(10), None, word_of(by("900")))

    found = world.found()

    assert (found.source, found.doubt) == (Source.DATABASE, Doubt.NO_LINE)


def test_a_database_out_of_order_leaves_the_ledger_and_says_so() -> None:
    world = World()
    line = world.past.join("7", 10, open_between("a", "b"))
    world.past.correct(line, by("900", "b"), 60)
    world.past.error = TableDownError()

    for asked in (Asked(SEVEN), Asked(SEVEN, joined_at=at(10))):
        found = world.found(asked)
        assert (found.source, found.doubt) == (Source.LEDGER, Doubt.DATABASE_DOWN)
        assert found.word == word_of(by("900", "b"))


def test_both_out_of_order_is_an_error_and_not_a_claim() -> None:
    world = World()
    world.past.join("7", 10)
    world.spoil_the_ledger()
    world.past.error = TableDownError()

    with pytest.raises(TableDownError):
        world.find()


def test_the_latest_of_several_joins_is_told() -> None:
    world = World()
    world.past.leave(world.past.join("7", 10, by("900")), 20)
    world.past.join("7", 5 * DAY, by("901", "new"))

    assert world.found().word.code == "new"
    world.past.held.clear()
    assert world.found().word.code == "new"


def test_a_later_join_that_is_not_on_record_is_told_of() -> None:
    world = World()
    world.past.join("7", 10)

    assert world.found(Asked(SEVEN, joined_at=at(DAY))).rejoined_at == at(DAY)
    assert world.found(Asked(SEVEN, joined_at=at(10))).rejoined_at is None


def test_an_inviter_is_not_taken_for_who_they_brought() -> None:
    world = World()
    world.past.join("8", 10, by("7"), staff="seven")

    assert world.find() == Missing(WhyNone.NO_MEMBER, at(0))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (Asked(SEVEN, bot=True, joined_at=at(-5)), WhyNone.BOT),
        (Asked(SEVEN, joined_at=at(-5)), WhyNone.BEFORE_USHER),
        (Asked(SEVEN, joined_at=NOW - timedelta(seconds=5)), WhyNone.JUST_NOW),
        (Asked(SEVEN, joined_at=at(DAY)), WhyNone.MISSED),
        (Asked(SEVEN), WhyNone.NO_MEMBER),
    ],
)
def test_nothing_on_record_has_a_reason(asked: Asked, why: WhyNone) -> None:
    assert World().find(asked) == Missing(why, at(0))


def test_a_server_never_seen_and_tracking_turned_off_are_told() -> None:
    world = World()
    world.guilds = Guilds(seen=None, off=True)

    assert world.find(Asked(SEVEN, joined_at=at(0))) == Missing(WhyNone.GUILD_UNSEEN, None, True)


def test_a_join_while_tracking_was_off_and_one_that_is_fake_say_so_from_either_source() -> None:
    # Given a join while tracking was off, judged again since
    world = World()
    line = world.past.join("7", 10)
    world.past.put(replace(line, untracked=True, verdict=("rejoin",)))
    record = world.past.held[SEVEN]
    world.past.held[SEVEN] = replace(record, untracked=True, verdict=("self_invite",))

    for doubt in (None, Doubt.LEDGER_DOWN):
        found = world.found()

        assert (found.doubt, found.untracked, found.verdict) == (doubt, True, ("self_invite",))
        shown = {one.name: one.value for one in tell_found(found).fields}
        assert shown["Credit"].startswith("Nobody gets credit: tracking was off")
        world.spoil_the_ledger()

    assert "Self-invite" in str(tell_found(replace(found, untracked=False)).fields)


def test_a_missing_staff_list_entry_is_none() -> None:
    world = World()
    world.past.join("7", 10, by("900"))

    assert replace(world.found(), username=None).staff is None
