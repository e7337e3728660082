"""The canary finds out when table and ledger tell of a join differently."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders import GUILD, by, open_between
from tests.fakes.ledger import FIRST, ClosedLedger
from usher.attribution.wording import word_of
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.ledger.canary import SETTLED, Canary, Song
from usher.ledger.lines import Line, LineType, leave_id

WRITTEN = FIRST + timedelta(hours=1)


def sing(
    lines: list[tuple[datetime, Line]], record: MemberRecord | None, now: datetime | None = None
) -> Song:
    def newest(_guild: GuildId, limit: int) -> list[tuple[datetime, Line]]:
        return lines[:limit]

    def recorded(_guild: GuildId, _user: UserId) -> MemberRecord | None:
        return record

    return Canary(newest, recorded, lambda: now or WRITTEN + SETTLED * 2).sing(GUILD)


def record_of(line: Line) -> MemberRecord:
    assert line.joined_at is not None
    assert line.word is not None
    return MemberRecord(line.joined_at, None, line.word, epochs=4, booked=True)


@pytest.fixture
def join() -> Line:
    return ClosedLedger().join("1", 0)


def test_it_agrees_when_the_table_has_the_join_with_its_word(join: Line) -> None:
    assert sing([(WRITTEN, join)], record_of(join)) is Song.AGREES


def test_it_differs_when_the_join_is_not_there_or_another(join: Line) -> None:
    record = record_of(join)

    for wrong in (
        None,
        replace(record, word=word_of(open_between("a", "b"))),
        replace(record, left_at=WRITTEN),
        replace(record, joined_at=record.joined_at - timedelta(days=1)),
    ):
        assert sing([(WRITTEN, join)], wrong) is Song.DIFFERS


def test_later_words_and_leaves_count(join: Line) -> None:
    ledger = ClosedLedger(booked=1)
    corrected = ledger.correct(join, by("901"), 0)
    assert join.joined_at is not None
    assert join.user_id is not None
    left = replace(
        join,
        type=LineType.LEAVE,
        event_id=leave_id(GUILD, join.user_id, join.joined_at),
        timestamp=FIRST + timedelta(minutes=9),
        seq=(3, 0),
    )
    lines = [(WRITTEN, left), (WRITTEN, corrected), (WRITTEN, join)]
    record = replace(record_of(corrected), left_at=left.timestamp)

    assert sing(lines, record) is Song.AGREES
    assert sing(lines, record_of(join)) is Song.DIFFERS


def test_it_is_silent_about_what_the_table_may_not_have_yet(join: Line) -> None:
    assert sing([(WRITTEN, join)], None, WRITTEN + SETTLED / 2) is Song.SILENT
    assert sing([], None) is Song.SILENT


def test_a_member_who_came_again_is_told_of_by_the_later_membership(join: Line) -> None:
    later = replace(record_of(join), joined_at=WRITTEN)

    assert sing([(WRITTEN, join)], later) is Song.AGREES
