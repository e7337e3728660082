"""Discord's client and its limits together."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import ReadTimeoutError

from effects.batch import PATIENCE_SECONDS, RESERVE_MILLISECONDS
from tests.fakes.limits import FakeShared, TableDownError
from tests.fakes.logs import LogBook
from tests.unit.effects.test_discord import BASE, FakePool, Reply
from usher.limits.pacing import Steady
from usher.limits.service import Limiter
from usher.limits.switch import Switch, Table
from usher.platform.discord_rest import (
    ATTEMPTS,
    DiscordError,
    DiscordRest,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
)

EMPTY = {
    "X-RateLimit-Bucket": "abc",
    "X-RateLimit-Limit": "5",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset-After": "1.5",
}


@dataclass
class Secret:
    """A token that may be replaced."""

    texts: list[str]
    held: str | None = None

    def get(self) -> str:
        self.held = self.held or self.texts[0]
        return self.held

    def forget(self) -> None:
        self.held = None
        if len(self.texts) > 1:
            self.texts.pop(0)


@dataclass
class Line:
    """A client whose clock moves when it waits."""

    replies: list[Reply | Exception]
    texts: list[str] = field(default_factory=lambda: ["old"])
    now: float = 1_800_000_000.0
    pauses: list[float] = field(default_factory=list)
    shared: FakeShared = field(default_factory=FakeShared)
    log: LogBook = field(default_factory=LogBook)

    def __post_init__(self) -> None:
        self.pool: FakePool = FakePool(self.replies)
        clock: Callable[[], float] = lambda: self.now  # noqa: E731
        table = Table(self.shared, clock, self.log.logger, (TableDownError,))
        self.limiter = Limiter(table, Switch(table, self.log.logger), Steady(50), clock)

    def rest(self, longest_wait: float = 3.0) -> DiscordRest:
        def pause(seconds: float) -> None:
            self.pauses.append(seconds)
            self.now += seconds

        pool = cast("urllib3.PoolManager", self.pool)
        return DiscordRest(BASE, Secret(self.texts), pool, pause, longest_wait, self.limiter)


def test_an_empty_bucket_is_waited_for_before_it_refuses() -> None:
    line = Line([Reply(200, {}, EMPTY), Reply(200, {}, EMPTY)])
    rest = line.rest()

    rest.call("GET", "/guilds/1")
    rest.call("GET", "/guilds/1")

    assert line.pauses == [pytest.approx(1.55)]
    assert len(line.pool.calls) == 2


def test_who_can_come_back_later_is_told_when() -> None:
    line = Line([Reply(200, {}, EMPTY)])
    rest = line.rest(longest_wait=0.0)
    rest.call("GET", "/guilds/1")

    with pytest.raises(RateLimitedError) as limited:
        rest.call("GET", "/guilds/1")

    assert limited.value.retry_after == pytest.approx(1.55)
    assert not limited.value.everywhere
    assert len(line.pool.calls) == 1


def test_a_short_limit_is_obeyed_to_the_letter() -> None:
    limited = Reply(429, {"retry_after": 0.7, "global": False}, {"Retry-After": "1"})
    line = Line([limited, Reply(200, {})])

    line.rest().call("GET", "/guilds/1")

    assert sum(line.pauses) == pytest.approx(0.7)


def test_a_token_that_was_replaced_is_used_at_once_and_closes_nothing() -> None:
    line = Line([Reply(401, {}), Reply(200, {"id": "1"})], ["old", "new"])

    assert line.rest().call("GET", "/users/@me") == {"id": "1"}

    assert [call["headers"]["Authorization"] for call in line.pool.calls] == ["Bot old", "Bot new"]
    assert line.shared.closure is None
    assert line.log.lines() == []


def test_a_refused_token_closes_discord_until_it_is_replaced() -> None:
    line = Line([Reply(401, {}), Reply(200, {"id": "1"})], ["old"])
    rest = line.rest()

    for _ in range(3):
        with pytest.raises(UnauthorizedError) as refused:
            rest.call("GET", "/users/@me")
        assert refused.value.retry_after == pytest.approx(30)
    assert len(line.pool.calls) == 1

    line.texts[:] = ["new"]
    line.now += 31
    assert rest.call("GET", "/users/@me") == {"id": "1"}
    assert line.pool.calls[-1]["headers"]["Authorization"] == "Bot new"
    assert line.shared.closure is None


@pytest.mark.parametrize("status", [403, 429])
def test_cloudflares_page_is_no_refusal_of_this_call(status: int) -> None:
    line = Line([Reply(status, b"<html>error code: 1015</html>")])

    with pytest.raises(RateLimitedError) as limited:
        line.rest().call("POST", "/channels/1/messages", {})

    assert (limited.value.retry_after, limited.value.everywhere) == (300, True)
    assert line.limiter.take_tally().bans == 1


def test_a_refusal_of_discords_own_is_one() -> None:
    line = Line([Reply(403, {"code": 50013})])

    with pytest.raises(RefusedError):
        line.rest().call("POST", "/channels/1/messages", {})

    tally = line.limiter.take_tally()
    assert (tally.calls, tally.refusals, tally.bans, tally.closed) == (1, 1, 0, 0)


@dataclass
class SlowPool(FakePool):
    """Takes its time for each answer."""

    line: "Line | None" = None
    seconds: list[float] = field(default_factory=list)

    def request(self, method: str, url: str, **more: Any) -> Reply:  # noqa: ANN401
        assert self.line is not None
        self.line.now += self.seconds.pop(0)
        return super().request(method, url, **more)


SILENCE = ReadTimeoutError(cast("urllib3.HTTPConnectionPool", None), "/", "")
ANSWERS = [SILENCE, Reply(502), Reply(429, {"retry_after": 3.0}), Reply(429, {"retry_after": 0.1})]


@given(
    answers=st.lists(st.sampled_from(ANSWERS), min_size=ATTEMPTS, max_size=ATTEMPTS),
    seconds=st.lists(st.floats(0.05, 8), min_size=ATTEMPTS, max_size=ATTEMPTS),
    pace=st.integers(1, 50),
)
def test_a_call_ends_within_what_a_batch_keeps_for_it(
    answers: list[Reply | Exception], seconds: list[float], pace: int
) -> None:
    line = Line([])
    line.pool = SlowPool([*answers, Reply(502)], line=line, seconds=seconds)
    line.limiter.pace = Steady(pace)
    for _ in range(pace):  # others have used the moment up
        line.limiter.pace.wait(line.now)
    rest = replace(line.rest(), patience=PATIENCE_SECONDS, clock=lambda: line.now)
    began = line.now

    with suppress(DiscordError):
        rest.call("GET", "/guilds/1")

    assert line.now - began <= RESERVE_MILLISECONDS / 1000


def test_who_has_time_asks_a_slow_discord_again() -> None:
    line = Line([])
    line.pool = SlowPool([SILENCE, SILENCE, Reply(200, {})], line=line, seconds=[6.0] * 3)

    line.rest().call("GET", "/guilds/1")

    assert len(line.pool.calls) == 3
