"""Roles that people make, move, hand out and delete, and what the bot may then do with them."""

import aiohttp
import pytest

from infra.practice import Intents, Practice, PracticeServer
from tests.practice.gateway_client import connect
from tests.practice.rest import Rest


def own_role(practice: Practice) -> str:
    (found,) = [role.id for role in practice.guild.roles.values() if role.bot_id is not None]
    return found


@pytest.mark.asyncio
async def test_a_new_role_is_at_the_bottom_where_the_bot_may_give_it(
    practice: Practice, rest: Rest
) -> None:
    guild, role = practice.guild, practice.create_role(practice.guild.id, "Connector")
    member = practice.add_member_user("ida")

    await rest.call("PUT", f"/guilds/{guild.id}/members/{member.id}/roles/{role.id}")

    assert role.position == 1
    assert guild.members[member.id].roles == [role.id]
    await rest.call("DELETE", f"/guilds/{guild.id}/members/{member.id}/roles/{role.id}")
    assert guild.members[member.id].roles == []


@pytest.mark.asyncio
async def test_above_the_bot_s_own_a_role_cannot_be_given_until_it_is_moved_below(
    practice: Practice, rest: Rest
) -> None:
    guild, role = practice.guild, practice.create_role(practice.guild.id, "Connector")
    member = practice.add_member_user("ida")
    route = f"/guilds/{guild.id}/members/{member.id}/roles/{role.id}"

    practice.place_role(guild.id, role.id, above=own_role(practice))
    await rest.refused("PUT", route, status=403, code=50013)
    practice.move_role(guild.id, role.id, up=False)
    await rest.call("PUT", route)

    listed = await rest.get(f"/guilds/{guild.id}/roles")
    positions = {item["id"]: item["position"] for item in listed}
    assert positions[role.id] == positions[own_role(practice)] - 1
    assert sorted(positions.values()) == list(range(len(positions)))


@pytest.mark.asyncio
async def test_a_deleted_role_is_lost_by_everybody_and_unknown(
    practice: Practice, rest: Rest
) -> None:
    guild, role = practice.guild, practice.create_role(practice.guild.id, "Connector")
    member = practice.add_member_user("ida", roles=(role.id,))

    practice.delete_role(guild.id, role.id)

    assert guild.members[member.id].roles == []
    route = f"/guilds/{guild.id}/members/{member.id}/roles/{role.id}"
    await rest.refused("PUT", route, status=404, code=10011)


@pytest.mark.asyncio
async def test_what_is_done_with_roles_is_announced(
    practice: Practice, server: PracticeServer
) -> None:
    guild = practice.guild
    member = practice.add_member_user("ida")
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILDS | Intents.GUILD_MEMBERS)
        await socket.settle()
        role = practice.create_role(guild.id, "Connector")
        names = await socket.settle()
        assert names[0] == "GUILD_ROLE_CREATE"
        assert set(names[1:]) == {"GUILD_ROLE_UPDATE"}, "the others have moved up"
        practice.hand_role(guild.id, member.id, role.id)
        practice.hand_role(guild.id, member.id, role.id)
        assert await socket.settle() == ["GUILD_MEMBER_UPDATE"]
        practice.delete_role(guild.id, role.id)
        assert await socket.settle() == ["GUILD_ROLE_DELETE"]
    kinds = [entry.action_type for entry in guild.audit_log]
    assert kinds == [30, 25, 32]
