"""Names and codes cannot format, mention, link or break a line."""

from datetime import UTC, datetime

import pytest

from usher.ids import ChannelId, RoleId, UserId
from usher.slash import text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name 5", "plain name 5"),
        ("*bold* _it_ ~~x~~ ||y||", r"\*bold\* \_it\_ \~\~x\~\~ \|\|y\|\|"),
        ("@everyone", r"\@everyone"),
        ("<@123>", r"\<\@123\>"),
        ("[a](https://x.y)", r"\[a\]\(https\:\/\/x\.y\)"),
        ("`code`", r"\`code\`"),
        ("\\*", r"\\\*"),
        ("# head\n> quote", r"\# head \> quote"),
        ("a\u202eb\u2066c\x00d\ud800e", "a b c d e"),
        ("Zoë 🎈 名", "Zoë 🎈 名"),
    ],
)
def test_a_name_is_shown_as_it_is_typed(name: str, shown: str) -> None:
    assert text.escape(name) == shown


def test_a_code_cannot_leave_its_frame() -> None:
    assert text.code("abc") == "`abc`"
    assert text.code("a`b\nc") == "`aˋb c`"
    assert text.code("") == "` `"


def test_mentions_and_times() -> None:
    moment = datetime(2026, 11, 20, 12, 0, 0, 900_000, tzinfo=UTC)

    assert text.user(UserId("1")) == "<@1>"
    assert text.channel(ChannelId("2")) == "<#2>"
    assert text.role(RoleId("3")) == "<@&3>"
    assert text.when(moment) == "<t:1795176000:R>"
    assert text.when(moment, "f") == "<t:1795176000:f>"


def test_counts_agree_with_their_noun() -> None:
    assert text.count(1, "use") == "1 use"
    assert text.count(0, "use") == "0 uses"
    assert text.count(1204, "entry", "entries") == "1,204 entries"


def test_cutting_leaves_room_for_the_ellipsis() -> None:
    assert text.cut("abc", 3) == "abc"
    assert text.cut("abcd", 3) == "ab…"
    assert text.cut("abcd", 1) == "…"
    assert text.cut("abcd", 0) == ""
