"""Books are kept in the order in which lines were booked, whatever their times say."""

from tests.builders import by, open_between
from tests.fakes.ledger import ClosedLedger
from usher.credit.queries import Tally
from usher.credit.rebuild import keep_books
from usher.ids import UserId


def test_the_word_that_was_booked_last_is_the_last() -> None:
    # Given two later words, of which the second tells of an earlier time
    ledger = ClosedLedger()
    join = ledger.join("1", 0, open_between("abc", "def"))
    first = ledger.correct(join, by("900"), 2)
    second = ledger.correct(first, by("901", "def"), 1)

    books = keep_books([second, first, join])

    assert books.members[UserId("1")].word == second.word
    totals = {one.inviter_id: tally for one, tally in books.counters.items() if not one.ends}
    assert totals == {"900": Tally(), "901": Tally(tracked=1)}
    assert (books.lines, books.version) == (3, 3)
    assert (books.since, books.until) == (join.timestamp, first.timestamp)
