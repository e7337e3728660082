"""Days are closed once, whole, and in a chain."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, by
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.ledger import FIRST, ClosedLedger, day
from tests.fakes.objects import FakeObjects
from usher.ids import GuildId
from usher.ledger.chain import ChainError, digest, read_link, write_link
from usher.ledger.closed import ClosedDays
from usher.ledger.keys import closed_key, csv_key, line_key, link_key, sums_key
from usher.ledger.line_codec import write_line
from usher.ledger.lines import Line


def told(ledger: ClosedLedger) -> dict[str, bytes]:
    assert isinstance(ledger.objects, FakeObjects)
    return ledger.objects.under("closed/") | ledger.objects.under("chain/")


def lines_of(ledger: ClosedLedger, number: int) -> list[bytes]:
    closed = ClosedDays(ledger.objects)
    return list(closed.lines(closed.link(GUILD, day(number))))


def test_a_closed_day_is_its_lines_in_order_of_booking_with_their_hashes() -> None:
    # Given joins booked in another order than their ids and times have
    ledger = ClosedLedger()
    lines = [ledger.join(str(user), 0, seconds=-user) for user in range(5)]

    # When
    [link] = ledger.close(1)

    # Then
    assert lines_of(ledger, 0) == [write_line(line) for line in lines]
    assert ClosedDays(ledger.objects).sums(link) == [
        (digest(write_line(line)), line_key(GUILD, line.event_id, line.timestamp)) for line in lines
    ]
    assert (link.number, link.previous, link.lines, link.late) == (1, None, 5, 0)


def test_each_link_holds_the_hash_of_the_one_before_and_the_head_is_kept() -> None:
    ledger = ClosedLedger()
    for number in (0, 1, 3):
        ledger.join(f"{number}", number)

    links = ledger.close(4)

    assert [link.day for link in links] == [day(0), day(1), day(3)]
    assert [link.previous_day for link in links] == [None, day(0), day(1)]
    assert [link.previous for link in links[1:]] == [digest(write_link(one)) for one in links[:2]]
    assert [link.total_lines for link in links] == [1, 2, 3]
    assert links[2].total_size == sum(link.size for link in links)
    kept = ledger.heads.get(GUILD)
    assert kept is not None
    assert kept.sha256 == digest(told(ledger)[link_key(GUILD, day(3))])


def test_a_day_is_closed_hours_after_its_end_and_once() -> None:
    ledger = ClosedLedger()
    ledger.join("1", 0)

    ledger.now = FIRST + timedelta(hours=14, minutes=59)
    assert list(ledger.closer().close(GUILD)) == []
    assert len(ledger.close(0) + ledger.close(1)) == 1
    before = told(ledger)
    assert ledger.close(2) == []
    assert told(ledger) == before


def test_lines_that_come_late_are_in_the_next_link_and_no_link_changes() -> None:
    # Given two closed days
    ledger = ClosedLedger()
    ledger.join("1", 0)
    ledger.join("2", 1)
    ledger.close(2)
    before = told(ledger)

    # When lines come for both, and then for the next
    late = [ledger.join("3", 0), ledger.join("4", 1)]
    on_time = ledger.join("5", 2)
    [link] = ledger.close(3)

    # Then
    assert (link.day, link.lines, link.late) == (day(2), 3, 2)
    assert lines_of(ledger, 2) == [write_line(line) for line in (*late, on_time)]
    assert before.items() <= told(ledger).items()


def test_late_lines_alone_make_a_link_of_yesterday() -> None:
    ledger = ClosedLedger()
    ledger.join("1", 0)
    ledger.close(1)
    ledger.join("2", 0)

    [link] = ledger.close(5)

    assert (link.day, link.lines, link.late) == (day(5), 1, 1)
    assert ledger.close(6) == []


def test_guilds_have_chains_of_their_own() -> None:
    ledger, other = ClosedLedger(), GuildId("2")
    ledger.join("1", 0)
    ledger.join("1", 0, guild=other)

    assert [link.guild_id for link in ledger.close(1)] == [GUILD]
    assert [link.number for link in ledger.close(1, other)] == [1]


def test_what_is_no_line_stays_out_and_is_told() -> None:
    ledger = ClosedLedger()
    line = ledger.join("1", 0)
    wrong_place = line_key(GUILD, "0" * 32, FIRST)
    for key, content in (
        (wrong_place, write_line(line)),
        (line_key(GUILD, "1" * 32, FIRST), b"{}\n"),
        (line_key(GUILD, "2" * 32, FIRST), write_line(line) * 2),
    ):
        ledger.objects.add(key, content)

    [link] = ledger.close(1)

    assert link.lines == 1
    assert len(ledger.strays) == 3
    assert wrong_place in ledger.strays


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_breaking_off_at_any_step_changes_nothing(before: bool) -> None:
    def tell() -> ClosedLedger:
        ledger = ClosedLedger()
        corrected = ledger.join("1", 0)
        ledger.join("2", 1)
        ledger.correct(corrected, by("901"), 1)
        return ledger

    whole = tell()
    assert isinstance(whole.objects, FakeObjects)
    whole.objects.fuse = Fuse()
    whole.close(2)
    assert whole.objects.fuse.steps == 6
    for step in range(1, 7):
        ledger = tell()
        assert isinstance(ledger.objects, FakeObjects)
        ledger.objects.fuse = Fuse(at=step, before=before)
        with pytest.raises(BrokenOffError):
            ledger.close(2)
        ledger.objects.fuse = Fuse()

        ledger.close(2)

        assert told(ledger) == told(whole)
        assert ledger.heads == whole.heads


def test_what_came_while_a_closing_was_broken_off_is_late() -> None:
    # Given a closing that broke off after a day's file, a line for that day and one for another
    ledger = ClosedLedger()
    first = ledger.join("1", 1)
    assert isinstance(ledger.objects, FakeObjects)
    ledger.objects.fuse = Fuse(at=1, before=False)
    with pytest.raises(BrokenOffError):
        ledger.close(2)
    ledger.objects.fuse = Fuse()
    ledger.join("2", 1)
    ledger.join("3", 0)

    # When
    assert [(link.day, link.lines) for link in ledger.close(2)] == [(day(1), 1)]
    [late] = ledger.close(3)

    # Then nothing is in two links
    assert lines_of(ledger, 1) == [write_line(first)]
    assert (late.lines, late.late) == (2, 2)


@pytest.mark.parametrize("key", [closed_key, sums_key, link_key])
def test_a_file_that_somebody_else_put_there_breaks_the_chain(key: object) -> None:
    ledger = ClosedLedger()
    line: Line = ledger.join("1", 0)
    assert callable(key)
    forged = write_line(replace(line, user_id=None))
    ledger.objects.add(key(GUILD, day(0)), forged)

    with pytest.raises(ChainError):
        ledger.close(1)
    assert ledger.heads.held == {}


def test_a_link_that_is_not_what_the_head_says_is_built_on_by_nothing() -> None:
    ledger = ClosedLedger()
    ledger.join("1", 0)
    [link] = ledger.close(1)
    assert isinstance(ledger.objects, FakeObjects)
    ledger.join("2", 1)
    ledger.objects.put(link_key(GUILD, day(0)), write_link(replace(link, lines=2)))

    with pytest.raises(ChainError):
        ledger.close(2)


def test_without_a_head_no_second_chain_is_begun() -> None:
    ledger = ClosedLedger()
    ledger.join("1", 0)
    ledger.join("2", 1)
    ledger.close(2)
    ledger.heads.held.clear()

    with pytest.raises(ChainError):
        ledger.close(3)


def test_a_link_is_read_to_the_byte() -> None:
    ledger = ClosedLedger()
    ledger.join("1", 0)
    [link] = ledger.close(1)
    written = write_link(link)

    assert read_link("k", written) == link
    for other in (b"", b"[]", b"{}", written + b" ", json.dumps(json.loads(written)).encode()):
        with pytest.raises(ChainError):
            read_link("k", other)
    assert csv_key(GUILD, day(0)) not in told(ledger)
