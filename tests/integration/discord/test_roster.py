"""What the hourly check asks, by its own client, of the practice Discord."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.integration.discord.community import Community, Token, asked, community
from usher.ids import GuildId, UserId
from usher.integrity.discord_roster import DiscordRoster
from usher.integrity.ports import HushError

pytestmark = pytest.mark.asyncio


class World(Community):
    @property
    def roster(self) -> DiscordRoster:
        return DiscordRoster(self.rest)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    async with community() as served:
        yield World(served.practice, served.rest)


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


async def test_who_is_a_member_is_told_one_by_one(world: World) -> None:
    user = world.member("here")

    assert await asked(lambda: world.roster.is_member(world.guild, user)) is True
    world.practice.leave(world.guild, user)
    assert await asked(lambda: world.roster.is_member(world.guild, user)) is False
    with pytest.raises(HushError):
        await asked(lambda: world.roster.is_member(GuildId("5"), user))


async def test_a_refused_token_ends_all_asking(world: World) -> None:
    stranger = DiscordRoster(replace(world.rest, token=Token("wrong")))

    with pytest.raises(HushError):
        await asked(lambda: stranger.is_banned(world.guild, UserId("5")))
    with pytest.raises(HushError):
        await asked(lambda: stranger.is_there(world.guild))
