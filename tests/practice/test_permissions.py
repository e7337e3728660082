"""What the bot may see and do follows its roles, as at Discord."""

import pytest

from infra.practice import Permission, Practice
from infra.practice.entities import Overwrite
from tests.practice.rest import Rest


def restrict(practice: Practice, permissions: Permission) -> None:
    """Leave the bot's role and @everyone with exactly these permissions."""
    guild = practice.guild
    guild.roles[guild.id].permissions = Permission.VIEW_CHANNEL.value
    for role in guild.roles.values():
        if role.bot_id is not None:
            role.permissions = permissions.value


def role_id(practice: Practice, name: str) -> str:
    return next(role.id for role in practice.guild.roles.values() if role.name == name)


@pytest.mark.asyncio
async def test_uses_are_for_manage_server_only(practice: Practice, rest: Rest) -> None:
    path = f"/guilds/{practice.guild.id}/invites"
    restrict(practice, Permission.VIEW_AUDIT_LOG)
    listed = await rest.get(path)
    assert listed
    assert all("uses" not in item and "max_uses" not in item for item in listed)

    restrict(practice, Permission.MANAGE_CHANNELS)
    await rest.refused("GET", path, status=403, code=50013)

    restrict(practice, Permission.MANAGE_GUILD)
    assert all("uses" in item for item in await rest.get(path))


@pytest.mark.asyncio
async def test_the_vanity_code_needs_the_permission_and_the_feature(
    practice: Practice, rest: Rest
) -> None:
    path = f"/guilds/{practice.guild.id}/vanity-url"
    practice.guild.features.remove("VANITY_URL")
    await rest.refused("GET", path, status=403, code=50020)
    restrict(practice, Permission.VIEW_AUDIT_LOG)
    await rest.refused("GET", path, status=403, code=50013)


@pytest.mark.asyncio
@pytest.mark.parametrize(("role", "code"), [("Founder", 50013), ("Usher", 50013)])
async def test_roles_at_or_above_the_bot_cannot_be_given(
    practice: Practice, rest: Rest, role: str, code: int
) -> None:
    member = practice.add_member_user("Robin")
    path = f"/guilds/{practice.guild.id}/members/{member.id}/roles/{role_id(practice, role)}"
    await rest.refused("PUT", path, status=403, code=code)


@pytest.mark.asyncio
async def test_the_owner_and_higher_members_cannot_be_kicked_or_banned(
    practice: Practice, rest: Rest
) -> None:
    guild = practice.guild
    founder = practice.add_member_user("Robin", roles=(role_id(practice, "Founder"),))
    for user_id in (guild.owner_id, founder.id):
        await rest.refused(
            "DELETE", f"/guilds/{guild.id}/members/{user_id}", status=403, code=50013
        )
        await rest.refused("PUT", f"/guilds/{guild.id}/bans/{user_id}", {}, status=403, code=50013)


@pytest.mark.asyncio
async def test_a_hidden_channel_is_missing_access(practice: Practice, rest: Rest) -> None:
    guild = practice.guild
    channel = guild.channels[guild.system_channel_id or ""]
    channel.overwrites.append(
        Overwrite(practice.application_id, 1, 0, Permission.VIEW_CHANNEL.value)
    )
    await rest.refused("GET", f"/channels/{channel.id}", status=403, code=50001)
    await rest.refused(
        "POST", f"/channels/{channel.id}/messages", {"content": "x"}, status=403, code=50001
    )


@pytest.mark.asyncio
async def test_sending_needs_its_permission(practice: Practice, rest: Rest) -> None:
    restrict(practice, Permission.MANAGE_GUILD)
    channel = practice.guild.system_channel_id
    await rest.refused(
        "POST", f"/channels/{channel}/messages", {"content": "x"}, status=403, code=50013
    )


@pytest.mark.asyncio
async def test_outside_a_guild_is_missing_access(practice: Practice, rest: Rest) -> None:
    del practice.guild.members[practice.application_id]
    await rest.refused("GET", f"/guilds/{practice.guild.id}", status=403, code=50001)


@pytest.mark.asyncio
async def test_a_wrong_token_is_unauthorised(practice: Practice, rest: Rest) -> None:
    for given in ("Bot wrong", practice.bot_token, f"Bearer {practice.bot_token}"):
        answer = await rest.call("GET", "/users/@me", headers={"Authorization": given}, expect=401)
        assert answer == {"message": "401: Unauthorized", "code": 0}


@pytest.mark.asyncio
async def test_an_oauth2_token_of_somebody_else_adds_nobody(practice: Practice, rest: Rest) -> None:
    robin, kim = practice.add_user("Robin"), practice.add_user("Kim")
    token = practice.grant_access(kim.id)
    path = f"/guilds/{practice.guild.id}/members/{robin.id}"
    await rest.refused("PUT", path, {"access_token": token}, status=403, code=50025)
