"""What moderation asks of Discord, by its own clients, of the practice Discord."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.integration.discord.community import Community, asked, community
from usher.ids import ChannelId, UserId
from usher.moderation.discord_post import DiscordPost
from usher.moderation.model import MessageRef
from usher.moderation.ports import ForbiddenError, MissingError
from usher.slash.replies import Embed, Reply, message

pytestmark = pytest.mark.asyncio

BODY = message(Reply(embeds=(Embed("You were banned", footer="Case 1 · 7"),)))


class World(Community):
    @property
    def post(self) -> DiscordPost:
        return DiscordPost(self.rest)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    async with community() as served:
        yield World(served.practice, served.rest)


async def test_a_ban_is_made_known_again_and_lifted_once(world: World) -> None:
    guild, user = world.guild, world.member("rude")
    assert await asked(lambda: world.desk.banned(guild, user)) is None

    for _ in range(2):
        await asked(lambda: world.desk.ban(guild, user, 0, "Case 1: spam (by 3)"))

    held = await asked(lambda: world.desk.banned(guild, user))
    assert held is not None
    assert held.reason == "Case 1: spam (by 3)"
    assert await asked(lambda: world.desk.member(guild, user)) is None
    assert await asked(lambda: world.desk.unban(guild, user, "over"))
    assert not await asked(lambda: world.desk.unban(guild, user, "over"))


async def test_a_member_is_muted_within_28_days_and_kicked(world: World) -> None:
    guild, user = world.guild, world.member("loud")
    until = datetime.now(UTC) + timedelta(days=27)

    await asked(lambda: world.desk.mute(guild, user, until, "Case 2: shouting"))

    found = await asked(lambda: world.desk.member(guild, user))
    assert found is not None
    assert found.muted_until is not None
    assert abs(found.muted_until - until) < timedelta(seconds=1)
    await asked(lambda: world.desk.mute(guild, user, None, "Case 3: enough"))
    found = await asked(lambda: world.desk.member(guild, user))
    assert found is not None
    assert found.muted_until is None
    await asked(lambda: world.desk.kick(guild, user, "Case 4: again"))
    with pytest.raises(MissingError):
        await asked(lambda: world.desk.kick(guild, user, "Case 4: again"))
    with pytest.raises(MissingError):
        await asked(lambda: world.desk.mute(guild, user, until, "gone"))


async def test_an_owner_is_out_of_reach_and_nobody_is_no_account(world: World) -> None:
    owner = UserId(world.practice.guild.owner_id)
    with pytest.raises(ForbiddenError):
        await asked(lambda: world.desk.ban(world.guild, owner, 0, "coup"))
    assert await asked(lambda: world.desk.account(UserId("1"))) is None
    found = await asked(lambda: world.desk.account(owner))
    assert found is not None
    assert not found.bot


async def test_many_are_banned_at_once_and_who_was_not_is_named(world: World) -> None:
    users = [world.member(f"raider{n}") for n in range(3)]
    owner = UserId(world.practice.guild.owner_id)

    failed = await asked(
        lambda: world.desk.ban_many(world.guild, [*users, owner], 0, "Mass ban: raid")
    )

    assert failed == {owner}
    # and who is banned already counts as one who was not
    again = await asked(lambda: world.desk.ban_many(world.guild, users, 0, "Mass ban: raid"))
    assert again == set(users)
    for user in users:
        assert await asked(lambda user=user: world.desk.banned(world.guild, user)) is not None  # type: ignore[misc]


async def test_a_direct_message_is_sent_found_and_taken_back(world: World) -> None:
    user = world.member("mail")
    sent = await asked(lambda: world.post.tell(user, BODY, "d1.7"))
    assert sent is not None
    assert await asked(lambda: world.post.tell(user, BODY, "d1.7")) == sent
    assert await asked(lambda: world.post.told(user, "Case 1 · 7")) == sent
    assert await asked(lambda: world.post.told(user, "Case 2 · 7")) is None

    for _ in range(2):
        await asked(lambda: world.post.delete(sent))

    assert await asked(lambda: world.post.told(user, "Case 1 · 7")) is None


async def test_who_takes_no_direct_messages_gets_none(world: World) -> None:
    user = world.member("shut")
    world.practice.take_direct_messages(user, on=False)
    assert await asked(lambda: world.post.tell(user, BODY, "d1.7")) is None


async def test_the_log_is_posted_found_and_edited(world: World) -> None:
    channel = ChannelId(world.practice.guild.system_channel_id or "")
    posted = await asked(lambda: world.post.post(channel, BODY, "c1.7"))
    assert posted is not None
    assert await asked(lambda: world.post.posted(channel, "Case 1 · 7")) == posted
    assert await asked(lambda: world.post.edit(posted, BODY))
    assert not await asked(lambda: world.post.edit(MessageRef(channel, "1"), BODY))
    assert await asked(lambda: world.post.post(ChannelId("1"), BODY, "c1.7")) is None
