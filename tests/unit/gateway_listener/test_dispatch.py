"""Raw dispatches become events, and nothing but ObserveError comes of malformed ones."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_listener.observe import TRANSLATED, ObserveError, guild_of, translate
from usher.contracts.automod import AutomodActed
from usher.contracts.observation import (
    AuditEntry,
    InviteCreated,
    InviteDeleted,
    InviteRow,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    MemberUpdated,
    Observation,
    Person,
)
from usher.contracts.observation_codec import decode, encode
from usher.ids import ChannelId, GuildId, InviteCode, RoleId, UserId

type Payload = dict[str, object]


def test_a_join_keeps_who_joined_and_when(
    member_add: Callable[..., Payload], noon: datetime
) -> None:
    event = translate("GUILD_MEMBER_ADD", member_add(5), noon)
    assert event == MemberJoined(
        person=Person(UserId("5"), "user5", "user5", "0"),
        joined_at=noon - timedelta(milliseconds=500),
        at=noon,
        pending=True,
        flags=1,
    )


@pytest.mark.parametrize(
    ("nick", "global_name", "shown"),
    [
        ("Nick", "Global", "Nick"),
        (None, "Global", "Global"),
        (None, None, "user5"),
        ("", "", "user5"),
    ],
)
def test_the_display_name_is_nick_then_global_name_then_username(
    member_add: Callable[..., Payload],
    noon: datetime,
    nick: str | None,
    global_name: str | None,
    shown: str,
) -> None:
    data = member_add(5)
    user = data["user"]
    assert isinstance(user, dict)
    user["global_name"], data["nick"] = global_name, nick
    event = translate("GUILD_MEMBER_ADD", data, noon)
    assert isinstance(event, MemberJoined)
    assert event.person.display_name == shown


def test_a_bot_is_marked_and_a_missing_join_time_is_the_time_of_the_event(
    member_add: Callable[..., Payload], noon: datetime
) -> None:
    event = translate("GUILD_MEMBER_ADD", {**member_add(5, bot=True), "joined_at": None}, noon)
    assert isinstance(event, MemberJoined)
    assert event.person.bot
    assert event.joined_at == noon


def test_a_join_keeps_the_roles_that_its_invite_granted(
    member_add: Callable[..., Payload], noon: datetime
) -> None:
    event = translate("GUILD_MEMBER_ADD", {**member_add(5), "roles": ["7", "8"]}, noon)
    assert isinstance(event, MemberJoined)
    assert event.roles == ("7", "8")


def test_an_update_keeps_the_screening_and_the_roles(
    member_add: Callable[..., Payload], noon: datetime
) -> None:
    data = {**member_add(5), "pending": False, "roles": ["7"]}
    joined_at = noon - timedelta(milliseconds=500)
    assert translate("GUILD_MEMBER_UPDATE", data, noon) == MemberUpdated(
        UserId("5"), joined_at, pending=False, roles=(RoleId("7"),), at=noon
    )


def test_an_update_of_a_guest_without_a_time_of_joining_carries_nothing(
    member_add: Callable[..., Payload], noon: datetime
) -> None:
    assert translate("GUILD_MEMBER_UPDATE", {**member_add(5), "joined_at": None}, noon) is None


def test_leaves_and_bans_name_the_user(noon: datetime) -> None:
    data = {"guild_id": "100", "user": {"id": "5"}}
    assert translate("GUILD_MEMBER_REMOVE", data, noon) == MemberLeft(UserId("5"), noon)
    assert translate("GUILD_BAN_ADD", data, noon) == MemberBanned(UserId("5"), noon)


def test_a_created_invite_is_a_row_that_ends_when_its_age_is_over(noon: datetime) -> None:
    data: Payload = {
        "guild_id": "100",
        "channel_id": "200",
        "code": "abc",
        "created_at": "2026-11-20T12:00:00+00:00",
        "inviter": {"id": "300", "username": "inviter"},
        "max_age": 60,
        "max_uses": 1,
        "temporary": True,
        "uses": 0,
    }
    assert translate("INVITE_CREATE", data, noon) == InviteCreated(
        InviteRow(
            code=InviteCode("abc"),
            inviter_id=UserId("300"),
            channel_id=ChannelId("200"),
            uses=0,
            max_uses=1,
            max_age=60,
            temporary=True,
            created_at=noon,
            expires_at=noon + timedelta(minutes=1),
        ),
        noon,
    )


def test_a_deleted_invite_keeps_its_code(noon: datetime) -> None:
    data = {"guild_id": "100", "channel_id": "200", "code": "abc"}
    assert translate("INVITE_DELETE", data, noon) == InviteDeleted(InviteCode("abc"), noon)


def test_what_discords_own_rules_did_is_kept_without_content(noon: datetime) -> None:
    told: Payload = {
        "guild_id": "1",
        "action": {"type": 2, "metadata": {"channel_id": "9"}},
        "rule_id": "5",
        "rule_trigger_type": 1,
        "user_id": "7",
        "channel_id": "8",
        "message_id": "6",
        "alert_system_message_id": "3",
        "content": "a worst thing",
        "matched_keyword": "worst*",
        "matched_content": "worst",
    }

    event = translate("AUTO_MODERATION_ACTION_EXECUTION", told, noon)

    assert event == AutomodActed("5", UserId("7"), 2, noon, ChannelId("8"), "worst*", "6")
    blocked = {
        "guild_id": "1",
        "action": {"type": 1},
        "rule_id": "5",
        "user_id": "7",
        "content": "",
    }
    event = translate("AUTO_MODERATION_ACTION_EXECUTION", blocked, noon)
    assert event == AutomodActed("5", UserId("7"), 1, noon)
    seen = Observation("o", GuildId("1"), "", noon, (event,))
    assert decode(encode(seen)) == seen


def test_an_audit_entry_about_an_invite_keeps_its_code(noon: datetime) -> None:
    data: Payload = {
        "guild_id": "100",
        "id": "1",
        "action_type": 42,
        "user_id": "300",
        "target_id": None,
        "changes": [
            {"key": "max_uses", "old_value": 5},
            {"key": "uses", "old_value": 3},
            {"key": "code", "old_value": "abc"},
        ],
    }
    ended = InviteRow(InviteCode("abc"), None, None, 3, 5, 0, False, None, None)
    assert translate("GUILD_AUDIT_LOG_ENTRY_CREATE", data, noon) == AuditEntry(
        42, UserId("300"), None, InviteCode("abc"), noon, ended
    )


@pytest.mark.parametrize("action", [1, 24, 25, 72])
def test_audit_entries_that_say_nothing_of_members_are_left_out(
    noon: datetime, action: int
) -> None:
    data = {"guild_id": "100", "action_type": action}
    assert translate("GUILD_AUDIT_LOG_ENTRY_CREATE", data, noon) is None


@pytest.mark.parametrize("kind", ["MESSAGE_CREATE", "", "READY"])
def test_other_dispatches_carry_nothing(noon: datetime, kind: str) -> None:
    assert translate(kind, {}, noon) is None


@pytest.mark.parametrize("guild_id", [None, 100, "", "1/2", "x" * 30])
def test_a_dispatch_without_a_guild_is_malformed(guild_id: object) -> None:
    with pytest.raises(ObserveError):
        guild_of({"guild_id": guild_id})


NAMES = ["guild_id", "user", "id", "username", "code", "inviter", "joined_at", "max_age", "uses"]
NAMES += ["created_at", "action_type", "changes", "key", "nick", "flags", "roles", "pending"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just("100"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from(sorted(TRANSLATED)), st.dictionaries(st.text(max_size=4), values) | values)
def test_malformed_payloads_raise_only_observe_errors(kind: str, data: object) -> None:
    if isinstance(data, dict):
        with contextlib.suppress(ObserveError):
            event = translate(kind, data, datetime(2026, 11, 20, tzinfo=UTC))
            # And whatever is accepted can be sent.
            if event is not None:
                seen = Observation("a", GuildId("1"), "", event.at, (event,))
                assert decode(encode(seen)) == seen
