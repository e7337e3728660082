"""A thousand bans that end in one minute, with the sweeper killed and doubled in the midst.

`make soak ARGS="-s -k test_bans_end"` shows how late they were.
"""

import asyncio
import random
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from infra.local.aws import environment
from infra.local.system import System
from infra.practice.entities import Guild
from tests.e2e.ends import at_most, disturbed
from tests.e2e.watching import eventually
from tests.integration.discord.community import Token
from usher.automod.raids import created_at
from usher.contracts.effect import Effect
from usher.ids import GuildId, UserId
from usher.moderation.discord_desk import DiscordSanctions
from usher.moderation.discord_post import DiscordPost
from usher.moderation.guard import Action, Actor
from usher.moderation.order import Order
from usher.moderation.service import Sanctions
from usher.moderation.settings import ModSettings
from usher.moderation.table import DynamoCases
from usher.platform.discord_rest import DiscordRest
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.rewards.discord_hall import DiscordHall

COUNT = 250
"""Of each of four guilds."""
MINUTE = 60
UNBAN = 23

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(900),
]


class Nowhere:
    """Orders that nobody takes: the log of cases is not looked at here."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        del effects, delay


class Book:
    """Implements Rulebook."""

    def read(self, guild_id: GuildId) -> ModSettings:
        del guild_id
        return ModSettings()


def ban(system: System, guild: Guild, ends: dict[str, datetime]) -> None:
    """Ban users of one guild, each until their time, by the road of a command."""
    assert system.practice is not None
    token = Token(system.practice.bot_token)
    rest = DiscordRest(system.bot.api_base, token, urllib3.PoolManager())
    desk = DiscordSanctions(rest, DiscordHall(rest, lambda: datetime.now(UTC)))
    hall = desk.hall(GuildId(guild.id))
    assert hall is not None
    client = SignedClient(DYNAMODB, environment(system.endpoint_url))
    with closing(client):
        sanctions = Sanctions(
            DynamoCases(client, system.table_name),
            desk,
            DiscordPost(rest),
            Nowhere(),
            Book(),
            lambda: datetime.now(UTC),
        )
        for user, end in ends.items():
            sanctions.do(
                Order(
                    GuildId(guild.id),
                    f"soak.{user}",
                    Action.BAN,
                    UserId(user),
                    Actor(hall.own_id, by_rule=True),
                    "Soak",
                    datetime.now(UTC),
                    until=end,
                    quiet=True,
                )
            )


async def test_a_thousand_bans_end_once_and_in_time(system: System) -> None:
    # Given bans that begin to end in five minutes, as a sweep each minute sees them
    assert system.practice is not None
    practice = system.practice
    chance = random.Random(7)  # noqa: S311 - the same times in every run
    first = datetime.now(UTC) + timedelta(minutes=5)
    towns = [practice.create_guild(f"Town {n}") for n in range(4)]
    ends = {
        town.id: {
            practice.add_user(f"user{n}").id: first + timedelta(seconds=chance.uniform(0, MINUTE))
            for n in range(COUNT)
        }
        for town in towns
    }
    await asyncio.gather(*(asyncio.to_thread(ban, system, town, ends[town.id]) for town in towns))
    assert datetime.now(UTC) < first - timedelta(seconds=30)
    assert [len(town.bans) for town in towns] == [COUNT] * 4

    # When sweepers are doubled and killed before and in the midst of that minute
    await disturbed(system, [first + timedelta(seconds=n) for n in (-25, 20)])

    # Then each has ended once, none too early, and nearly all within seconds
    def look() -> bool:
        return not any(town.bans for town in towns)

    await eventually(look, 300)
    lifted = [entry for town in towns for entry in town.audit_log if entry.action_type == UNBAN]
    until = {user: end for town in towns for user, end in ends[town.id].items()}
    assert sorted(str(entry.target_id) for entry in lifted) == sorted(until)
    late = sorted(
        (created_at(UserId(entry.id)) - until[str(entry.target_id)]).total_seconds()
        for entry in lifted
    )
    shares = ", ".join(f"p{n} {at_most(late, n):.2f} s" for n in (50, 90, 99, 100))
    sys.stdout.write(f"{len(late)} bans: {shares}, earliest {late[0]:.3f} s\n")
    assert late[0] >= -0.001
    assert at_most(late, 99) < 5
