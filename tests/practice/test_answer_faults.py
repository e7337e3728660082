"""REST that goes wrong on demand."""

import aiohttp
import pytest

from infra.practice import Practice
from infra.practice.faults.faults import FOREVER
from infra.practice.json_types import Json
from tests.practice.conftest import FakeClock
from tests.practice.rest import Rest


@pytest.mark.asyncio
async def test_a_route_is_refused_as_often_as_asked(practice: Practice, rest: Rest) -> None:
    path = f"/guilds/{practice.guild.id}/invites"
    practice.faults.answer("GET", "/guilds/*/invites", 403, times=2)
    for _ in range(2):
        await rest.refused("GET", path, status=403, code=50013)
    await rest.get(path)


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_the_server_fails(practice: Practice, rest: Rest, status: int) -> None:
    async with aiohttp.ClientSession() as session:
        practice.faults.answer("*", "/gateway", status)
        async with session.get(f"{rest.base}/gateway") as response:
            assert (response.status, (await response.json())["code"]) == (status, 0)
        async with session.get(f"{rest.base}/gateway") as response:
            assert response.status == 200


@pytest.mark.asyncio
async def test_only_what_matches_is_meant(practice: Practice, rest: Rest) -> None:
    guild = practice.guild
    practice.faults.answer("GET", f"/guilds/{guild.id}/**", 429, FOREVER, retry_after=2.5)
    for path in ("invites", "vanity-url", f"members/{guild.owner_id}"):
        answer = await rest.call("GET", f"/guilds/{guild.id}/{path}", expect=429)
        assert (answer["retry_after"], answer["global"]) == (2.5, False)
        assert rest.headers["Retry-After"] == "3"
        assert rest.headers["X-RateLimit-Scope"] == "user"
    await rest.get(f"/guilds/{guild.id}")
    await rest.get("/users/@me")
    practice.faults.clear()
    await rest.get(f"/guilds/{guild.id}/invites")


@pytest.mark.asyncio
@pytest.mark.parametrize("scope", ["shared", "global"])
async def test_a_429_has_its_scope(practice: Practice, rest: Rest, scope: str) -> None:
    practice.faults.answer("GET", "/users/@me", 429, scope=scope)
    answer = await rest.call("GET", "/users/@me", expect=429)
    assert answer["global"] == (scope == "global")
    assert rest.headers["X-RateLimit-Scope"] == scope
    assert ("X-RateLimit-Global" in rest.headers) == (scope == "global")
    assert practice.invalid_requests == (0 if scope == "shared" else 1)


@pytest.mark.asyncio
async def test_cloudflare_speaks_no_json(practice: Practice, rest: Rest) -> None:
    practice.faults.answer("GET", "/gateway", 429, text="error code: 1015")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{rest.base}/gateway") as response,
    ):
        assert (response.status, response.content_type) == (429, "text/plain")
        assert await response.text() == "error code: 1015"
        assert not {"Retry-After", "Via", "X-RateLimit-Bucket"} & response.headers.keys()


@pytest.mark.asyncio
async def test_a_body_of_ones_own(practice: Practice, rest: Rest) -> None:
    body: Json = {"message": "Maintenance", "code": 130000}
    practice.faults.answer("GET", "/users/@me", 403, body=body)
    assert await rest.call("GET", "/users/@me", expect=403) == body


@pytest.mark.asyncio
async def test_a_lost_answer_was_served_all_the_same(practice: Practice, rest: Rest) -> None:
    channel = practice.guild.system_channel_id
    practice.faults.lose_answers("POST", "/channels/*/invites")
    with pytest.raises(aiohttp.ClientError):
        await rest.call("POST", f"/channels/{channel}/invites", {"unique": True})
    assert len(practice.guild.invites) == 5


@pytest.mark.asyncio
async def test_a_stalled_request_is_served_late(practice: Practice, rest: Rest) -> None:
    practice.faults.stall("GET", "/users/@me", 3_600)
    with pytest.raises(TimeoutError):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as session:
            await session.get(f"{rest.base}/users/@me")
    practice.faults.stall("GET", "/users/@me", 0.01)
    await rest.get("/users/@me")


@pytest.mark.asyncio
async def test_uses_are_missing_where_they_are_hidden(practice: Practice, rest: Rest) -> None:
    guild = practice.guild
    path = f"/guilds/{guild.id}/invites"
    practice.faults.hide_uses(guild.id, "TheoWk25")
    hidden = {item["code"] for item in await rest.get(path) if "uses" not in item}
    assert hidden == {"TheoWk25"}
    practice.faults.hide_uses(guild.id)
    assert all("uses" not in item and "max_uses" not in item for item in await rest.get(path))
    practice.faults.show_uses(guild.id)
    assert all("uses" in item for item in await rest.get(path))


@pytest.mark.asyncio
async def test_counts_lag_behind_the_joins(
    practice: Practice, rest: Rest, clock: FakeClock
) -> None:
    guild = practice.guild

    async def shown() -> tuple[int, int]:
        invites = {item["code"]: item["uses"] for item in await rest.get(path)}
        vanity = await rest.get(f"/guilds/{guild.id}/vanity-url")
        return invites["JonasOpen7"], vanity["uses"]

    path = f"/guilds/{guild.id}/invites"
    practice.faults.lag_counts(3)
    practice.join(guild.id, code="JonasOpen7", user="Robin")
    clock.advance(seconds=1)
    practice.join(guild.id, code="JonasOpen7", user="Kim")
    practice.join(guild.id, code="practice", user="Sam")
    assert await shown() == (2, 12)
    clock.advance(seconds=2)
    assert await shown() == (3, 12)
    clock.advance(seconds=1)
    assert await shown() == (4, 13)
    practice.join(guild.id, code="JonasOpen7", user="Lee")
    practice.faults.lag_counts(0)
    assert await shown() == (5, 13)
