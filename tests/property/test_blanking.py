"""Erasing names from a file of joins touches nothing else, whatever people call themselves."""

from datetime import datetime, timedelta
from itertools import batched

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD, START, by
from usher.attribution.wording import word_of
from usher.ids import UserId
from usher.ledger.blanking import JOINER, STAFF, blanked, names_erased
from usher.ledger.csv_form import as_file, as_row, read_rows
from usher.ledger.erasure import Erasure
from usher.ledger.lines import Line, LineType, join_id

USERS = [UserId(str(number)) for number in (1, 11, 12, 900)]
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PEOPLE = st.sampled_from(USERS)


def row(user: UserId, staff: UserId, minutes: int, names: list[str]) -> list[str]:
    at = START + timedelta(minutes=minutes)
    line = Line(LineType.JOIN, join_id(GUILD, user, at), at, GUILD, user, at, word_of(by(staff)))
    username, display_name, discriminator, guild_name, staff_name = names
    told = {
        "username": username,
        "display_name": display_name,
        "discriminator": discriminator,
        "guild_name": guild_name,
    }
    return list(as_row(line, word_of(by(staff)), told, staff_name))


ROWS = st.lists(
    st.builds(row, PEOPLE, PEOPLE, st.integers(0, 20), st.lists(NAMES, min_size=5, max_size=5)),
    max_size=8,
)


def is_erased(cells: dict[str, str], column: str, erasure: Erasure) -> bool:
    joined_at = datetime.fromisoformat(cells["Joined At"])
    return cells[column] == erasure.user_id and (erasure.for_good or joined_at <= erasure.at)


@given(ROWS, PEOPLE, st.integers(0, 20), st.booleans(), st.integers(1, 50))
def test_exactly_the_erased_names_go(
    rows: list[list[str]], user: UserId, minutes: int, for_good: bool, piece: int
) -> None:
    erasure = Erasure(GUILD, user, START + timedelta(minutes=minutes), for_good)
    content = as_file(rows)
    pieces = [bytes(some) for some in batched(content, piece, strict=False)]

    done = b"".join(blanked(pieces, {user: erasure}))

    for before, after in zip(read_rows([content]), read_rows([done]), strict=True):
        gone = {*JOINER} if is_erased(before, "User ID", erasure) else set()
        gone |= {STAFF} if is_erased(before, "Staff ID", erasure) else set()
        assert after == {name: "" if name in gone else cell for name, cell in before.items()}
    # What holds no such name is the same to the byte, and doing it twice is doing it once
    assert names_erased(pieces, {user: erasure}) == (done != content)
    assert b"".join(blanked([done], {user: erasure})) == done
