"""Reading the ledger back: lines, the newest ones, and exports."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import GUILD, at, by, by_vanity, open_between, person
from tests.fakes.objects import FakeObjects, Inline
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import word_of
from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.export import LedgerExport
from usher.ledger.lines import Line, LineError, LineType, correction_id, join_id, leave_id
from usher.ledger.names import JoinerNames, StaffName, names_key, row_key
from usher.ledger.reader import LedgerReader
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore, LineMissingError

NOW = datetime(2026, 12, 24, 3, tzinfo=UTC)
DAY = 86400


class Ledger:
    """A ledger in memory."""

    def __init__(self, retention: timedelta | None = None) -> None:
        self.objects = FakeObjects()
        self.store = LedgerStore(self.objects, lambda: NOW, retention)
        self.writer = LedgerWriter(self.store, Inline())
        self.reader = LedgerReader(self.store, Inline())

    def join(
        self,
        user: str,
        seconds: float = 0,
        outcome: Outcome | None = None,
        guild: GuildId = GUILD,
        staff: str | None = "ida",
    ) -> Line:
        said = word_of(outcome or by("900"))
        id_ = join_id(guild, UserId(user), at(seconds))
        moment = at(seconds)
        line = Line(LineType.JOIN, id_, moment, guild, UserId(user), moment, said)
        names: list[JoinerNames | StaffName] = [JoinerNames(line, person(user), "A guild")]
        if staff and said.inviter_id:
            names.append(StaffName(line, said.inviter_id, staff))
        self.writer.record([line], names)
        return line

    def correct(self, line: Line, outcome: Outcome, seconds: float) -> Line:
        assert line.user_id is not None
        assert line.joined_at is not None
        word = word_of(outcome)
        correction = replace(
            line,
            type=LineType.CORRECTION,
            event_id=correction_id(line.guild_id, line.user_id, line.joined_at, word, str(seconds)),
            timestamp=at(seconds),
            word=word,
            corrects=line.event_id,
            previous=line.word,
        )
        self.writer.record([correction], [])
        return correction

    def leave(self, line: Line, seconds: float) -> Line:
        assert line.user_id is not None
        assert line.joined_at is not None
        leave = replace(
            line,
            type=LineType.LEAVE,
            event_id=leave_id(line.guild_id, line.user_id, line.joined_at),
            timestamp=at(seconds),
        )
        self.writer.record([leave], [])
        return leave

    def export(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        user: str | None = None,
        code: str | None = None,
    ) -> list[dict[str, str]]:
        made = LedgerExport(self.reader, Inline(), lambda: NOW).export(
            GUILD,
            start,
            end,
            None if user is None else UserId(user),
            None if code is None else InviteCode(code),
        )
        assert made.filename == "invite_logs_20261224.csv"
        found = csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"), newline=""))
        rows = list(found)
        assert len(rows) == made.lines
        return rows


def users(rows: list[dict[str, str]]) -> list[str]:
    return [row["User ID"].removeprefix("'") for row in rows]


def test_the_line_that_stands_is_never_changed() -> None:
    ledger = Ledger()
    line = ledger.join("7")

    other = replace(line, word=word_of(open_between("a", "b")))

    assert ledger.writer.record([other], []) == (line,)
    assert len(ledger.objects.under("lines/")) == 1


def test_names_are_kept_beside_the_line_under_the_person() -> None:
    ledger = Ledger()
    line = ledger.join("7")

    assert ledger.objects.held.keys() == {
        f"lines/guild={GUILD}/dt=2026-11-20/{line.event_id}.json",
        f"names/guild={GUILD}/user=7/{line.event_id}.csv",
        f"names/guild={GUILD}/user=900/{line.event_id}.json",
    }
    assert b"user7" not in b"".join(ledger.objects.under("lines/").values())


def test_lines_are_locked_only_when_a_retention_is_set() -> None:
    free, locked = Ledger(), Ledger(timedelta(days=30))
    free.join("7")
    line = locked.join("7")

    assert free.objects.locks == {}
    key = f"lines/guild={GUILD}/dt=2026-11-20/{line.event_id}.json"
    assert locked.objects.locks == {key: NOW + timedelta(days=30)}


def test_a_line_that_vanished_or_is_broken_is_told() -> None:
    ledger = Ledger()
    line = ledger.join("7")
    key = f"lines/guild={GUILD}/dt=2026-11-20/{line.event_id}.json"

    ledger.objects.held[key] = b"broken", at(0)
    with pytest.raises(LineError):
        ledger.writer.record([line], [])
    del ledger.objects.held[key]
    with pytest.raises(LineMissingError):
        ledger.writer.read(GUILD, [(line.event_id, line.timestamp)])


def test_lines_are_read_by_days_both_included() -> None:
    ledger = Ledger()
    lines = [ledger.join(str(number), number * DAY) for number in range(4)]
    ledger.join("9", 0, guild=GuildId("2"))

    def read(first: date | None, last: date | None) -> list[Line]:
        return list(ledger.reader.lines(GUILD, first, last))

    assert read(None, None) == lines
    assert read(date(2026, 11, 21), date(2026, 11, 22)) == lines[1:3]
    assert read(date(2026, 11, 23), None) == lines[3:]
    assert read(None, date(2026, 11, 19)) == []


def test_recent_lines_are_newest_first_with_names() -> None:
    ledger = Ledger()
    first = ledger.join("7", 0)
    ledger.join("8", DAY, by_vanity())
    ledger.join("9", 2 * DAY, open_between("a", "b"), guild=GuildId("2"))
    ledger.correct(first, by("901", "def"), 3 * DAY)
    ledger.leave(first, 4 * DAY)

    recent = ledger.reader.recent_lines(None, 4)

    assert [(one["type"], one["username"], one["staff_username"]) for one in recent] == [
        ("leave", "user7", "ida"),
        ("correction", "user7", None),
        ("join", "user9", None),
        ("join", "user8", None),
    ]
    assert recent[3] == {
        "timestamp": "2026-11-21T12:00:00.000000+00:00",
        "type": "join",
        "user_id": "8",
        "username": "user8",
        "invite_code": "cool",
        "staff_id": "VANITY",
        "staff_username": None,
        "kind": "vanity",
        "method": "vanity_count",
        "confidence": "exact",
        "outcome": "attributed",
        "candidates": ["cool"],
    }
    assert [one["user_id"] for one in ledger.reader.recent_lines(GUILD, 10)] == ["7", "7", "8", "7"]


def test_an_export_holds_joins_in_order_of_time_with_the_last_word() -> None:
    # Given joins, one corrected twice, one that left
    ledger = Ledger()
    ledger.join("3", 30)
    first = ledger.join("1", 10, open_between("abc", "def"))
    ledger.leave(ledger.join("2", 20), 25)
    ledger.correct(first, by("901", "def"), 40)
    ledger.correct(first, by("902", "ghi"), 40 + 2 * DAY)

    # When
    rows = ledger.export()

    # Then
    assert users(rows) == ["1", "2", "3"]
    assert (rows[0]["Invite Code"], rows[0]["Staff ID"]) == ("ghi", "'902")
    assert rows[0]["Confidence"] == "exact"
    assert rows[1]["Username"] == "user2"
    assert rows[1]["Guild Name"] == "A guild"


def test_an_export_is_bounded_by_the_times_of_joins_alone() -> None:
    ledger = Ledger()
    joins = [ledger.join(str(number), number * 3600) for number in range(4)]
    ledger.correct(joins[1], by("902", "ghi"), 10 * DAY)

    rows = ledger.export(at(3600), at(3 * 3600))

    assert users(rows) == ["1", "2"]
    assert rows[0]["Invite Code"] == "ghi"


def test_an_export_may_be_of_one_member_or_of_one_code_by_the_last_word() -> None:
    ledger = Ledger()
    ledger.join("1", 10)
    ledger.join("2", 20, open_between("abc", "def"))
    ledger.correct(ledger.join("3", 30), by("901", "def"), 40)

    assert users(ledger.export(user="2")) == ["2"]
    assert users(ledger.export(code="abc")) == ["1"]
    assert users(ledger.export(code="def")) == ["3"]
    assert ledger.export(user="4") == []


def test_a_join_seen_on_both_sides_of_midnight_is_one_row() -> None:
    ledger = Ledger()
    line = ledger.join("1", 12 * 3600 - 1)
    ledger.writer.record([replace(line, timestamp=line.timestamp + timedelta(seconds=2))], [])

    [row] = ledger.export()

    assert row["Timestamp"] == "2026-11-20T23:59:59.000000+00:00"


def test_staff_are_called_what_they_were_called_then() -> None:
    # Given an inviter who changed names, and lines without a name of their own
    ledger = Ledger()
    ledger.join("1", 10, staff=None)
    ledger.join("2", 20, staff="ida")
    ledger.join("3", 30, staff=None)
    ledger.join("4", 40, staff="idabel")
    ledger.join("5", 50, staff=None)

    # Then each has the newest not later than it, and the first the newest of all
    names = [row["Staff Username"] for row in ledger.export()]
    assert names == ["idabel", "ida", "ida", "idabel", "idabel"]


def test_an_erased_person_has_no_names_and_keeps_their_rows() -> None:
    ledger = Ledger()
    line = ledger.join("1", 10)
    del ledger.objects.held[row_key(GUILD, UserId("1"), line.event_id)]
    del ledger.objects.held[names_key(GUILD, UserId("900"), line.event_id)]

    [row] = ledger.export()

    assert row["User ID"] == "'1"
    assert row["Username"] == row["Display Name"] == row["Staff Username"] == ""
