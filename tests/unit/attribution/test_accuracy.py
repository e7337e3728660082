"""How sure the words on joins are, counted from ledger lines."""

from datetime import date

import pytest

from tests.builders import GUILD, at
from usher.attribution.accuracy import Accuracy, Check, measure
from usher.attribution.outcomes import Confidence, Kind, Method
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.ids import InviteCode, UserId
from usher.ledger.lines import Line, LineType, join_id

TODAY = date(2026, 11, 20)
SEVEN = UserId("7")
OPEN = Word(
    OutcomeName.AMBIGUOUS,
    Kind.INVITE,
    confidence=Confidence.AMBIGUOUS,
    candidates=(InviteCode("abc"), InviteCode("def")),
)


def counted(code: str) -> Word:
    return Word(
        OutcomeName.ATTRIBUTED,
        Kind.INVITE,
        InviteCode(code),
        UserId("900"),
        Confidence.EXACT,
        Method.USE_COUNT,
        (InviteCode(code),),
    )


def on_record(code: str | None) -> Word:
    if code is None:
        return Word(OutcomeName.UNATTRIBUTED, Kind.DISCOVERY, confidence=Confidence.CONFIRMED)
    return Word(
        OutcomeName.ATTRIBUTED,
        Kind.INVITE,
        InviteCode(code),
        UserId("900"),
        Confidence.CONFIRMED,
        Method.MEMBERS_SEARCH,
        (InviteCode(code),),
    )


def line(type_: LineType, word: Word, previous: Word | None = None, seconds: float = 10) -> Line:
    joined_at = at(seconds)
    return Line(
        type_,
        join_id(GUILD, SEVEN, joined_at),
        at(30),
        GUILD,
        SEVEN,
        joined_at,
        word,
        "x",
        previous,
    )


def test_a_join_counts_to_the_day_of_joining() -> None:
    late = line(LineType.JOIN, counted("abc"), seconds=-13 * 3600)

    assert measure([late]) == {date(2026, 11, 19): Accuracy({Confidence.EXACT: 1})}


def test_bots_need_no_evidence_and_are_left_out() -> None:
    assert measure([line(LineType.JOIN, Word(OutcomeName.UNATTRIBUTED, Kind.BOT))]) == {}


def test_a_leave_says_nothing_of_accuracy() -> None:
    assert measure([line(LineType.LEAVE, counted("abc"))]) == {}


def test_a_confirmation_moves_a_join_and_is_an_agreement() -> None:
    lines = [
        line(LineType.JOIN, counted("abc")),
        line(LineType.CONFIRMATION, on_record("abc"), counted("abc")),
    ]

    assert measure(lines) == {TODAY: Accuracy({Confidence.CONFIRMED: 1}, {Check.AGREED: 1})}


@pytest.mark.parametrize(
    ("before", "after", "check"),
    [
        (counted("abc"), on_record("def"), Check.DISAGREED),
        (counted("abc"), on_record(None), Check.DISAGREED),
        (OPEN, on_record("def"), Check.SETTLED),
        (OPEN, on_record("ghi"), Check.DISAGREED),
        (Word(OutcomeName.UNATTRIBUTED, Kind.UNKNOWN), on_record("abc"), Check.SETTLED),
    ],
)
def test_the_record_settles_or_disagrees(before: Word, after: Word, check: Check) -> None:
    found = measure([line(LineType.CORRECTION, after, before)])

    assert found[TODAY].checks == {check: 1}


def test_a_second_record_is_no_second_check() -> None:
    again = line(LineType.CORRECTION, on_record("def"), on_record("abc"))

    assert measure([again]) == {}


def test_a_revision_by_counting_is_no_check() -> None:
    revised = line(LineType.CORRECTION, counted("abc"), OPEN)

    moved = {Confidence.EXACT: 1, Confidence.AMBIGUOUS: -1}
    assert measure([revised]) == {TODAY: Accuracy(moved)}


def test_shares_are_of_all_joins_and_of_all_checks_of_counting() -> None:
    accuracy = Accuracy(
        {Confidence.CONFIRMED: 2, Confidence.EXACT: 1, Confidence.AMBIGUOUS: 1},
        {Check.AGREED: 3, Check.DISAGREED: 1, Check.SETTLED: 5},
    )

    assert accuracy.certain == 0.75
    assert accuracy.agreement == 0.75


def test_no_joins_have_no_share() -> None:
    assert (Accuracy().certain, Accuracy().agreement) == (None, None)
