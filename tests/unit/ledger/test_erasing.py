"""Somebody is erased: no version of any object names them, and all else is as it was."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.builders import GUILD, by
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse
from tests.fakes.ledger import FIRST, ClosedLedger, day
from tests.fakes.objects import FakeObjects, Inline
from usher.contracts.observation import Person
from usher.ids import GuildId, UserId
from usher.ledger.chain import digest, write_link
from usher.ledger.closed import ClosedDays
from usher.ledger.csv_form import read_rows
from usher.ledger.day_csv import DayCsv
from usher.ledger.erasing import Erased, Eraser
from usher.ledger.erasure import Erasure, asked_key
from usher.ledger.erasures import ask
from usher.ledger.export import LedgerExport
from usher.ledger.finding import Finder
from usher.ledger.keys import csv_key
from usher.ledger.lines import Line, join_id
from usher.ledger.names import JoinerNames, StaffName
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.ledger.verify import Verifier

ANN, BOB, IDA = UserId("101"), UserId("102"), UserId("900")
ASKED = FIRST + timedelta(days=2)
OTHER = GuildId("613425648685547542")
HOSTILE = '=SUM(A1)\r\n"101",\'Ann 🎉\u202e,"""'


@dataclass
class Town:
    """Two closed days of a guild with names everywhere, and somebody who erases."""

    ledger: ClosedLedger = field(default_factory=ClosedLedger)
    now: datetime = ASKED + timedelta(hours=1)

    @property
    def objects(self) -> FakeObjects:
        assert isinstance(self.ledger.objects, FakeObjects)
        return self.ledger.objects

    @property
    def store(self) -> LedgerStore:
        return LedgerStore(self.objects, lambda: self.now)

    @property
    def reader(self) -> LedgerReader:
        return LedgerReader(self.store, Inline(), ClosedDays(self.objects))

    def make(self, number: int) -> None:
        """Write the CSV of a closed day, over one that is there."""
        csv = DayCsv(self.objects, Inline())
        csv.make(ClosedDays(self.objects).link(GUILD, day(number)))

    def ask(self, user: UserId, *, for_good: bool = False, at: datetime = ASKED) -> Erasure:
        erasure = Erasure(GUILD, user, at, for_good)
        ask(self.objects, erasure)
        key = asked_key(GUILD, user)
        self.objects.held[key] = self.objects.held[key][0], at
        return erasure

    def sweep(self) -> Erased:
        erased = Eraser(self.objects, Inline(), lambda: self.now).sweep(GUILD)
        for key in self.objects.under("erased/"):
            if key.endswith("swept.json"):
                self.objects.held[key] = self.objects.held[key][0], self.now
        return erased

    def export(self) -> list[dict[str, str]]:
        made = LedgerExport(self.reader, Inline(), lambda: self.now)
        return list(read_rows([made.export(GUILD, None, None, None, None).content]))

    def mentions(self, name: str, but: str = "nowhere") -> list[str]:
        """Where a name is, in any version."""
        wanted = name.encode()
        return [
            key
            for key, contents in self.objects.contents().items()
            if but not in key and any(wanted in content for content in contents)
        ]

    def heads(self) -> list[str]:
        return [digest(write_link(link)) for link in ClosedDays(self.objects).links(GUILD)]


@pytest.fixture
def town() -> Town:
    return tell()


def tell(fuse: Fuse | None = None) -> Town:
    """Ann was brought by Ida and brought Bob; her names are in every kind of object."""
    town = Town()
    ledger = town.ledger
    ledger.join(ANN, 0, by(IDA))
    ledger.join(BOB, 0, by(ANN), 5)
    ledger.join("103", 1, by(IDA))
    ledger.join(ANN, 0, by(IDA), guild=OTHER)
    ledger.close(2)
    for number in (0, 1):
        town.make(number)
        town.make(number)  # so that there is a version that was written over
    objects = town.objects
    objects.upload(f"exports/guild={GUILD}/7/a.csv", objects.stream(csv_key(GUILD, day(0))) or ())
    objects.upload(f"exports/guild={GUILD}/8/b.csv", objects.stream(csv_key(GUILD, day(1))) or ())
    objects.add(f"parked/guild={GUILD}/a.json", b'{"user_id": "101", "username": "user101"')
    objects.add("parked/guild=unknown/b.json", b"\xff 101 user101")
    objects.add("parked/guild=unknown/c.json", b"of others")
    objects.fuse = fuse or Fuse()
    return town


def of(rows: Iterable[dict[str, str]], user: str) -> dict[str, str]:
    [row] = [row for row in rows if row["User ID"] == user]
    return row


def test_no_version_of_any_object_names_them(town: Town) -> None:
    town.ask(ANN)

    erased = town.sweep()

    # One row, one name as an inviter, one day (Ann is in no other), an export, two parked messages
    assert (erased.rows, erased.names, erased.days, erased.files) == (1, 1, 1, 3)
    assert town.mentions("ser101", but=OTHER) == []
    assert town.mentions("name of 101") == []
    assert "parked/guild=unknown/b.json" not in town.objects.contents()
    # and others keep theirs
    assert town.objects.get("parked/guild=unknown/c.json") == b"of others"
    assert town.objects.get(f"exports/guild={GUILD}/8/b.csv") is not None
    assert of(town.export(), BOB)["Username"] == "user102"
    assert of(town.export(), ANN)["Staff Username"] == "name of 900"
    assert town.mentions("user101") == [f"names/guild={OTHER}/user=101/{_event(town, OTHER)}.csv"]


def _event(town: Town, guild: GuildId) -> str:
    [line] = LedgerReader(town.store, Inline()).lines(guild)
    return line.event_id


def test_the_proof_stands_and_the_joins_are_told_without_the_name(town: Town) -> None:
    before, heads = {row["Event ID"]: row for row in town.export()}, town.heads()
    town.ask(ANN)
    town.sweep()

    assert Verifier(town.objects, Inline()).verify(GUILD).findings == []
    assert town.heads() == heads
    for row in town.export():
        changed = {name for name in row if row[name] != before[row["Event ID"]][name]}
        wanted = {
            ANN: {"Username", "Display Name", "Discriminator"},
            BOB: {"Staff Username"},
        }.get(UserId(row["User ID"]), set())
        assert changed == wanted
        assert all(row[name] == "" for name in changed)


def test_the_line_of_an_erased_join_is_still_found(town: Town) -> None:
    # Given a join that was found two days after it was made: its row alone tells on which day
    late = _late_join(town)
    town.ask(ANN)
    town.sweep()

    finder = Finder(town.objects)
    assert late.joined_at is not None
    assert finder.join(GUILD, ANN, late.joined_at) == late
    assert late in list(finder.joins(GUILD, ANN))


def _late_join(town: Town) -> Line:
    """A join of thirty days ago that is found now."""
    now = town.ledger.join("105", 1, by(IDA), 60)
    joined_at = now.timestamp - timedelta(days=30)
    found = replace(now, event_id=join_id(GUILD, ANN, joined_at), user_id=ANN, joined_at=joined_at)
    town.store.append(found)
    town.store.keep(JoinerNames(found, Person(ANN, "user101", ""), "A guild"))
    return found


def test_before_the_sweep_nobody_is_shown_the_name_any_more(town: Town) -> None:
    town.ask(ANN)

    assert of(town.export(), ANN)["Username"] == ""
    assert of(town.export(), BOB)["Staff Username"] == ""
    assert of(town.export(), ANN)["User ID"] == ANN
    town.make(0)
    rows = list(read_rows(town.objects.stream(csv_key(GUILD, day(0))) or ()))
    assert of(rows, ANN)["Username"] == ""


def test_a_second_erasure_finds_nothing_more(town: Town) -> None:
    town.ask(ANN)
    town.sweep()
    kept = town.objects.contents()

    assert town.sweep() == Erased()
    town.ask(ANN, at=ASKED + timedelta(minutes=5))
    assert town.sweep() == Erased()
    names = {key: kept[key] for key in kept if not key.startswith("erased/")}
    after = town.objects.contents()
    assert {key: after[key] for key in after if not key.startswith("erased/")} == names


def steps() -> int:
    fuse = Fuse()
    town = tell(fuse)
    town.ask(ANN)
    town.sweep()
    return fuse.steps


@pytest.mark.parametrize("at", range(2, steps() + 1))
@pytest.mark.parametrize(("before", "error"), BREAKS)
def test_one_that_broke_off_is_completed_by_the_next(
    at: int, before: bool, error: type[BaseException]
) -> None:
    town = tell()
    town.ask(ANN)
    town.objects.fuse = Fuse(at - 1, before, error)
    with pytest.raises((BrokenOffError, DiedError)):
        town.sweep()
    town.objects.fuse = Fuse()

    town.sweep()

    assert town.mentions("ser101", but=OTHER) == []
    assert town.mentions("name of 101") == []
    assert of(town.export(), BOB)["Username"] == "user102"
    assert town.sweep() == Erased()


def test_names_that_come_late_do_not_come_back(town: Town) -> None:
    town.ask(ANN)
    town.sweep()
    [joined] = [line for line in town.reader.lines(GUILD) if line.user_id == ANN]
    [brought] = [line for line in town.reader.lines(GUILD) if line.user_id == BOB]

    # When the observation is delivered once more, or a join of before is only found now
    town.store.keep(JoinerNames(joined, Person(ANN, "user101", "User101"), "A guild"))
    town.store.keep(StaffName(brought, ANN, "name of 101"))
    _late_join(town)

    assert town.mentions("ser101", but=OTHER) == []
    assert town.mentions("name of 101") == []
    # and the day is made again
    town.make(0)
    assert of(town.export(), BOB)["Staff Username"] == ""


def test_the_names_of_a_later_join_are_kept(town: Town) -> None:
    town.ask(ANN)
    town.sweep()
    later = town.ledger.join(ANN, 4, by(BOB))
    brought = town.ledger.join("104", 4, by(ANN), 5)
    town.ledger.close(5)
    town.make(4)

    town.now += timedelta(days=3)
    assert town.sweep().versions == 0

    rows = {row["Event ID"]: row for row in town.export()}
    assert rows[later.event_id]["Username"] == "user101"
    assert rows[brought.event_id]["Staff Username"] == "name of 101"
    # but no join of before is told with the name of later
    assert of([row for row in rows.values() if row["Username"] != "user101"], ANN)["Username"] == ""
    assert of(rows.values(), BOB)["Staff Username"] == ""


def test_for_good_no_name_is_kept_of_what_comes_later(town: Town) -> None:
    town.ask(ANN, for_good=True)
    town.sweep()
    town.ledger.join(ANN, 4, by(BOB))
    town.ledger.join("104", 4, by(ANN), 5)

    assert town.mentions("ser101", but=OTHER) == []
    assert town.mentions("name of 101") == []

    # Until they ask for less: then what comes after that is kept
    town.ask(ANN, at=FIRST + timedelta(days=5))
    town.ledger.join(ANN, 6, by(BOB))
    assert town.mentions("user101")


def test_what_was_under_way_is_swept_up_later(town: Town) -> None:
    town.ask(ANN)
    town.sweep()
    # An export that had begun before, one of later, and a message that could not be read
    swept = town.now
    written = swept + timedelta(seconds=1)
    head = "User ID,Username,Joined At\r\n'101,under way,"
    for name, joined_at in (("9/c", "2026-11-02"), ("10/d", "2026-11-04")):
        content = f"{head}{joined_at}T12:00:00+00:00\r\n".encode()
        town.objects.held[f"exports/guild={GUILD}/{name}.csv"] = content, written
    town.objects.held[f"parked/guild={GUILD}/z.json"] = b"under way 101", written

    town.now = swept + timedelta(days=1)
    assert town.sweep().files == 2
    assert town.mentions("under way") == [f"exports/guild={GUILD}/10/d.csv"]
    # After some weeks nobody looks any more
    town.now = swept + timedelta(days=60)
    town.objects.streamed.clear()
    town.objects.held[f"parked/guild={GUILD}/z.json"] = b"under way 101", town.now
    assert (town.sweep(), town.objects.streamed) == (Erased(), [])


def test_what_was_looked_at_is_not_read_again(town: Town) -> None:
    town.ask(ANN)
    town.now = datetime(2026, 12, 1, tzinfo=FIRST.tzinfo)  # every object is older than that
    town.sweep()
    town.objects.streamed.clear()

    town.sweep()

    assert town.objects.streamed == []


def test_hostile_names_go_and_hostile_neighbours_stay_to_the_byte() -> None:
    town = Town()
    ann, bob = town.ledger.join(ANN, 0, by(IDA)), town.ledger.join(BOB, 0, by(ANN), 5)
    for line, user in ((ann, ANN), (bob, BOB)):
        key = JoinerNames(line, Person(user, "", ""), "").key
        names = JoinerNames(line, Person(user, f"{HOSTILE}{user}", HOSTILE, HOSTILE), HOSTILE)
        town.objects.put(key, names.content())
    town.objects.put(StaffName(bob, ANN, "").key, StaffName(bob, ANN, HOSTILE).content())
    town.ledger.close(1)
    town.make(0)
    before = {row["Event ID"]: row for row in town.export()}
    town.ask(ANN)

    town.sweep()

    csv = list(read_rows(town.objects.stream(csv_key(GUILD, day(0))) or ()))
    after = {row["Event ID"]: row for row in csv}
    assert after[bob.event_id] == before[bob.event_id] | {"Staff Username": ""}
    assert (after[ann.event_id]["Username"], after[ann.event_id]["Discriminator"]) == ("", "")
    assert after[ann.event_id]["Guild Name"] == before[ann.event_id]["Guild Name"]
    assert town.mentions(user_part(ANN)) == []
    assert csv == town.export()


def user_part(user: UserId) -> str:
    """The end of a hostile name as a CSV cell has it."""
    return f'""""""{user}'


def test_two_are_erased_in_one_sweep(town: Town) -> None:
    town.ask(ANN)
    town.ask(BOB)

    erased = town.sweep()

    assert (erased.rows, erased.days) == (2, 1)
    assert town.mentions("user102") == []
    assert [key for key in town.objects.contents() if key == asked_key(GUILD, BOB)]


def test_what_is_no_row_under_their_names_goes_whole(town: Town) -> None:
    town.objects.add(f"names/guild={GUILD}/user=101/x.csv", b"garbled user101")
    town.objects.add(f"names/guild={GUILD}/user=101/y.json", b"[garbled user101")
    town.objects.add(f"names/guild={GUILD}/user=101/z", b"user101")
    town.ask(ANN)

    town.sweep()

    assert town.mentions("user101", but=OTHER) == []


def test_nothing_that_holds_names_is_ever_locked() -> None:
    town = Town()
    store = LedgerStore(town.objects, lambda: FIRST, timedelta(days=3650))
    line = town.ledger.join(ANN, 0)
    store.append(line)
    store.keep(JoinerNames(line, Person(ANN, "user101", ""), "A guild"))
    store.keep(StaffName(line, IDA, "ida"))
    town.ledger.close(1)
    town.make(0)

    places = ("names/", "csv/", "exports/", "parked/", "erased/")
    assert not any(key.startswith(places) for key in town.objects.locks)
