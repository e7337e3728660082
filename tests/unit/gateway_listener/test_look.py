"""Answers about invites and vanity codes: failures are never empty lists, hidden counts never 0."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from gateway_listener.observe import (
    ObserveError,
    diff_look,
    invite_look,
    known_rows,
    names_of,
    vanity_look,
)
from usher.contracts.observation import InviteLook, InviteRow, VanityLook
from usher.ids import ChannelId, InviteCode, UserId

type Payload = dict[str, object]
type Listed = Callable[..., Payload]


def test_a_list_of_invites_is_a_full_look(listed: Listed, noon: datetime) -> None:
    look = invite_look([listed("abc", 3, max_uses=5)], noon)
    assert look == InviteLook(
        at=noon,
        status=200,
        full=True,
        rows=(
            InviteRow(
                code=InviteCode("abc"),
                inviter_id=UserId("300"),
                channel_id=ChannelId("200"),
                uses=3,
                max_uses=5,
                max_age=0,
                temporary=False,
                created_at=noon - timedelta(days=1),
                expires_at=None,
            ),
        ),
    )


def test_an_empty_list_is_a_good_look(noon: datetime) -> None:
    assert invite_look([], noon) == InviteLook(at=noon, status=200)


def test_hidden_uses_are_unknown(listed: Listed, noon: datetime) -> None:
    assert invite_look([listed("abc", None)], noon).rows[0].uses is None


def test_an_invite_without_inviter_or_metadata_is_kept(noon: datetime) -> None:
    # Given what Discord shows to a bot without Manage Server, and a channel that is no more
    look = invite_look([{"type": 0, "code": "abc", "channel": None, "expires_at": None}], noon)
    assert look.rows[0].inviter_id is None
    assert look.rows[0].created_at is None


def test_what_is_no_invite_of_a_guild_is_left_out(listed: Listed, noon: datetime) -> None:
    look = invite_look([None, listed("friend", 0, type=2), listed("abc")], noon)
    assert [row.code for row in look.rows] == ["abc"]


@pytest.mark.parametrize("status", [0, 403, 429, 500])
def test_a_refusal_is_a_failed_look(noon: datetime, status: int) -> None:
    assert invite_look({"error": status}, noon) == InviteLook(at=noon, status=status)
    assert vanity_look({"error": status}, noon) == VanityLook(at=noon, status=status)


@pytest.mark.parametrize(
    "body", [None, {}, "html", 5, [{}], [5], {"error": True}, {"error": -1}, [{"code": 5}]]
)
def test_any_other_answer_is_malformed(noon: datetime, body: object) -> None:
    with pytest.raises(ObserveError):
        invite_look(body, noon)
    with pytest.raises(ObserveError):
        vanity_look(body, noon)


@pytest.mark.parametrize("error", [{}, {"error": None}, {"error": {"message": "m", "code": 1}}])
def test_a_vanity_code_has_its_uses(noon: datetime, error: Payload) -> None:
    body = {"code": "ours", "uses": 7, **error}
    assert vanity_look(body, noon) == VanityLook(noon, 200, InviteCode("ours"), 7)


@pytest.mark.parametrize(
    "body",
    [
        {"code": None, "uses": 0},
        {"error": 403, "code": 50020},
        {"error": 404, "code": 50020},
        {"message": "Invite code is either invalid or taken.", "code": 50020},
    ],
)
def test_a_guild_without_vanity_code_is_a_good_look(noon: datetime, body: Payload) -> None:
    assert vanity_look(body, noon) == VanityLook(noon, 200, None, None)


def test_a_missing_permission_is_not_a_missing_vanity_code(noon: datetime) -> None:
    assert vanity_look({"error": 403, "code": 50013}, noon) == VanityLook(noon, 403)


def test_names_are_those_of_the_inviters(listed: Listed) -> None:
    assert names_of([listed("a"), listed("b"), listed("c", inviter=None), None, 5]) == (
        (UserId("300"), "inviter"),
    )
    assert names_of(listed("a")) == ((UserId("300"), "inviter"),)
    assert names_of({"error": 403}) == ()
    assert names_of([{"inviter": {"id": "x"}}, {"inviter": 5}]) == ()


def test_the_difference_holds_what_changed_and_what_is_gone(listed: Listed, noon: datetime) -> None:
    # Given a look at three codes
    before = invite_look([listed("same", 1), listed("used", 1), listed("gone", 1)], noon)
    rows = known_rows(before)
    # When one was used, one is gone and one is new
    look = invite_look([listed("same", 1), listed("used", 2), listed("new", 0)], noon)
    partial = diff_look(rows, look)
    # Then only that is told
    assert not partial.full
    assert [row.code for row in partial.rows] == ["used", "new"]
    assert partial.gone == ("gone",)


def test_without_an_earlier_look_it_stays_full_and_failed_stays_failed(
    listed: Listed, noon: datetime
) -> None:
    look = invite_look([listed("a", 1)], noon)
    failed = invite_look({"error": 403}, noon)
    assert diff_look(None, look) is look
    assert diff_look(known_rows(look), failed) is failed


def test_a_list_without_counts_stays_full(listed: Listed, noon: datetime) -> None:
    hidden = invite_look([listed("a", None), listed("b", None)], noon)

    assert diff_look(known_rows(hidden), hidden) is hidden
