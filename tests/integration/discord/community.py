"""A practice guild with members, and Usher's clients of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import urllib3

from infra.practice import GatewayTerms, Practice, PracticeServer
from usher.ids import GuildId, UserId
from usher.moderation.discord_desk import DiscordSanctions
from usher.platform.discord_rest import DiscordRest
from usher.rewards.discord_hall import DiscordHall


@dataclass
class Token:
    """The practice bot's token."""

    text: str

    def get(self) -> str:
        return self.text

    def forget(self) -> None:
        pass


@dataclass
class Community:
    """A guild, a member of it where one is asked for, and who moderates it."""

    practice: Practice
    rest: DiscordRest

    @property
    def guild(self) -> GuildId:
        return GuildId(self.practice.guild.id)

    @property
    def desk(self) -> DiscordSanctions:
        return DiscordSanctions(self.rest, DiscordHall(self.rest, lambda: datetime.now(UTC)))

    def member(self, name: str) -> UserId:
        return UserId(self.practice.add_member_user(name, self.guild).id)


@asynccontextmanager
async def community() -> AsyncIterator[Community]:
    """Serve a guild for as long as it is needed."""
    practice = Practice(gateway=GatewayTerms(identify_window=0))
    async with PracticeServer(practice) as server:
        pool = urllib3.PoolManager(maxsize=2)
        yield Community(practice, DiscordRest(server.api_base, Token(practice.bot_token), pool))
        pool.clear()


async def asked[T](question: Callable[[], T]) -> T:
    """Ask beside the loop that answers."""
    return await asyncio.to_thread(question)
