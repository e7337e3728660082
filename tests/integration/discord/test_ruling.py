"""Discord's own rules, by Usher's client, in the practice Discord; the fake does the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio
import urllib3

from infra.practice import ApiError, GatewayTerms, Permission, Practice, PracticeServer
from tests.fakes.automod_rules import FakeRules
from tests.integration.discord.community import Token
from tests.practice.answering import member_id
from tests.practice.test_permissions import restrict
from usher.automod.changing import change_to, with_words
from usher.automod.discord_rules import DiscordRules
from usher.automod.rule_desk import RuleDesk, RuleGoneError, RulesRefusedError, RuleWrongError
from usher.automod.rules import MOST_OF, Rule, Trigger, Wanted, body_of
from usher.ids import ChannelId, GuildId
from usher.platform.discord_rest import DiscordRest

pytestmark = pytest.mark.asyncio


@dataclass
class World:
    """A guild and a desk for its rules."""

    practice: Practice
    desk: RuleDesk

    @property
    def guild(self) -> GuildId:
        return GuildId(self.practice.guild.id)

    @property
    def channel(self) -> ChannelId:
        return ChannelId(self.practice.guild.system_channel_id or "")

    def wish(self, trigger: Trigger, *words: str) -> Wanted:
        return Wanted("Rule", trigger, words, 5, (1, 3), self.channel, "Not here")

    async def make(self, wanted: Wanted) -> Rule:
        return await asked(lambda: self.desk.make(self.guild, body_of(wanted), "why"))

    async def change(self, rule: Rule, body: dict[str, object]) -> Rule:
        return await asked(lambda: self.desk.change(self.guild, rule.id, body, "why"))

    async def rules(self) -> list[Rule]:
        return [*await asked(lambda: self.desk.rules(self.guild))]


@pytest_asyncio.fixture(params=["practice", "fake"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    practice = Practice(gateway=GatewayTerms(identify_window=0))
    if request.param == "fake":
        yield World(practice, FakeRules())
        return
    async with PracticeServer(practice) as server:
        pool = urllib3.PoolManager(maxsize=2)
        rest = DiscordRest(server.api_base, Token(practice.bot_token), pool)
        yield World(practice, DiscordRules(rest))
        pool.clear()


async def asked[T](question: Callable[[], T]) -> T:
    return await asyncio.to_thread(question)


@pytest.mark.parametrize("trigger", list(Trigger))
async def test_every_kind_is_made_and_read_again_and_as_many_as_allowed(
    world: World, trigger: Trigger
) -> None:
    for _ in range(MOST_OF[trigger]):
        made = await world.make(world.wish(trigger, "cat"))
        assert (made.trigger, made.enabled) == (trigger, True)
        assert made in await world.rules()
    with pytest.raises(RuleWrongError):
        await world.make(world.wish(trigger, "cat"))


async def test_words_are_changed_and_the_rest_stays(world: World) -> None:
    made = await world.make(world.wish(Trigger.KEYWORD, "cat"))
    off = await world.change(made, {"enabled": False})
    assert not off.enabled
    body = change_to(off, Wanted("Rule", Trigger.KEYWORD, ("dog",)))
    after = await world.change(off, body)
    assert (after.enabled, after.keywords, after.does) == (True, ("cat", "dog"), made.does)
    assert change_to(after, world.wish(Trigger.KEYWORD, "cat")) == {}
    left = await world.change(after, with_words(after, (), ("cat",)))
    assert left.keywords == ("dog",)
    exempt = await world.change(left, {"exempt_channels": [world.channel]})
    assert exempt.exempt_channels == (world.channel,)
    with pytest.raises(RuleWrongError):
        await world.change(left, with_words(left, ("x" * 61,), ()))


async def test_a_deleted_rule_is_gone(world: World) -> None:
    made = await world.make(world.wish(Trigger.SPAM))
    for _ in range(2):
        await asked(lambda: world.desk.delete(world.guild, made.id, "why"))
    assert await world.rules() == []
    with pytest.raises(RuleGoneError):
        await world.change(made, {"enabled": False})


async def test_a_rule_blocks_and_without_manage_server_there_is_none() -> None:
    practice = Practice(gateway=GatewayTerms(identify_window=0))
    async with PracticeServer(practice) as server:
        pool = urllib3.PoolManager(maxsize=2)
        rest = DiscordRest(server.api_base, Token(practice.bot_token), pool)
        world = World(practice, DiscordRules(rest))
        await world.make(world.wish(Trigger.KEYWORD, "cat*"))
        with pytest.raises(ApiError, match="Not here"):
            practice.say(world.channel, member_id(practice, "Ines"), "a catch")
        assert practice.guild.audit_log[-3].reason == "why"

        restrict(practice, Permission.VIEW_CHANNEL)
        with pytest.raises(RulesRefusedError):
            await world.rules()
        pool.clear()
