"""Mappings as members type them."""

import pytest

from usher.slash.errors import UserError
from usher.staff.mapping import CODE_LIMIT, LINK_LIMIT, read_mapping, read_value, write_value
from usher.staff.queries import Mapping

LINK = "https://vantage.example/ref/travis?a=1&b=%20#top"


def test_a_mapping_is_kept_as_typed_but_for_blanks_around_it() -> None:
    assert read_mapping(f" {LINK} ", " TRAVIS 123\t") == Mapping(LINK, "TRAVIS 123")


@pytest.mark.parametrize(
    "link",
    [
        "https://broker.example",
        "https://broker.example:8443/x",
        "https://xn--bcher-kva.example/",
        "https://a.b.c.example/" + "x" * (LINK_LIMIT - 22),
    ],
)
def test_whole_https_links_are_taken(link: str) -> None:
    assert read_mapping(link, "A").ib_link == link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://broker.example",
        "broker.example/ref",
        "javascript:alert(1)",
        "https://",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://user@broker.example/",
        "https://broker.example@evil.example/",
        "https://broker.example/a b",
        "https://broker.example/>x",
        "https://broker.example/`x`",
        "https://broker.example/\u202ex",
        "https://bröker.example/",
        "https://broker.example:99999/",
        "https://broker.example:0/",
        "https://[::1]/",
        "https://[broker.example/",
        "https://-x.example/",
        "https://broker.example/" + "x" * LINK_LIMIT,
    ],
)
def test_what_is_no_such_link_is_told(link: str) -> None:
    with pytest.raises(UserError) as caught:
        read_mapping(link, "A")

    assert "`ib_link` must be a whole https link" in caught.value.sentence


@pytest.mark.parametrize("code", ["", "  ", "a`b", "a\nb", "a\x00b", "x" * (CODE_LIMIT + 1)])
def test_what_is_no_code_is_told(code: str) -> None:
    with pytest.raises(UserError) as caught:
        read_mapping(LINK, code)

    assert "`ib_code` must be" in caught.value.sentence


def test_a_value_comes_back_as_it_was_written() -> None:
    mapping = Mapping(LINK, 'TRAVIS"123')

    assert read_value(write_value(mapping)) == mapping


@pytest.mark.parametrize("value", [None, 5, "", "[]", "{}", '{"ib_link":1,"ib_code":"x"}'])
def test_any_other_value_is_none(value: object) -> None:
    assert read_value(value) is None
