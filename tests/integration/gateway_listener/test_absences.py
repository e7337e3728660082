"""What is read after an absence: a session that Discord will not take up again."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway_listener import client, missed
from gateway_listener.bootstrap import utc_now
from infra.replay.lines import RESPONSES
from tests.integration.gateway_listener.conftest import FakeQueue, Running
from tests.integration.gateway_listener.fake_discord import (
    FakeDiscord,
    answer,
    entry,
    found,
    join,
    member,
)
from usher.contracts.observation import AuditEntry, MemberFound, MemberSearched

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_spread", lambda _low, _high: 0.01)


async def away(discord: FakeDiscord, queue: FakeQueue, listener: Running) -> None:
    """Listen, and then lose a session that cannot be resumed."""
    await listener.start()
    await queue.until(lambda: queue.seen)
    discord.resumable = False
    await discord.drop_connection()
    await discord.until(lambda: [frame["op"] for frame in discord.handshakes] == [2, 6, 2])


def times(discord: FakeDiscord, path: str) -> int:
    return sum(asked.endswith(path) for asked in discord.asked)


async def told(listener: Running) -> None:
    """Wait until no absence is being read any more."""
    async with asyncio.timeout(10):
        while listener.progress.safe(utc_now()).session_id != listener.progress.now.session_id:  # noqa: ASYNC110 - the listener's own state
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_members_who_joined_meanwhile_are_found_in_the_list(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    now = utc_now()
    discord.members = [member(7, now - HOUR), member(8, now), member(9, now + HOUR)]
    await away(discord, queue, listener)
    await queue.until(lambda: queue.events(MemberFound))
    await told(listener)
    # Then only who joined during the absence is told, once, after the look and without a gap
    assert [event.person.user_id for event in queue.events(MemberFound)] == ["8"]
    last = queue.seen[-1]
    assert (last.gap, last.look, last.guild_name) == (False, None, "Guild 100")
    assert [seen.gap for seen in queue.seen] == [True, True, False]
    # And the recording has what a replay needs, and no more
    assert [data for kind, data in listener.recorded if kind == "MEMBERS"] == [discord.members[1:]]
    assert {kind for kind, _ in listener.recorded} <= RESPONSES | {"GAP"}


@pytest.mark.asyncio
async def test_members_search_tells_who_joined_and_how_and_the_list_is_not_read(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    now = utc_now()
    bodies: list[dict[str, Any]] = []

    def search(body: dict[str, Any]) -> Any:  # noqa: ANN401 - aiohttp's response
        bodies.append(body)
        # A member joined so late that the index learns of them only later.
        rows = [found(8, now, "abc")] if len(bodies) == 1 else [found(9, now), found(8, now)]
        return answer({"guild_id": "100", "members": rows})

    discord.search = search
    await away(discord, queue, listener)
    await queue.until(lambda: len(queue.events(MemberSearched)) == 2)
    await told(listener)
    searched = [(event.person.user_id, event.code) for event in queue.events(MemberSearched)]
    assert searched == [("8", "abc"), ("9", None)]
    assert times(discord, "/members") == 0
    assert bodies[0]["limit"] == 1000
    since = bodies[0]["and_query"]["guild_joined_at"]["range"]["gte"]
    margin = now - datetime.fromtimestamp(since / 1000, now.tzinfo)
    assert timedelta(seconds=50) < margin < timedelta(seconds=70)


@pytest.mark.asyncio
async def test_the_search_goes_on_page_after_page(
    discord: FakeDiscord,
    queue: FakeQueue,
    listener: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(missed, "PAGE", 2)
    now = utc_now()
    pages = {None: [found(9, now), found(8, now)], "8": [found(7, now)]}
    discord.search = lambda body: answer({"members": pages[body.get("after", {}).get("user_id")]})
    await away(discord, queue, listener)
    await queue.until(lambda: len(queue.events(MemberSearched)) == 3)
    await told(listener)
    assert [event.person.user_id for event in queue.events(MemberSearched)] == ["9", "8", "7"]


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [202, 403, 501])
async def test_without_the_search_the_list_is_read_page_after_page(
    discord: FakeDiscord,
    queue: FakeQueue,
    listener: Running,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    monkeypatch.setattr(missed, "PAGE", 2)
    discord.search = lambda _: answer({"code": 110000, "retry_after": 15}, status=status)
    monkeypatch.setattr("gateway_listener.past.PAGE", 2)
    discord.members = [member(number, utc_now()) for number in range(1, 6)]
    await away(discord, queue, listener)
    await queue.until(lambda: len(queue.events(MemberFound)) == 5)
    await told(listener)
    assert times(discord, "/members") == 3


@pytest.mark.asyncio
async def test_invites_made_and_ended_meanwhile_are_told_in_order_before_the_members(
    discord: FakeDiscord,
    queue: FakeQueue,
    listener: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(missed, "LOG_PAGE", 2)
    monkeypatch.setattr("gateway_listener.past.LOG_PAGE", 2)
    now = utc_now()
    discord.audit_log = [
        entry(40, now - HOUR, "old"),
        entry(40, now, "a", 1),
        entry(40, now, "b", 2),
        entry(40, now, "c", 3),
        entry(42, now + timedelta(seconds=1), "b", 4),
    ]
    discord.members = [member(8, now)]
    await away(discord, queue, listener)
    await queue.until(lambda: queue.events(MemberFound))
    entries = queue.events(AuditEntry)
    assert [(one.action, one.code) for one in entries if one.action == 42] == [(42, "b")]
    assert sorted(str(one.code) for one in entries) == ["a", "b", "b", "c"]
    assert [one.at for one in entries] == sorted(one.at for one in entries)
    assert isinstance(queue.seen[-1].events[0], MemberFound)


@pytest.mark.asyncio
async def test_an_audit_log_that_may_not_be_read_is_told_to_the_administrator_and_skipped(
    discord: FakeDiscord,
    queue: FakeQueue,
    listener: Running,
    caplog: pytest.LogCaptureFixture,
) -> None:
    discord.audit_refusal = 403
    discord.members = [member(8, utc_now())]
    await away(discord, queue, listener)
    await queue.until(lambda: queue.events(MemberFound))
    assert "View Audit Log" in caplog.text
    assert times(discord, "/audit-logs") == 1


@pytest.mark.asyncio
async def test_a_guild_that_refuses_its_invites_is_not_searched_but_its_members_are_found(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.invites = lambda: answer({"code": 50013}, status=403)
    discord.members = [member(8, utc_now())]
    await away(discord, queue, listener)
    await queue.until(lambda: queue.events(MemberFound))
    assert times(discord, "/members-search") == 0


@pytest.mark.asyncio
async def test_a_newer_absence_ends_the_reading_and_takes_over_what_it_had_to_read(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    # Given a reading that waits for Discord, of an absence with a join in it
    discord.members = [member(8, utc_now())]
    discord.hanging_members = asyncio.Event()
    await away(discord, queue, listener)
    await discord.until(lambda: times(discord, "/members"))
    before = listener.progress.safe(utc_now())
    # When the session is lost once more
    await discord.drop_connection()
    await discord.until(lambda: [one["op"] for one in discord.handshakes] == [2, 6, 2, 6, 2])
    discord.hanging_members.set()
    # Then the point before the first absence was kept, and the join is found once
    assert before.session_id != listener.progress.now.session_id
    await queue.until(lambda: queue.events(MemberFound))
    await told(listener)
    assert [event.person.user_id for event in queue.events(MemberFound)] == ["8"]


@pytest.mark.asyncio
async def test_the_first_session_of_all_reads_nothing(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    discord.members = [member(8, utc_now())]
    await listener.start()
    await queue.until(lambda: queue.seen)
    await discord.dispatch(*join(5))
    await queue.until(lambda: queue.joins())
    assert {path.rpartition("/")[2] for path in discord.asked} == {"invites", "vanity-url"}


@pytest.mark.asyncio
async def test_a_guild_that_was_out_is_read_since_then(
    discord: FakeDiscord, queue: FakeQueue, listener: Running
) -> None:
    await listener.start()
    await queue.until(lambda: queue.seen)
    discord.members = [member(8, utc_now())]
    await discord.dispatch("GUILD_DELETE", {"id": "100", "unavailable": True})
    await discord.dispatch("GUILD_CREATE", {"id": "100", "name": "Guild 100"})
    await queue.until(lambda: queue.events(MemberFound))
    assert [seen.gap for seen in queue.seen] == [True, True, False]
