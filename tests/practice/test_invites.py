"""Invites and joins, without sockets."""

from typing import Any

import pytest

from infra.practice import ApiError, Practice
from infra.practice.entities import JoinSource
from infra.practice.intents import Dispatch, Dispatches
from tests.practice.conftest import FakeClock


@pytest.fixture
def events(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Dispatches:
    """Everything that is handed to the gateway."""
    sent: Dispatches = []
    monkeypatch.setattr(practice.core.hub, "publish", sent.extend)
    return sent


def names(events: Dispatches) -> list[str]:
    return [event.event for event in events if event.event != "MESSAGE_CREATE"]


def one(events: Dispatches, name: str) -> Dispatch:
    (found,) = [event for event in events if event.event == name]
    return found


def codes(practice: Practice) -> set[str]:
    return {invite.code for invite in practice.invites(practice.guild.id)}


def test_a_use_is_counted_before_the_join_is_announced(
    practice: Practice, events: Dispatches
) -> None:
    practice.join(practice.guild.id, code="JonasOpen7", user="Robin")

    assert practice.guild.invites["JonasOpen7"].uses == 3
    assert names(events) == ["GUILD_MEMBER_ADD"]
    joined_at = one(events, "GUILD_MEMBER_ADD").data["joined_at"]
    assert joined_at == "2026-11-20T12:00:00.000000+00:00"


def test_the_last_use_removes_the_invite_and_says_so(
    practice: Practice, events: Dispatches
) -> None:
    practice.join(practice.guild.id, code="InesOnce", user="Robin")

    assert "InesOnce" not in codes(practice)
    assert names(events) == ["INVITE_DELETE", "GUILD_MEMBER_ADD"]
    with pytest.raises(ApiError) as refused:
        practice.join(practice.guild.id, code="InesOnce", user="Sasha")
    assert refused.value.refusal.code == 10006


def test_expiry_is_silent(practice: Practice, events: Dispatches, clock: FakeClock) -> None:
    code = practice.create_invite(practice.guild.id, practice.guild.owner_id, max_age=60)
    events.clear()
    clock.advance(seconds=59)
    assert code in codes(practice)
    clock.advance(seconds=1)

    assert code not in codes(practice)
    assert events == []
    with pytest.raises(ApiError):
        practice.join(practice.guild.id, code=code, user="Robin")


def test_a_person_revoking_enters_the_audit_log_but_exhaustion_does_not(
    practice: Practice, events: Dispatches
) -> None:
    practice.join(practice.guild.id, code="InesOnce", user="Robin")
    assert "GUILD_AUDIT_LOG_ENTRY_CREATE" not in names(events)
    events.clear()

    practice.delete_invite(practice.guild.id, "TheoWk25")

    assert names(events) == ["INVITE_DELETE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert one(events, "GUILD_AUDIT_LOG_ENTRY_CREATE").data["action_type"] == 42


def test_a_member_accepting_an_invite_changes_nothing(
    practice: Practice, events: Dispatches
) -> None:
    practice.join(practice.guild.id, code="JonasOpen7", user=practice.guild.owner_id)

    assert practice.guild.invites["JonasOpen7"].uses == 2
    assert events == []


def test_a_banned_user_is_refused_and_no_use_is_spent(practice: Practice) -> None:
    member = practice.join(practice.guild.id, code="JonasOpen7", user="Robin")
    practice.ban(practice.guild.id, member.user_id)

    with pytest.raises(ApiError) as refused:
        practice.join(practice.guild.id, code="JonasOpen7", user=member.user_id)

    assert refused.value.refusal.code == 40007
    assert practice.guild.invites["JonasOpen7"].uses == 3


def test_the_vanity_code_counts_for_itself_and_is_in_no_list(practice: Practice) -> None:
    member = practice.join(practice.guild.id, code="practice", user="Robin")

    assert practice.guild.vanity_uses == 13
    assert member.source is JoinSource.VANITY
    assert "practice" not in codes(practice)


def test_discovery_uses_no_invite(practice: Practice) -> None:
    before = {invite.code: invite.uses for invite in practice.invites(practice.guild.id)}
    member = practice.join(practice.guild.id, user="Robin", via="discovery")

    assert member.source is JoinSource.DISCOVERY
    assert before == {invite.code: invite.uses for invite in practice.invites(practice.guild.id)}


def test_a_bot_is_added_by_a_person(practice: Practice, events: Dispatches) -> None:
    practice.join(practice.guild.id, user="Helper", bot=True)

    assert names(events) == ["GUILD_MEMBER_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    entry = one(events, "GUILD_AUDIT_LOG_ENTRY_CREATE").data
    assert (entry["action_type"], entry["user_id"]) == (28, practice.guild.owner_id)


def test_somebody_who_comes_back_carries_the_flag(practice: Practice) -> None:
    member = practice.join(practice.guild.id, code="JonasOpen7", user="Robin")
    practice.leave(practice.guild.id, member.user_id)
    again = practice.join(practice.guild.id, code="JonasOpen7", user=member.user_id)

    assert (member.flags, again.flags) == (0, 1)


@pytest.mark.parametrize(
    ("act", "expected", "action"),
    [
        ("leave", ["GUILD_MEMBER_REMOVE"], None),
        ("kick", ["GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"], 20),
        ("ban", ["GUILD_BAN_ADD", "GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"], 22),
    ],
)
def test_the_three_ways_out(
    practice: Practice, events: Dispatches, act: str, expected: list[str], action: int | None
) -> None:
    member = practice.join(practice.guild.id, code="JonasOpen7", user="Robin")
    events.clear()

    getattr(practice, act)(practice.guild.id, member.user_id)

    assert names(events) == expected
    if action is not None:
        assert one(events, "GUILD_AUDIT_LOG_ENTRY_CREATE").data["action_type"] == action


def test_without_unique_a_similar_invite_is_reused(practice: Practice, events: Dispatches) -> None:
    owner = practice.guild.owner_id
    first = practice.create_invite(practice.guild.id, owner, max_age=600, unique=False)
    count = len(events)
    same = practice.create_invite(practice.guild.id, owner, max_age=600, unique=False)
    other = practice.create_invite(practice.guild.id, owner, max_age=600)

    assert first == same != other
    assert names(events[:count]) == ["INVITE_CREATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert one(events[:count], "INVITE_CREATE").data["uses"] == 0


def test_a_guild_holds_a_thousand_invites(practice: Practice, clock: FakeClock) -> None:
    owner, guild = practice.guild.owner_id, practice.guild
    while len(guild.invites) < 1_000:
        practice.create_invite(guild.id, owner, max_age=600)

    with pytest.raises(ApiError) as refused:
        practice.create_invite(guild.id, owner)
    assert refused.value.refusal.code == 30016
    clock.advance(seconds=600)
    practice.create_invite(guild.id, owner)


def test_ids_carry_their_moment_and_only_grow(practice: Practice) -> None:
    ids = [int(practice.world.new_id()) for _ in range(10)]

    assert ids == sorted(set(ids))
    milliseconds = (ids[0] >> 22) + 1_420_070_400_000
    assert milliseconds == int(practice.world.now.timestamp() * 1_000)


def test_many_joins_are_quick(practice: Practice) -> None:
    for number in range(2_000):
        practice.join(practice.guild.id, code="JonasOpen7", user=f"Guest {number}")

    usernames: list[Any] = [user.username for user in practice.world.state.users.values()]
    assert len(set(usernames)) == len(usernames)
    assert practice.guild.invites["JonasOpen7"].uses == 2_002
