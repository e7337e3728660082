"""Settings come back from the ledger, and with them for whom Usher made its invites."""

from collections.abc import Mapping
from typing import Any

from infra.ledger.rebuild import compare, rows_of
from tests.builders import GUILD, at
from usher.attribution.state_codec import decode_code
from usher.credit.rebuild import Books, keep_books
from usher.ids import InviteCode, UserId
from usher.ledger.lines import Line, LineType, deed_id


def setting(number: int, name: str, value: str | None) -> Line:
    return Line(
        LineType.SETTING,
        deed_id(GUILD, str(number)),
        at(number),
        GUILD,
        None,
        None,
        None,
        by=UserId("9"),
        name=name,
        value=value,
        seq=(number, 0),
    )


def rows(books: Books) -> dict[str, Mapping[str, Any]]:
    return {row["sk"]["S"]: row for row in rows_of(GUILD, books, None, at(100))}


def test_the_last_word_on_each_setting_stands() -> None:
    books = keep_books(
        [
            setting(1, "guild#policy_max_uses", "5"),
            setting(2, "block#77", "{}"),
            setting(3, "guild#policy_max_uses", "9"),
            setting(4, "block#77", None),
        ]
    )

    found = rows(books)
    assert [name for name in found if name.startswith("S#")] == ["S#guild#policy_max_uses"]
    row = found["S#guild#policy_max_uses"]
    assert (row["value"], row["by"]) == ({"S": "9"}, {"S": "9"})


def test_an_invite_made_for_a_member_is_still_theirs_when_the_next_look_shows_it() -> None:
    books = keep_books([setting(1, "code#abc", '{"label":"Bio","made_for":"900"}')])

    state = decode_code(InviteCode("abc"), rows(books)["I#abc"]["cur"]["S"])

    assert (state.made_for, state.inviter_id, state.uses) == ("900", "900", None)


def test_a_setting_that_is_not_in_the_table_is_found() -> None:
    books = keep_books([setting(1, "guild#policy_max_uses", "5")])
    whole = [*rows(books).values()]

    assert list(compare(iter(whole), iter(whole), at(100))) == []
    [missing] = compare(iter(whole), iter([]), at(100))
    assert str(missing).endswith("S#guild#policy_max_uses: only in the ledger")
