"""What Usher asks of Discord about invites, by its own clients, of the practice Discord."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from effects.policing import Policing
from tests.integration.discord.community import Community, community
from usher.contracts.effect import CheckInvite
from usher.ids import ChannelId, InviteCode, UserId
from usher.invites.discord_desk import DiscordDesk
from usher.invites.ports import DeskFullError, DeskRefusedError, DeskWrongError, Wish

pytestmark = pytest.mark.asyncio


@dataclass
class World(Community):
    """What it orders, and what members were told."""

    @property
    def channel(self) -> ChannelId:
        return ChannelId(self.practice.guild.system_channel_id or "")

    def order(self, code: str, user: str, **changes: object) -> CheckInvite:
        fields: dict[str, object] = {
            "id": "e" * 25,
            "guild_id": self.guild,
            "code": InviteCode(code),
            "user_id": UserId(user),
            "max_age": 0,
            "max_uses": 0,
            "role_id": None,
            "longest": 86_400,
            "most_uses": None,
            "most_active": None,
            "notice_channel_id": self.channel,
        }
        return CheckInvite(**{**fields, **changes})  # type: ignore[arg-type] # one thing overridden

    def told(self, user: str) -> list[str]:
        channel = self.practice.world.direct_channel(user)
        return [message.content for message in self.practice.messages(channel.id)]


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    async with community() as served:
        yield World(served.practice, served.rest)


async def test_an_invite_against_the_policy_is_revoked_and_told_of_once(world: World) -> None:
    # Given an invite without end of a member who may not manage the server
    practice = world.practice
    member = practice.add_member_user("host", world.guild).id
    code = practice.create_invite(world.guild, member, max_age=0)
    policing = Policing(world.rest)

    # When it is held against the policy, twice
    for _ in range(2):
        await asyncio.to_thread(policing.check, world.order(code, member))

    # Then it is gone, the audit log says why, and its maker was told once
    assert code not in practice.guild.invites
    assert world.told(member) == [
        f"Your invite `{code}` to **Practice Server** is no longer valid: invites may last at most "
        "1 day."
    ]


async def test_the_owner_is_above_the_policy_and_members_keep_what_they_may(world: World) -> None:
    practice = world.practice
    owner = practice.guild.owner_id
    member = practice.add_member_user("host", world.guild).id
    owners = practice.create_invite(world.guild, owner, max_age=0)
    first = practice.create_invite(world.guild, member, max_age=0)
    policing = Policing(world.rest)
    await asyncio.to_thread(policing.check, world.order(owners, owner))
    within = world.order(first, member, longest=None, most_active=1)
    await asyncio.to_thread(policing.check, within)
    assert {owners, first} <= practice.guild.invites.keys()

    # One more than a member may have
    second = practice.create_invite(world.guild, member, max_age=60)
    await asyncio.to_thread(
        policing.check, world.order(second, member, longest=None, most_active=1)
    )

    assert second not in practice.guild.invites
    assert first in practice.guild.invites


async def test_invites_are_made_counted_and_revoked(world: World) -> None:
    practice, desk = world.practice, DiscordDesk(world.rest)
    before = len(practice.guild.invites)

    wish = Wish(world.channel, 3600, 5, temporary=True, unique=True)
    code = await asyncio.to_thread(desk.create, wish, "Made by Usher, asked by 1")

    made = practice.guild.invites[code]
    assert (made.max_age, made.max_uses, made.temporary) == (3600, 5, True)
    assert made.inviter_id == practice.world.bot.id
    assert await asyncio.to_thread(desk.count, world.guild) == before + 1
    assert await asyncio.to_thread(desk.revoke, code, "Revoked by Usher") is True
    assert await asyncio.to_thread(desk.revoke, code, "Revoked by Usher") is False
    assert code not in practice.guild.invites


async def test_a_full_guild_and_a_channel_that_is_gone_are_told(world: World) -> None:
    practice, desk = world.practice, DiscordDesk(world.rest)
    owner = practice.guild.owner_id
    while len(practice.guild.invites) < 1_000:
        practice.create_invite(world.guild, owner)

    with pytest.raises(DeskFullError):
        await asyncio.to_thread(desk.create, Wish(world.channel, 0, 0, False, True), "x")
    with pytest.raises(DeskRefusedError):
        await asyncio.to_thread(desk.create, Wish(ChannelId("5"), 0, 0, False, True), "x")
    with pytest.raises(DeskWrongError):
        await asyncio.to_thread(desk.create, Wish(world.channel, -5, 0, False, True), "x")
    with pytest.raises(DeskRefusedError):
        await asyncio.to_thread(desk.post, ChannelId("5"), "Hello", "n")


async def test_a_message_is_posted_once_for_its_id(world: World) -> None:
    desk = DiscordDesk(world.rest)

    for _ in range(2):
        await asyncio.to_thread(desk.post, world.channel, "Notices come here.", "n")

    said = [one.content for one in world.practice.messages(world.channel)]
    assert said.count("Notices come here.") == 1
