"""A real discord.py connection to a small Discord: what is seen, and what is made of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from gateway_listener import looks
from gateway_listener.errors import RefusedError
from tests.integration.gateway_listener.conftest import FakeQueue, Running
from tests.integration.gateway_listener.fake_discord import FakeDiscord, answer, invite, join
from usher.contracts.observation import InviteLook

GUILDS, MEMBERS, MODERATION, INVITES = 1 << 0, 1 << 1, 1 << 2, 1 << 6
CAUGHT = 1 << 21
"""AUTO_MODERATION_EXECUTION: what Discord's own rules did (SPEC 7.4)."""


def listing(*invites: dict[str, Any]) -> Callable[[], web.Response]:
    return lambda: answer(list(invites))


@pytest.mark.asyncio
async def test_a_new_session_is_a_gap_and_a_full_look(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.invites = listing(invite("a", 5))
    await listener.start()
    await queue.until(lambda: queue.seen)
    (observation,) = queue.seen
    assert observation.gap
    assert observation.guild_name == "Guild 100"
    assert observation.look is not None
    assert observation.look.full
    assert [(row.code, row.uses) for row in observation.look.rows] == [("a", 5)]
    assert observation.vanity is not None
    assert (observation.vanity.ok, observation.vanity.code) == (True, None)
    assert observation.names == (("300", "inviter"),)


@pytest.mark.asyncio
async def test_only_the_intents_that_are_needed_are_asked_for(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    await listener.start()
    await discord.until(lambda: discord.handshakes)
    assert discord.handshakes[0]["d"]["intents"] == (
        GUILDS | MEMBERS | MODERATION | INVITES | CAUGHT
    )


@pytest.mark.asyncio
async def test_no_guild_or_member_is_kept_by_the_library(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.before_guild_create = [join(5)]
    await listener.start()
    await queue.until(lambda: queue.joins())
    assert list(listener.account.guilds) == []
    assert list(listener.account._connection._users) == []


@pytest.mark.asyncio
async def test_joins_before_their_guild_is_known_are_not_dropped(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.before_guild_create = [join(5), join(6, guild="999")]
    await listener.start()
    await queue.until(lambda: len(queue.joins()) == 2)
    assert sorted(queue.joins()) == ["5", "6"]
    assert all(seen.gap for seen in queue.seen if seen.guild_id == "999")


@pytest.mark.asyncio
async def test_a_burst_of_a_hundred_joins_is_one_look_and_one_observation_in_order(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.invites = listing(invite("a", 0))
    await listener.start()
    await queue.until(lambda: queue.seen)
    looks = discord.looks()
    # When a hundred join at once
    discord.invites = listing(invite("a", 100))
    for number in range(100):
        await discord.dispatch(*join(1_000 + number))
    await queue.until(lambda: queue.joins())
    # Then they are one observation with one look, which tells what changed
    assert discord.looks() == looks + 1
    burst = queue.seen[-1]
    assert queue.joins() == [str(1_000 + number) for number in range(100)]
    assert len(burst.events) == 100
    assert burst.look is not None
    assert [(row.code, row.uses) for row in burst.look.rows] == [("a", 100)]
    assert (burst.look.full, burst.gap) == (False, False)
    assert all(event.at <= burst.look.at for event in burst.events)


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [403, 404])
async def test_a_failed_look_is_told_with_the_join(
    discord: FakeDiscord,
    queue: FakeQueue,
    listener: Running,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    discord.invites = lambda: answer({"message": "no", "code": 50013}, status=status)
    discord.before_guild_create = [join(5)]
    await listener.start()
    await queue.until(lambda: queue.joins())
    failed = next(seen.look for seen in queue.seen if seen.look is not None)
    assert failed == InviteLook(at=failed.at, status=status)
    assert "guild 100" in caplog.text.lower()


@pytest.mark.asyncio
async def test_a_broken_answer_is_a_failed_look_and_not_an_empty_list(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.invites = lambda: web.Response(text="<html>", content_type="text/html")
    await listener.start()
    await queue.until(lambda: queue.seen)
    look = queue.seen[0].look
    assert look is not None
    assert not look.ok


@pytest.mark.asyncio
async def test_a_look_that_hangs_is_a_failed_one_and_its_join_is_told(
    discord: FakeDiscord,
    queue: FakeQueue,
    listener: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looks, "LONGEST_LOOK", 1.2)
    discord.hanging = asyncio.Event()
    discord.before_guild_create = [join(5)]
    await listener.start()
    await queue.until(lambda: queue.joins())
    discord.hanging.set()
    look = queue.seen[0].look
    assert look is not None
    assert look.status == 0


@pytest.mark.asyncio
async def test_a_server_error_that_passes_is_no_failed_look(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.invites = lambda: (
        answer([], status=502) if discord.looks() == 1 else answer([invite("a", 1)])
    )
    await listener.start()
    await queue.until(lambda: queue.seen)
    look = queue.seen[0].look
    assert look is not None
    assert look.ok
    assert discord.looks() == 2


@pytest.mark.asyncio
async def test_a_ban_by_the_edge_is_told_with_its_status_at_once(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    # Given a 429 that does not come from Discord's API itself, which names no Via
    discord.invites = lambda: answer({}, status=429, headers={"Retry-After": "600"})
    await listener.start()
    await queue.until(lambda: queue.seen)
    look = queue.seen[0].look
    assert look is not None
    assert look.status == 429


@pytest.mark.asyncio
async def test_an_exhausted_rate_limit_does_not_hold_the_answer_back(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    # Given a bucket that is empty after this request, for a minute
    headers = {
        "X-RateLimit-Limit": "1",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": "60",
        "X-RateLimit-Bucket": "invites",
    }
    discord.invites = lambda: answer([invite("a", 1)], headers=headers)
    await listener.start()
    # Then the look is published now, though discord.py waits before it returns
    await queue.until(lambda: queue.seen, seconds=5)
    assert queue.seen[0].look is not None
    assert queue.seen[0].look.ok


@pytest.mark.asyncio
async def test_a_guild_without_vanity_code_is_not_asked_for_it_again(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    await listener.start()
    await queue.until(lambda: queue.seen)
    await discord.dispatch(*join(5))
    await queue.until(lambda: queue.joins())
    assert discord.asked.count("/api/guilds/100/vanity-url") == 1
    assert queue.seen[-1].vanity is not None
    assert queue.seen[-1].vanity.ok


@pytest.mark.asyncio
async def test_a_dropped_connection_is_resumed_without_a_gap(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    await listener.start()
    await queue.until(lambda: queue.seen)
    # When Discord asks to reconnect and two join meanwhile
    discord.on_resume = [join(5), join(6)]
    sequence = discord.sequence
    await discord.drop_connection()
    await queue.until(lambda: len(queue.joins()) == 2)
    # Then the session goes on where it was
    assert [frame["op"] for frame in discord.handshakes] == [2, 6]
    assert discord.handshakes[1]["d"]["seq"] == sequence
    assert discord.handshakes[1]["d"]["session_id"] == "session-0"
    assert sum(seen.gap for seen in queue.seen) == 1
    assert discord.close_codes[0] not in (1000, 1001)
    assert listener.client.sessions == 1


@pytest.mark.asyncio
async def test_a_malformed_dispatch_is_left_out_and_the_next_one_is_not(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    await listener.start()
    await queue.until(lambda: queue.seen)
    await discord.dispatch("GUILD_MEMBER_ADD", {"guild_id": "100", "user": None})
    await discord.dispatch("SOMETHING_NEW", {})
    await discord.dispatch(*join(5))
    await queue.until(lambda: queue.joins())
    assert queue.joins() == ["5"]
    assert listener.watch.counters.malformed == 1


@pytest.mark.asyncio
async def test_an_outage_of_the_queue_loses_nothing_and_keeps_the_order(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    queue.out = True
    discord.before_guild_create = [join(5)]
    await listener.start()
    await queue.until(lambda: queue.refusals >= 2)
    await discord.dispatch("GUILD_MEMBER_REMOVE", {"guild_id": "100", "user": {"id": "5"}})
    await queue.until(lambda: listener.publisher.unsent >= 2)
    assert listener.publisher.oldest_unsent_age() > 0
    queue.out = False
    await queue.until(lambda: len(queue.seen) >= 2)
    numbers = [int(seen.id.removeprefix("test-")) for seen in queue.seen]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.asyncio
async def test_when_too_much_is_unsent_the_session_pauses_and_is_resumed_later(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    listener.publisher.most = 2_000
    await listener.start()
    await queue.until(lambda: queue.seen)
    queue.out = True
    # Given more joins than may be unsent
    sent = 0
    while not discord.close_codes:
        await discord.dispatch(*join(1_000 + sent))
        sent += 1
        await asyncio.sleep(0.05)
    # Then the connection ends, resumable, while more people join
    assert discord.close_codes == [4000]
    assert listener.publisher.full()
    missed = [1_000 + sent + n for n in range(5)]
    for user_id in missed:
        await discord.dispatch(*join(user_id))
    assert len(discord.handshakes) == 1
    # And they are told by the same session once the queue answers again
    queue.out = False
    await queue.until(lambda: len(set(queue.joins())) >= sent + 5, seconds=20)
    assert [frame["op"] for frame in discord.handshakes] == [2, 6]
    assert sorted(queue.joins()) == [str(1_000 + n) for n in range(sent + 5)]


@pytest.mark.asyncio
async def test_leaving_publishes_what_is_gathered_and_keeps_the_session_alive(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    await listener.start()
    await queue.until(lambda: queue.seen)
    discord.invites = listing(invite("a", 1))
    await discord.dispatch(*join(5))
    # When the listener leaves before the gathering is over
    await discord.heartbeat_now()
    await listener.stop()
    # Then the join went out with a look, and the close code does not end the session
    assert queue.joins() == ["5"]
    assert queue.seen[-1].look is not None
    await discord.until(lambda: discord.close_codes)
    assert discord.close_codes == [4000]


@pytest.mark.asyncio
async def test_a_wrong_token_is_told_to_the_administrator(
    discord: FakeDiscord, listener: Running
) -> None:
    with pytest.raises(RefusedError, match="token"):
        await listener.start("wrong")


@pytest.mark.asyncio
@pytest.mark.parametrize(("code", "word"), [(4004, "token"), (4014, "Server Members Intent")])
async def test_a_refused_session_is_told_to_the_administrator(
    discord: FakeDiscord, listener: Running, code: int, word: str
) -> None:
    discord.refuse_identify_with = code
    await listener.start()
    assert listener.task is not None
    with pytest.raises(RefusedError) as caught:
        async with asyncio.timeout(10):
            await listener.task
    assert word in caught.value.sentence
