"""What verdicts do to credit, whenever they come."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, by, open_between
from tests.unit.credit.test_credit_rules import BEN, IDA, USER, correction, join, leave, tell
from usher.attribution.code_counts import CodeCount, count_codes
from usher.attribution.wording import word_of
from usher.credit.booking import book
from usher.credit.queries import Tally
from usher.credit.rules import Change, MemberRecord, counters
from usher.ids import InviteCode, RoleId
from usher.ledger.lines import Line, LineType

FAKE, GENUINE = ("rejoin",), ()


def fake(line: Line, *names: str) -> Line:
    return replace(line, verdict=names or FAKE, rules="r")


def verdict(*names: str, joined: float = 0, seconds: float = 600) -> Line:
    id_ = f"verdict{seconds}"
    line = Line(LineType.VERDICT, id_, at(seconds), GUILD, USER, at(joined), None)
    return replace(line, verdict=names, lacks=RoleId("5"))


def test_a_fake_join_is_tracked_and_counts_for_nothing() -> None:
    record, tallies = tell(fake(join(by("900"))))

    assert tallies == {IDA: Tally(tracked=1, fake=1)}
    assert tallies[IDA].effective == 0
    assert record is not None
    assert (record.verdict, record.booked) == (FAKE, False)


def test_the_end_of_a_fake_membership_takes_nothing_twice() -> None:
    _, tallies = tell(fake(join(by("900"))), leave(0, 60))

    assert tallies == {IDA: Tally(tracked=1, fake=1)}


def test_who_left_too_soon_is_fake_instead_of_left() -> None:
    record, tallies = tell(join(by("900")), fake(leave(0, 60), "left_within"))

    assert tallies == {IDA: Tally(tracked=1, fake=1)}
    assert record is not None
    assert record.verdict == ("left_within",)


def test_a_verdict_on_an_open_join_is_held_until_the_inviter_is_known() -> None:
    before, after = open_between("a", "b"), by("900")
    held, nobody = tell(fake(join(before)), leave(0, 60))
    _, tallies = tell(fake(join(before)), leave(0, 60), correction(before, after))

    assert nobody == {}
    assert held is not None
    assert held.verdict == FAKE
    assert tallies == {IDA: Tally(tracked=1, fake=1)}


def test_a_correction_may_bring_a_verdict_or_take_it_away() -> None:
    to_ben = correction(by("900"), by("901"))

    _, brought = tell(join(by("900")), fake(to_ben, "blocked"))
    record, taken = tell(fake(join(by("900"))), replace(to_ben, verdict=GENUINE))

    assert brought == {BEN: Tally(tracked=1, fake=1)}
    assert taken == {BEN: Tally(tracked=1)}
    assert record is not None
    assert record.booked


def test_a_later_verdict_moves_a_present_member_both_ways() -> None:
    record, tallies = tell(join(by("900")), verdict("rejoin"))
    assert tallies == {IDA: Tally(tracked=1, fake=1)}
    assert record is not None
    assert (record.booked, record.lacks) == (False, "5")

    record, tallies = tell(fake(join(by("900"))), verdict())
    assert tallies == {IDA: Tally(tracked=1)}
    assert record is not None
    assert record.booked


def test_a_later_verdict_moves_one_who_left_between_fake_and_left() -> None:
    _, tallies = tell(join(by("900")), leave(0, 60), verdict("rejoin"))
    assert tallies == {IDA: Tally(tracked=1, fake=1)}

    _, tallies = tell(fake(join(by("900"))), leave(0, 60), verdict())
    assert tallies == {IDA: Tally(tracked=1, left=1)}


def test_another_reason_for_the_same_verdict_changes_no_counter() -> None:
    lines = fake(join(by("900"))), verdict("self_invite", "rejoin")
    booking = book(lines[0], None)
    again = book(lines[1], booking.record)

    assert again.changes == ()
    assert again.record is not None
    assert again.record.verdict == ("self_invite", "rejoin")


def test_a_verdict_counts_in_the_periods_of_the_join() -> None:
    booking = book(join(by("900")), None)
    later = book(verdict("rejoin", seconds=20 * 86400), booking.record)

    assert {one.period for one in counters(later.changes)} == {
        *("all", "day#2026-11-20", "week#2026-W47")
    }


def test_a_verdict_on_a_membership_that_nobody_knows_changes_nothing() -> None:
    assert tell(verdict("rejoin")) == (None, {})
    assert tell(join(by("900")), verdict("rejoin", joined=100)) == tell(join(by("900")))


KNOWN = word_of(by("900"))


@pytest.mark.parametrize(
    "judged",
    [
        (leave(0, 50), replace(verdict("rejoin"), word=KNOWN)),
        (replace(fake(leave(0, 50), "left_within"), word=KNOWN),),
    ],
    ids=["judged again", "judged by its leave"],
)
def test_a_verdict_counts_alike_wherever_the_return_stands(judged: tuple[Line, ...]) -> None:
    # Given a return that was recorded before its member was judged, and booked long after
    before, again = join(by("900")), join(by("901"), 100)

    booked = tell(before, *judged, again)

    assert tell(before, *judged[:-1], again, judged[-1]) == booked
    assert booked[1] == {IDA: Tally(tracked=1, fake=1), BEN: Tally(tracked=1)}


def test_an_earlier_membership_stays_fake_when_its_inviter_is_another() -> None:
    # Given a fake membership that ended, and another one since
    lines = fake(join(by("900"))), leave(0, 50), join(by("900"), 100)

    record, tallies = tell(*lines, correction(by("900"), by("901"), 0))

    assert tallies == {IDA: Tally(tracked=1), BEN: Tally(tracked=1, fake=1)}
    assert record is not None
    assert [(past.joined_at, past.fake) for past in record.earlier] == [(at(0), True)]


def test_a_fake_join_that_arrives_after_a_later_one_is_fake_and_not_left() -> None:
    record, tallies = tell(join(by("901"), 100), fake(join(by("900"), 0)))
    _, moved = tell(
        join(by("901"), 100), fake(join(by("900"), 0)), correction(by("900"), by("901"), 0)
    )

    assert tallies == {BEN: Tally(tracked=1), IDA: Tally(tracked=1, fake=1)}
    assert moved == {BEN: Tally(tracked=2, fake=1)}
    assert record is not None
    assert record.joined_at == at(100)


def test_a_join_while_tracking_was_off_is_nobodys_whatever_is_found_later() -> None:
    untracked = replace(join(open_between("a", "b")), untracked=True)
    named = correction(open_between("a", "b"), by("900"))

    for lines in (
        (replace(join(by("900")), untracked=True), leave(0, 50)),
        (untracked, named, leave(0, 50)),
        (untracked, leave(0, 50), join(by("900"), 100), named),
        (fake(untracked), named, verdict()),
    ):
        record, tallies = tell(*lines)
        joins = sum(line.type is LineType.JOIN and not line.untracked for line in lines)
        assert tallies == ({IDA: Tally(tracked=joins)} if joins else {})
        assert record is not None
        assert record.booked == bool(joins)


def test_codes_are_counted_whatever_becomes_of_the_credit() -> None:
    lines = (
        replace(fake(join(by("900"))), untracked=True),
        leave(0, 50),
        fake(join(by("900"), 100)),
        verdict(joined=100),
        join(by("901"), 200),
    )
    record: MemberRecord | None = None
    changes: list[Change] = []
    for line in lines:
        booking = book(line, record)
        record = booking.record
        changes.extend(booking.changes)

    assert count_codes(changes) == {InviteCode("abc"): CodeCount(3, 1, {12: 3})}
