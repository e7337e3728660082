"""Observations are retried for ever, keep their guild's order, and are never dropped."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import pytest_asyncio

from gateway_listener.publish import Publisher, SendError
from usher.contracts.observation import MemberLeft, Observation
from usher.contracts.observation_codec import decode, encode
from usher.ids import GuildId, UserId


class FakeQueue:
    """A queue that refuses as often as it is told to; called from several threads."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str, str]] = []
        self.refusals: dict[str, int] = {}
        self.broken: Exception | None = None
        self.called = threading.Event()

    def send(self, group: str, deduplication_id: str, body: str) -> None:
        self.called.set()
        if self.broken is not None:
            raise self.broken
        if self.refusals.get(group, 0) > 0:
            self.refusals[group] -= 1
            raise SendError("ServiceUnavailable")
        self.accepted.append((group, deduplication_id, body))

    def ids(self, group: str) -> list[str]:
        return [accepted[1] for accepted in self.accepted if accepted[0] == group]


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest_asyncio.fixture
async def publisher(queue: FakeQueue) -> AsyncIterator[Publisher]:
    with ThreadPoolExecutor(2) as threads:
        publisher = Publisher(queue, threads, spread=lambda _low, _high: 0)
        yield publisher
        await publisher.close()


def seen(number: int, guild: str = "100", events: int = 1) -> Observation:
    at = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
    left = tuple(MemberLeft(UserId(str(user)), at) for user in range(events))
    return Observation(f"o{number}", GuildId(guild), "", at, left)


@pytest.mark.asyncio
async def test_what_is_sent_is_the_observation_in_its_guilds_group(
    publisher: Publisher, queue: FakeQueue
) -> None:
    publisher.publish(seen(1))
    assert await publisher.flush(5)
    ((group, deduplication_id, body),) = queue.accepted
    assert (group, deduplication_id) == ("100", "o1")
    assert decode(body) == seen(1)


@pytest.mark.asyncio
async def test_an_outage_loses_nothing_and_keeps_each_guilds_order(
    publisher: Publisher, queue: FakeQueue
) -> None:
    # Given a queue that refuses guild 100 again and again
    queue.refusals["100"] = 25
    # When both guilds have observations
    for number in range(20):
        publisher.publish(seen(number, "100"))
        publisher.publish(seen(number, "200"))
    assert await publisher.flush(10)
    # Then all arrive, each guild's in order
    expected = [f"o{number}" for number in range(20)]
    assert queue.ids("100") == expected
    assert queue.ids("200") == expected
    assert publisher.unsent == 0


@pytest.mark.asyncio
async def test_even_a_fault_of_ours_is_tried_again(
    publisher: Publisher, queue: FakeQueue, caplog: pytest.LogCaptureFixture
) -> None:
    queue.broken = RuntimeError("a fault")
    publisher.publish(seen(1))
    assert not await publisher.flush(0.05)
    queue.broken = None
    assert await publisher.flush(5)
    assert queue.ids("100") == ["o1"]
    assert "failed" in caplog.text


@pytest.mark.asyncio
async def test_a_flush_that_is_out_of_time_says_so_and_what_is_unsent_shows_its_age(
    publisher: Publisher, queue: FakeQueue
) -> None:
    queue.broken = SendError("ServiceUnavailable")
    assert publisher.oldest_unsent_age() == 0
    publisher.publish(seen(1))
    assert not await publisher.flush(0.05)
    assert publisher.unsent == 1
    assert publisher.oldest_unsent_age() >= 0.05


@pytest.mark.asyncio
async def test_a_flush_cuts_the_pause_between_tries_short(queue: FakeQueue) -> None:
    with ThreadPoolExecutor(1) as threads:
        # Given a publisher that would wait for an hour after its first failure
        publisher = Publisher(queue, threads, spread=lambda _low, _high: 3_600)
        queue.refusals["100"] = 1
        publisher.publish(seen(1))
        assert await asyncio.to_thread(queue.called.wait, 5)
        # When somebody waits for it, then it tries within a second
        assert await publisher.flush(5)


@pytest.mark.asyncio
async def test_a_raid_larger_than_a_message_is_sent_in_parts(
    publisher: Publisher, queue: FakeQueue
) -> None:
    publisher.publish(seen(1, events=5_000))
    publisher.publish(seen(2))
    assert await publisher.flush(5)
    assert queue.ids("100") == ["o1.1", "o1.2", "o2"]


@pytest.mark.asyncio
async def test_beyond_its_bound_it_is_full_until_half_is_sent_and_drops_nothing(
    queue: FakeQueue, caplog: pytest.LogCaptureFixture
) -> None:
    size = len(encode(seen(0)))
    with ThreadPoolExecutor(1) as threads:
        publisher = Publisher(queue, threads, spread=lambda _low, _high: 0, most=4 * size)
        for number in range(3):
            publisher.publish(seen(number))
        assert not publisher.full()
        for number in range(3, 10):
            publisher.publish(seen(number))
        assert publisher.full()
        await asyncio.wait_for(publisher.room(), 5)
        assert publisher.unsent <= 2
        assert await publisher.flush(5)
        await publisher.close()
    assert queue.ids("100") == [f"o{number}" for number in range(10)]
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1


@pytest.mark.asyncio
async def test_whoever_published_is_told_once_when_all_parts_are_sent(
    publisher: Publisher, queue: FakeQueue
) -> None:
    told: list[tuple[GuildId, int]] = []
    publisher.publish(
        seen(1, events=5_000), lambda guild_id: told.append((guild_id, len(queue.accepted)))
    )
    assert await publisher.flush(5)
    assert told == [(GuildId("100"), 2)]


@pytest.mark.asyncio
async def test_accepting_does_not_wait_for_sending(
    publisher: Publisher, queue: FakeQueue, after: Callable[[float], datetime]
) -> None:
    publisher.publish(seen(1))
    assert publisher.unsent == 1
    assert queue.accepted == []
    assert await publisher.flush(5)
