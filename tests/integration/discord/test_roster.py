"""What the hourly check asks, by its own client, of the practice Discord."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
import urllib3

from infra.practice import GatewayTerms, Practice, PracticeServer
from tests.integration.discord.test_inviting import Token
from usher.ids import GuildId, UserId
from usher.integrity.discord_roster import DiscordRoster
from usher.integrity.ports import HushError
from usher.moderation.discord_desk import DiscordSanctions
from usher.platform.discord_rest import DiscordRest
from usher.rewards.discord_hall import DiscordHall

pytestmark = pytest.mark.asyncio


@dataclass
class World:
    practice: Practice
    roster: DiscordRoster
    desk: DiscordSanctions
    address: str

    @property
    def guild(self) -> GuildId:
        return GuildId(self.practice.guild.id)

    def member(self, name: str) -> UserId:
        return UserId(self.practice.add_member_user(name, self.guild).id)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    practice = Practice(gateway=GatewayTerms(identify_window=0))
    async with PracticeServer(practice) as server:
        pool = urllib3.PoolManager(maxsize=2)
        rest = DiscordRest(server.api_base, Token(practice.bot_token), pool)
        halls = DiscordHall(rest, lambda: datetime.now(UTC))
        yield World(practice, DiscordRoster(rest), DiscordSanctions(rest, halls), server.api_base)
        pool.clear()


async def asked[T](question: Callable[[], T]) -> T:
    return await asyncio.to_thread(question)


async def test_members_are_read_in_order_of_their_ids(world: World) -> None:
    users = sorted((world.member(f"m{n}") for n in range(3)), key=int)

    page = await asked(lambda: world.roster.members(world.guild, UserId("0")))
    assert page is not None
    assert {*users} <= {one.user_id for one in page}
    assert all(one.joined_at is not None for one in page)

    rest = await asked(lambda: world.roster.members(world.guild, users[0]))
    assert rest is not None
    assert [one.user_id for one in rest if one.user_id in users] == users[1:]


async def test_a_member_comes_with_their_timeout(world: World) -> None:
    user, until = world.member("loud"), datetime.now(UTC) + timedelta(hours=1)
    await asked(lambda: world.desk.mute(world.guild, user, until, "Case 1"))

    page = await asked(lambda: world.roster.members(world.guild, UserId(str(int(user) - 1))))
    assert page is not None
    assert page[0].user_id == user
    assert page[0].muted_until is not None
    assert abs(page[0].muted_until - until) < timedelta(seconds=1)
    assert not page[0].bot


async def test_bans_and_the_bots_own_presence(world: World) -> None:
    user = world.member("rude")
    assert await asked(lambda: world.roster.is_banned(world.guild, user)) is False
    await asked(lambda: world.desk.ban(world.guild, user, 0, "Case 1"))

    assert await asked(lambda: world.roster.is_banned(world.guild, user)) is True
    assert await asked(lambda: world.roster.is_there(world.guild)) is True
    assert await asked(lambda: world.roster.is_there(GuildId("5"))) is False
    assert await asked(world.roster.own_id) == world.practice.world.application.bot_id


async def test_a_refused_token_ends_all_asking(world: World) -> None:
    pool = urllib3.PoolManager()
    stranger = DiscordRoster(DiscordRest(world.address, Token("wrong"), pool))

    with pytest.raises(HushError):
        await asked(lambda: stranger.is_banned(world.guild, UserId("5")))
    with pytest.raises(HushError):
        await asked(lambda: stranger.is_there(world.guild))
    pool.clear()
