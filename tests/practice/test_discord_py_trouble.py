"""An unmodified discord.py through dropped connections, invalid sessions, shards and 429s."""

from typing import Any

import discord
import pytest
from discord.backoff import ExponentialBackoff

from infra.practice import GatewayTerms, Practice, PracticeServer, Quota, RateLimits
from tests.practice.discord_client import GUILD_EVENTS, Watcher, connected, point_at


@pytest.fixture(autouse=True)
def _addresses(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(server, monkeypatch)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare discord.py's own pauses before it comes back."""
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0)

    async def at_once(*_: object, **__: object) -> None:
        return

    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)


def joins(watcher: Watcher) -> list[str]:
    return [value.display_name for name, value in watcher.seen if name == "member_join"]


@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", ["dropped", "closed", "opcode 7", "opcode 9 true"])
async def test_it_resumes_and_misses_nothing(practice: Practice, trouble: str) -> None:
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        practice.join(practice.guild.id, "JonasOpen7", "Before")
        await watcher.wait_for("member_join")
        match trouble:
            case "dropped":
                practice.faults.drop_connections()
            case "closed":
                practice.faults.drop_connections(4000)
            case "opcode 7":
                practice.gateway.ask_to_reconnect()
            case _:
                practice.gateway.invalidate_sessions(resumable=True)
        for number in range(5):
            practice.join(practice.guild.id, "JonasOpen7", f"Guest {number}")
        await watcher.wait_for("resumed")
        practice.join(practice.guild.id, "JonasOpen7", "After")
        await watcher.count("member_join", 7)
        assert joins(watcher) == ["Before", *(f"Guest {number}" for number in range(5)), "After"]
        assert practice.gateway.identifies_left == 999


@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", ["opcode 9 false", "refused resume"])
async def test_it_identifies_anew_where_it_cannot_resume(practice: Practice, trouble: str) -> None:
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        await watcher.wait_for("ready")
        if trouble == "refused resume":
            practice.faults.refuse_resume()
            practice.faults.drop_connections()
        else:
            practice.gateway.invalidate_sessions(resumable=False)
        practice.join(practice.guild.id, "JonasOpen7", "Missed")
        await watcher.count("ready", 2)
        practice.join(practice.guild.id, "JonasOpen7", "After")
        await watcher.wait_for("member_join")
        assert joins(watcher) == ["After"]
        assert "resumed" not in watcher.names()
        assert practice.gateway.identifies_left == 998


@pytest.mark.asyncio
async def test_a_resume_that_is_dropped_is_tried_again(practice: Practice) -> None:
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        practice.faults.drop_resume(2)
        practice.faults.drop_connections()
        practice.join(practice.guild.id, "JonasOpen7", "Robin")
        await watcher.wait_for("resumed")
        await watcher.wait_for("member_join")
        assert joins(watcher) == ["Robin"]


@pytest.mark.asyncio
async def test_it_shards_as_told(practice: Practice) -> None:
    practice.gateway.terms = GatewayTerms(shards=2, max_concurrency=2, identify_window=0)
    client = discord.AutoShardedClient(intents=GUILD_EVENTS)
    async with connected(practice, client) as watcher:
        assert client.shard_count == 2
        assert {item.shard_id for item in practice.gateway.sessions.values()} == {0, 1}
        practice.join(practice.guild.id, "JonasOpen7", "Robin")
        await watcher.wait_for("member_join")
        assert joins(watcher) == ["Robin"]


@pytest.mark.asyncio
async def test_two_clients_at_once_both_see_a_join(practice: Practice) -> None:
    first, second = (discord.Client(intents=GUILD_EVENTS) for _ in range(2))
    async with connected(practice, first) as one, connected(practice, second) as other:
        member = practice.join(practice.guild.id, "JonasOpen7", "Robin")
        seen = [await watcher.wait_for("member_join") for watcher in (one, other)]
        assert {item.id for item in seen} == {int(member.user_id)}


@pytest.mark.asyncio
async def test_a_repeated_dispatch_is_seen_by_those_who_look_at_the_raw_one(
    practice: Practice,
) -> None:
    client = discord.Client(intents=GUILD_EVENTS)
    async with connected(practice, client) as watcher:
        raw: list[dict[str, Any]] = []
        client._connection.parsers["GUILD_MEMBER_ADD"] = raw.append
        practice.faults.duplicate("GUILD_MEMBER_ADD")
        practice.join(practice.guild.id, "JonasOpen7", "Robin")
        practice.create_invite(practice.guild.id, practice.guild.owner_id)
        await watcher.wait_for("invite_create")
        assert len(raw) == 2
        assert raw[0] == raw[1]


@pytest.mark.asyncio
async def test_it_waits_out_a_429_and_keeps_within_the_headers(practice: Practice) -> None:
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        guild = watcher.client.guilds[0]
        practice.faults.answer("GET", "/guilds/*/invites", 429, times=1, retry_after=0.01)
        assert len(await guild.invites()) == 4
        practice.rate_limits = RateLimits(per_route=Quota(2, 0.3))
        for _ in range(5):
            await guild.vanity_invite()
        assert practice.invalid_requests <= 2


@pytest.mark.asyncio
async def test_cloudflare_is_not_taken_for_a_limit(practice: Practice) -> None:
    async with connected(practice, discord.Client(intents=GUILD_EVENTS)) as watcher:
        practice.faults.answer("GET", "/guilds/*/invites", 429, text="error code: 1015")
        with pytest.raises(discord.HTTPException) as refused:
            await watcher.client.guilds[0].invites()
        assert refused.value.status == 429
