"""Places on boards: as on the pages where they are exact, honest where they are not."""

from hypothesis import given
from hypothesis import strategies as st

from usher.credit.places import (
    MOST_RANKED,
    Place,
    Surety,
    in_order,
    place_among,
    read_histogram,
    write_histogram,
)
from usher.ids import UserId

BOARDS = st.dictionaries(st.integers(1, 10**6).map(lambda n: UserId(str(n))), st.integers(1, 5))


@given(BOARDS.filter(bool), st.data())
def test_a_place_is_the_position_on_the_pages(
    board: dict[UserId, int], data: st.DataObject
) -> None:
    user = data.draw(st.sampled_from(sorted(board)))
    rows = [(score, other) for other, score in board.items() if score >= board[user]]

    place = place_among(rows, user, board[user], None)

    pages = in_order([(score, other) for other, score in board.items()])
    assert place == Place(pages.index((board[user], user)) + 1)


@given(st.integers(0, 3000), st.integers(1, 3000), st.booleans())
def test_a_place_far_down_is_never_better_than_it_is(ahead: int, equal: int, noted: bool) -> None:
    board = [(9, UserId(str(n))) for n in range(ahead)]
    board += [(2, UserId(str(10_000 + n))) for n in range(equal)]
    histogram = {9: ahead, 2: equal} if noted else None

    place = place_among(board[: MOST_RANKED + 1], UserId("10000"), 2, histogram)

    match place.surety:
        case Surety.EXACT | Surety.SHARED:
            assert place.number == ahead + 1
        case Surety.ABOUT:
            assert place.number == ahead + 1 > MOST_RANKED
        case Surety.BEYOND:
            assert ahead >= place.number == MOST_RANKED
    assert (place.surety is Surety.EXACT) == (ahead + equal <= MOST_RANKED)


@given(st.dictionaries(st.integers(1, 10**6), st.integers(1, 10**6)))
def test_a_histogram_is_read_as_it_was_written(histogram: dict[int, int]) -> None:
    assert read_histogram(write_histogram(histogram)) == histogram
