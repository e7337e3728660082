"""The members-search answer, read once for the listener's recordings and for the confirmer."""

import pytest

from gateway_listener.errors import ObserveError
from gateway_listener.records import members_searched
from tests.builders import at
from usher.contracts.discord_records import NotReady, SearchPage, read_members_search
from usher.contracts.errors import ContractError

ROW = {
    "member": {
        "user": {"id": "7", "username": "kim", "global_name": "Kim", "avatar": "x"},
        "joined_at": "2026-11-20T12:00:10.123000+00:00",
        "nick": None,
    },
    "source_invite_code": "abc",
    "join_source_type": 5,
    "inviter_id": "900",
}


def test_a_page_is_read_with_its_length() -> None:
    guest = {"member": {**ROW["member"], "joined_at": None}}  # type: ignore[dict-item]  # JSON

    page = read_members_search({"members": [ROW, guest]}, at(30))

    assert isinstance(page, SearchPage)
    assert page.listed == 2
    [member] = page.found
    assert (member.code, member.source, member.inviter_id) == ("abc", 5, "900")
    assert (member.joined_at, member.at) == (at(10.123), at(30))
    assert (member.person.display_name, member.person.has_avatar) == ("Kim", True)


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"code": 110000, "retry_after": 15, "documents_indexed": 0}, 15),
        ({"code": 110000, "retry_after": 0}, 0),
        ({"code": 110000}, 0),
        ({"retry_after": 1.5}, 1.5),
        ({"retry_after": 10**400}, 86400),
        ({"retry_after": -1}, 0),
        ({"retry_after": "soon"}, 0),
    ],
)
def test_an_index_that_is_not_ready_is_no_answer(body: object, seconds: float) -> None:
    assert read_members_search(body, at(0)) == NotReady(seconds)
    assert members_searched(body, at(0)) == ()


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"members": None}, {"members": [5]}, {"members": [{}]}, {"message": "x"}],
)
def test_other_answers_are_refused(body: object) -> None:
    with pytest.raises(ContractError):
        read_members_search(body, at(0))
    with pytest.raises(ObserveError):
        members_searched(body, at(0))


def test_the_listeners_reader_gives_the_same_events() -> None:
    page = read_members_search({"members": [ROW]}, at(30))

    assert isinstance(page, SearchPage)
    assert members_searched({"members": [ROW]}, at(30)) == page.found
