"""A list of lines compared with what it should be."""

from hypothesis import given
from hypothesis import strategies as st

from usher.ledger.proof import compare


@given(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1), st.data())
def test_a_file_is_compared_line_by_line(letters: list[str], data: st.DataObject) -> None:
    expected = [(letter, f"key {letter}") for letter in letters]
    actual = data.draw(st.lists(st.sampled_from("abcdefgh"), max_size=7))

    found = compare(expected, actual, "file")

    assert (found is None) == (actual == letters)
    if found is not None:
        place = int(found.detail.removeprefix("line ").split(",")[0]) - 1
        assert actual[:place] == letters[:place]
        assert actual[place : place + 1] != letters[place : place + 1]
