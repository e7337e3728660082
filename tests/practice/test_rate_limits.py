"""Rate limits: buckets, headers, 429."""

import pytest

from infra.practice import Practice, Quota, RateLimits
from infra.practice.rest.limits import Limits
from tests.practice.rest import Rest

A_DAY = 86_400.0


class Seconds:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.asyncio
async def test_beyond_the_limit_the_answer_is_429_with_its_headers(
    practice: Practice, rest: Rest
) -> None:
    practice.rate_limits = RateLimits(per_route=Quota(2, A_DAY))
    path = f"/guilds/{practice.guild.id}/invites"
    remaining = []
    for _ in range(2):
        await rest.get(path)
        remaining.append(rest.headers["X-RateLimit-Remaining"])
    assert remaining == ["1", "0"]
    answer = await rest.call("GET", path, expect=429)
    assert answer["message"] == "You are being rate limited."
    assert answer["global"] is False
    assert A_DAY - 60 < answer["retry_after"] <= A_DAY
    assert rest.headers["X-RateLimit-Scope"] == "user"
    assert abs(float(rest.headers["X-RateLimit-Reset-After"]) - answer["retry_after"]) < 0.01
    assert int(rest.headers["Retry-After"]) >= answer["retry_after"]
    assert practice.invalid_requests == 1


@pytest.mark.asyncio
async def test_routes_and_top_level_resources_have_limits_of_their_own(
    practice: Practice, rest: Rest
) -> None:
    practice.rate_limits = RateLimits(per_route=Quota(1, A_DAY))
    second = practice.create_guild("Second")
    await rest.get(f"/guilds/{practice.guild.id}/invites")
    first_bucket = rest.headers["X-RateLimit-Bucket"]
    await rest.get(f"/guilds/{second.id}/invites")
    assert rest.headers["X-RateLimit-Bucket"] == first_bucket
    await rest.get(f"/guilds/{practice.guild.id}/vanity-url")
    assert rest.headers["X-RateLimit-Bucket"] != first_bucket
    members = list(practice.guild.members)
    base = f"/guilds/{practice.guild.id}/members"
    await rest.get(f"{base}/{members[0]}")
    await rest.call("GET", f"{base}/{members[1]}", expect=429)


@pytest.mark.asyncio
async def test_the_global_limit_spans_routes_but_not_interactions(
    practice: Practice, rest: Rest
) -> None:
    hook = await rest.call(
        "POST", f"/channels/{practice.guild.system_channel_id}/webhooks", {"name": "alerts"}
    )
    practice.rate_limits = RateLimits(global_per_second=0)
    answer = await rest.call("GET", "/users/@me", expect=429)
    assert answer["global"] is True
    assert rest.headers["X-RateLimit-Scope"] == "global"
    await rest.get(f"/webhooks/{hook['id']}/{hook['token']}")


def test_a_window_begins_anew() -> None:
    clock = Seconds()
    limits = Limits(RateLimits(per_route=Quota(2, 5.0)), clock)
    tallies = [limits.count("GET /a", "a", "1") for _ in range(3)]
    assert [tally.refusal is None for tally in tallies] == [True, True, False]
    clock.now += 4.0
    assert limits.count("GET /a", "a", "1").headers["X-RateLimit-Reset-After"] == "1.000"
    clock.now += 1.0
    assert limits.count("GET /a", "a", "1").headers["X-RateLimit-Remaining"] == "1"


def test_the_global_window_is_a_second() -> None:
    clock = Seconds()
    limits = Limits(RateLimits(global_per_second=50), clock)
    refused = [limits.count("GET /a", "a", str(number)).refusal for number in range(51)]
    assert [item is None for item in refused] == [True] * 50 + [False]
    assert limits.count("POST /b", "b", "", exempt=True).refusal is None
    clock.now += 1.0
    assert limits.count("GET /a", "a", "1").refusal is None


def test_a_special_route_has_its_own_quota() -> None:
    limits = Limits(RateLimits(special={"GET /a": Quota(1, 60.0)}), Seconds())
    assert limits.count("GET /a", "a", "").refusal is None
    assert limits.count("GET /a", "a", "").refusal is not None
    assert limits.count("GET /b", "b", "").headers["X-RateLimit-Limit"] == "1000"


def test_invalid_requests_are_counted_for_ten_minutes() -> None:
    clock = Seconds()
    limits = Limits(RateLimits(), clock)
    for status in (200, 401, 403, 404, 429, 500):
        limits.note(status, {})
    limits.note(429, {"X-RateLimit-Scope": "shared"})
    assert limits.invalid_requests == 3
    clock.now += 601.0
    assert limits.invalid_requests == 0


@pytest.mark.asyncio
async def test_by_default_nobody_is_held_up(practice: Practice, rest: Rest) -> None:
    for _ in range(100):
        await rest.get("/users/@me")
    assert rest.headers["X-RateLimit-Limit"] == "1000"


@pytest.mark.asyncio
async def test_it_is_told_how_often_each_route_was_asked(practice: Practice, rest: Rest) -> None:
    for _ in range(3):
        await rest.get("/users/@me")
    assert practice.asked["GET /users/@me"] == 3
