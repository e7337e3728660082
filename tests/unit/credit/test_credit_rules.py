"""What each kind of line does to a member's record and to the counters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.builders import GUILD, START, at, by, by_vanity, open_between, unknown
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import word_of
from usher.credit.booking import book
from usher.credit.queries import Tally
from usher.credit.rules import (
    CLOCKS_DIFFER,
    SAME_LEAVE,
    Booking,
    Change,
    MemberRecord,
    counters,
    ended_by,
)
from usher.ids import VANITY, UserId
from usher.ledger.lines import Line, LineType, correction_id, credit_id, join_id, leave_id

USER, IDA, BEN = UserId("7"), UserId("900"), UserId("901")


def join(outcome: Outcome, seconds: float = 0) -> Line:
    moment = at(seconds)
    id_ = join_id(GUILD, USER, moment)
    return Line(LineType.JOIN, id_, moment, GUILD, USER, moment, word_of(outcome))


def leave(joined: float, seconds: float) -> Line:
    id_ = leave_id(GUILD, USER, at(joined))
    return Line(LineType.LEAVE, id_, at(seconds), GUILD, USER, at(joined), None)


def correction(before: Outcome, after: Outcome, joined: float = 0) -> Line:
    word = word_of(after)
    return Line(
        LineType.CORRECTION,
        correction_id(GUILD, USER, at(joined), word, "obs"),
        at(500),
        GUILD,
        USER,
        at(joined),
        word,
        corrects=join_id(GUILD, USER, at(joined)),
        previous=word_of(before),
    )


def tell(*lines: Line) -> tuple[MemberRecord | None, dict[str, Tally]]:
    """Book lines in order; return the record and the counters of all time."""
    booking, changes = Booking(None), list[Change]()
    for line in lines:
        booking = book(line, booking.record)
        changes.extend(booking.changes)
    sums = counters(changes)
    return booking.record, {
        counter.inviter_id: tally for counter, tally in sums.items() if counter.period == "all"
    }


def test_an_attributed_join_credits_its_inviter() -> None:
    record, tallies = tell(join(by("900")))

    assert tallies == {IDA: Tally(tracked=1)}
    assert record == MemberRecord(at(0), None, word_of(by("900")), epochs=1, booked=True)


def test_an_open_or_unknown_join_or_one_without_inviter_credits_nobody() -> None:
    for outcome in (open_between("a", "b"), unknown(), by(None)):
        record, tallies = tell(join(outcome))

        assert tallies == {}
        assert record is not None
        assert not record.booked


def test_the_vanity_code_has_counters() -> None:
    _, tallies = tell(join(by_vanity()))

    assert tallies == {VANITY: Tally(tracked=1)}


def test_a_leave_reverses_once_and_tracked_never_falls() -> None:
    record, tallies = tell(join(by("900")), leave(0, 60), leave(0, 61))

    assert tallies == {IDA: Tally(tracked=1, left=1)}
    assert record is not None
    assert (record.left_at, record.booked) == (at(60), False)


def test_a_leave_of_an_open_join_is_booked_when_it_is_resolved() -> None:
    record, tallies = tell(
        join(open_between("a", "b")), leave(0, 60), correction(open_between("a", "b"), by("900"))
    )

    assert tallies == {IDA: Tally(tracked=1, left=1)}
    assert record is not None
    assert record.left_at == at(60)
    assert not record.booked


def test_a_leave_of_nobody_known_changes_nothing() -> None:
    line = replace(leave(0, 60), joined_at=None)

    assert tell(line) == (None, {})


def test_a_correction_moves_the_credit() -> None:
    record, tallies = tell(join(by("900")), correction(by("900"), by("901")))

    assert tallies == {BEN: Tally(tracked=1)}
    assert record is not None
    assert record.word.inviter_id == BEN
    assert record.booked


def test_a_correction_to_nobody_takes_the_credit_back() -> None:
    record, tallies = tell(join(by("900")), correction(by("900"), open_between("a", "b")))

    assert tallies == {}
    assert record is not None
    assert not record.booked


def test_a_correction_after_the_leave_moves_both_sides() -> None:
    _, tallies = tell(join(by("900")), leave(0, 60), correction(by("900"), by("901")))

    assert tallies == {BEN: Tally(tracked=1, left=1)}


def test_a_correction_that_keeps_the_inviter_changes_the_word_alone() -> None:
    after = by("900", code="other")
    record, tallies = tell(join(by("900")), correction(by("900"), after))

    assert tallies == {IDA: Tally(tracked=1)}
    assert record is not None
    assert record.word == word_of(after)


def test_a_rejoin_after_a_missed_leave_leaves_one_live_credit() -> None:
    record, tallies = tell(join(by("900")), join(by("901"), 100))

    assert tallies == {IDA: Tally(tracked=1, left=1), BEN: Tally(tracked=1)}
    assert record is not None
    assert record.epochs == 2


def test_a_rejoin_by_the_same_inviter_leaves_one_live_credit() -> None:
    _, tallies = tell(join(by("900")), leave(0, 50), join(by("900"), 100))

    assert tallies == {IDA: Tally(tracked=2, left=1)}
    assert tallies[IDA].effective == 1


def test_a_join_told_twice_counts_once() -> None:
    assert tell(join(by("900")), join(by("900"))) == tell(join(by("900")))


def test_a_join_that_arrives_after_a_later_one_has_ended_already() -> None:
    record, tallies = tell(join(by("901"), 100), join(by("900"), 0))

    assert tallies == {BEN: Tally(tracked=1), IDA: Tally(tracked=1, left=1)}
    assert record is not None
    assert (record.joined_at, record.epochs) == (at(100), 2)


def test_a_correction_of_an_earlier_membership_moves_credit_and_leaves_the_record() -> None:
    lines = join(by("900")), leave(0, 50), join(by("900"), 100)
    before, _ = tell(*lines)
    record, tallies = tell(*lines, correction(by("900"), by("901"), 0))

    assert record == before
    assert tallies == {IDA: Tally(tracked=1), BEN: Tally(tracked=1, left=1)}


def test_credit_without_a_pairing_is_added_and_taken_back() -> None:
    def credit(delta: int) -> Line:
        id_ = credit_id("obs", IDA, f"obs{delta}")
        return Line(LineType.CREDIT, id_, at(0), GUILD, None, None, None, delta=delta, staff_id=IDA)

    assert tell(credit(2), credit(-1)) == (None, {IDA: Tally(tracked=1)})


def test_counters_of_a_day_and_a_week_are_those_of_the_join_even_for_a_leave_later() -> None:
    # Given a join on Friday, in the last ISO week that touches two years
    moment = datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC)
    line = replace(join(by("900")), joined_at=moment, timestamp=moment)
    booking = book(line, None)
    gone = replace(leave(0, 0), joined_at=moment, timestamp=moment + timedelta(days=3))

    # When the member leaves on Monday
    changes = (*booking.changes, *book(gone, booking.record).changes)

    # Then
    sums = {counter.period: (tally, counter.ends) for counter, tally in counters(changes).items()}
    tally = Tally(tracked=1, left=1)
    assert sums == {
        "all": (tally, None),
        "day#2027-01-01": (tally, datetime(2027, 1, 2, tzinfo=UTC)),
        "week#2026-W53": (tally, datetime(2027, 1, 4, tzinfo=UTC)),
    }


def test_a_leave_long_before_the_join_belongs_to_an_earlier_membership() -> None:
    record = MemberRecord(START, None, word_of(by()))

    assert ended_by(record, START - CLOCKS_DIFFER - timedelta(seconds=1)) is None
    assert ended_by(record, START - timedelta(seconds=1)) is record
    assert ended_by(None, START) is None


def test_a_second_leave_well_after_the_first_is_of_a_membership_that_nobody_saw() -> None:
    record = MemberRecord(START, at(60), word_of(by()))

    assert ended_by(record, at(61)) is record
    assert ended_by(record, at(60) + SAME_LEAVE + timedelta(seconds=1)) is None


def test_imported_credit_counts_to_no_day() -> None:
    id_ = credit_id("import|abc", IDA, "obs")
    line = Line(
        LineType.CREDIT, id_, at(0), GUILD, None, None, None, delta=7, staff_id=IDA, imported=True
    )

    sums = counters(book(line, None).changes)

    assert {(counter.period, tally) for counter, tally in sums.items()} == {
        ("all", Tally(tracked=7))
    }


def test_periods_that_are_swept_away_are_not_counted_in() -> None:
    moment = START - timedelta(days=100)
    line = replace(join(by("900")), joined_at=moment)

    sums = counters(book(line, None).changes)

    assert {counter.period for counter in sums} == {"all"}
