"""Permissions that change while a client is connected."""

import aiohttp
import pytest

from infra.practice import Intents, Permission, Practice, PracticeServer
from tests.practice.gateway_client import connect
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict

HEARD = Intents.GUILDS | Intents.GUILD_INVITES


@pytest.mark.asyncio
async def test_an_overwrite_takes_a_channel_away_and_is_announced(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    guild = practice.guild
    first, second = list(guild.channels)[:2]
    restrict(practice, Permission.MANAGE_CHANNELS | Permission.CREATE_INSTANT_INVITE)
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, HEARD)
        await socket.settle()
        bot = practice.application_id
        practice.set_overwrite(first, bot, deny=Permission.MANAGE_CHANNELS)
        practice.create_invite(guild.id, guild.owner_id, channel_id=first)
        practice.create_invite(guild.id, guild.owner_id, channel_id=second)
        assert await socket.settle() == ["CHANNEL_UPDATE", "INVITE_CREATE"]
        await rest.refused("GET", f"/channels/{first}/invites", status=403, code=50013)
        await rest.get(f"/channels/{second}/invites")
        practice.set_overwrite(first, bot, allow=Permission.MANAGE_CHANNELS)
        await rest.get(f"/channels/{first}/invites")
        practice.set_overwrite(first, guild.id, deny=Permission.VIEW_CHANNEL)
        await rest.refused("GET", f"/channels/{first}", status=403, code=50001)
    kinds = [entry.action_type for entry in guild.audit_log if entry.action_type < 20]
    assert kinds == [13, 14, 13]


@pytest.mark.asyncio
async def test_a_role_loses_a_permission_and_is_announced(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    guild = practice.guild
    (own,) = [role.id for role in guild.roles.values() if role.bot_id is not None]
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, HEARD)
        await socket.settle()
        practice.set_role_permissions(guild.id, own, Permission.VIEW_AUDIT_LOG)
        name, data = await socket.event()
        assert name == "GUILD_ROLE_UPDATE"
        assert data["role"]["permissions"] == str(int(Permission.VIEW_AUDIT_LOG))
    listed = await rest.get(f"/guilds/{guild.id}/invites")
    assert all("uses" not in item for item in listed)
    audit = await rest.get(f"/guilds/{guild.id}/audit-logs?action_type=31")
    assert len(audit["audit_log_entries"]) == 1
