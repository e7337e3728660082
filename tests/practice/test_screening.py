"""Pending members, members added by the application, and what members settle themselves."""

import pytest

from infra.practice import ApiError, Permission, Practice
from infra.practice.entities import JoinSource
from infra.practice.intents import Dispatches
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict, role_id


@pytest.fixture
def events(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Dispatches:
    sent: Dispatches = []
    monkeypatch.setattr(practice.core.hub, "publish", sent.extend)
    return sent


def test_newcomers_are_pending_until_they_accept_the_rules(
    practice: Practice, events: Dispatches
) -> None:
    guild = practice.guild
    practice.screen_members(guild.id)
    member = practice.join(guild.id, "JonasOpen7", "Robin")
    assert [item.data["pending"] for item in events if item.event == "GUILD_MEMBER_ADD"] == [True]
    events.clear()

    practice.pass_screening(guild.id, member.user_id)

    (update,) = events
    assert (update.event, update.data["pending"]) == ("GUILD_MEMBER_UPDATE", False)
    assert practice.guild.audit_log == []


def test_bots_are_not_screened_and_nobody_is_where_it_is_off(practice: Practice) -> None:
    guild = practice.guild
    assert not practice.join(guild.id, "JonasOpen7", "Early").pending
    practice.screen_members(guild.id)
    assert not practice.join(guild.id, user="Helper", bot=True).pending
    assert practice.join(guild.id, user="Robin", via="discovery").pending
    practice.screen_members(guild.id, on=False)
    assert not practice.join(guild.id, "JonasOpen7", "Late").pending


def test_completed_onboarding_is_a_flag(practice: Practice, events: Dispatches) -> None:
    member = practice.join(practice.guild.id, "JonasOpen7", "Robin")
    events.clear()
    practice.complete_onboarding(practice.guild.id, member.user_id)
    (update,) = events
    assert (update.event, update.data["flags"]) == ("GUILD_MEMBER_UPDATE", 2)


@pytest.mark.asyncio
async def test_a_screened_guild_is_described_as_one(practice: Practice, rest: Rest) -> None:
    practice.screen_members(practice.guild.id)
    guild = await rest.get(f"/guilds/{practice.guild.id}")
    assert "MEMBER_VERIFICATION_GATE_ENABLED" in guild["features"]


@pytest.mark.asyncio
async def test_the_application_adds_a_member_with_roles_and_nickname(
    practice: Practice, rest: Rest, events: Dispatches
) -> None:
    practice.screen_members(practice.guild.id)
    robin, kim = practice.add_user("Robin"), practice.add_user("Kim")
    regular = role_id(practice, "Regular")
    base = f"/guilds/{practice.guild.id}/members"
    body = {"access_token": practice.grant_access(robin.id), "roles": [regular], "nick": "Rob"}
    added = await rest.call("PUT", f"{base}/{robin.id}", body, expect=201)
    assert (added["roles"], added["nick"], added["pending"]) == ([regular], "Rob", False)
    assert [item.event for item in events] == ["GUILD_MEMBER_ADD"]
    member = practice.guild.members[robin.id]
    assert (member.source, member.source_inviter_id) == (JoinSource.BOT, practice.application_id)
    plain = {"access_token": practice.grant_access(kim.id)}
    assert (await rest.call("PUT", f"{base}/{kim.id}", plain, expect=201))["pending"] is True


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("extra", "missing"),
    [
        ({"nick": "Rob"}, Permission.MANAGE_NICKNAMES),
        ({"roles": ["Regular"]}, Permission.MANAGE_ROLES),
        ({"mute": True}, Permission.MUTE_MEMBERS),
    ],
)
async def test_each_extra_needs_its_permission(
    practice: Practice, rest: Rest, extra: dict[str, object], missing: Permission
) -> None:
    robin = practice.add_user("Robin")
    if "roles" in extra:
        extra = {"roles": [role_id(practice, "Regular")]}
    body = {"access_token": practice.grant_access(robin.id), **extra}
    path = f"/guilds/{practice.guild.id}/members/{robin.id}"
    restrict(practice, Permission.CREATE_INSTANT_INVITE)
    await rest.refused("PUT", path, body, status=403, code=50013)
    restrict(practice, Permission.CREATE_INSTANT_INVITE | missing)
    await rest.call("PUT", path, body, expect=201)


@pytest.mark.asyncio
async def test_the_application_cannot_add_whom_the_server_banned(
    practice: Practice, rest: Rest
) -> None:
    robin = practice.add_user("Robin")
    practice.ban(practice.guild.id, robin.id)
    body = {"access_token": practice.grant_access(robin.id)}
    path = f"/guilds/{practice.guild.id}/members/{robin.id}"
    await rest.refused("PUT", path, body, status=403, code=40007)
    for way in ("vanity", "discovery", "hub", "oauth2"):
        with pytest.raises(ApiError) as refused:
            practice.join(practice.guild.id, user=robin.id, via=way)
        assert refused.value.refusal.code == 40007


@pytest.mark.asyncio
async def test_bans_are_paged_both_ways(practice: Practice, rest: Rest) -> None:
    people = sorted((practice.add_user(f"Guest {n}").id for n in range(5)), key=int)
    for user_id in people:
        practice.ban(practice.guild.id, user_id)
    base = f"/guilds/{practice.guild.id}/bans"

    async def listed(query: str) -> list[str]:
        return [item["user"]["id"] for item in await rest.get(f"{base}?{query}")]

    assert await listed("limit=2") == people[:2]
    assert await listed(f"limit=2&after={people[1]}") == people[2:4]
    assert await listed(f"limit=2&before={people[4]}") == people[2:4]
