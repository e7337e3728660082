"""Discord's OAuth2 as the practice Discord gives it: page, codes, tokens."""

from base64 import b64encode

import aiohttp
import pytest

from infra.practice import Practice, PracticeServer
from infra.practice.oauth import challenge_of
from tests.practice import contract
from tests.practice.conftest import FakeClock

pytestmark = pytest.mark.asyncio

BACK = "https://app.example/back"
VERIFIER = "a" * 43


def asked(practice: Practice, **changes: str) -> dict[str, str]:
    practice.register_redirect(BACK)
    return {
        "client_id": practice.application_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "identify",
        "state": "s & t",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    } | changes


async def allowed(practice: Practice, server: PracticeServer, user_id: str) -> str:
    """Have somebody allow the application; return the code."""
    page = f"{server.api_base.removesuffix('/api/v10')}/oauth2/authorize"
    form = {"person": user_id, "decision": "authorize"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(page, params=asked(practice), data=form, allow_redirects=False) as answer,
    ):
        return answer.headers["Location"].partition("code=")[2].partition("&")[0]


async def exchanged(
    practice: Practice, server: PracticeServer, **changes: str
) -> tuple[int, dict[str, object]]:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    both = b64encode(f"{practice.application_id}:{practice.client_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {both}"}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.post(f"{server.api_base}/oauth2/token", data=form | changes) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "1"}, "Unknown application"),
        ({"redirect_uri": "https://evil.example"}, "Invalid OAuth2 redirect_uri"),
        ({"response_type": "token"}, "Unsupported response type"),
        ({"scope": "identify everything"}, "Invalid scope"),
        ({"scope": ""}, "Invalid scope"),
        ({"code_challenge_method": "plain"}, "Unsupported code challenge"),
    ],
)
async def test_what_discord_would_not_ask_for_is_refused_on_its_page(
    practice: Practice, server: PracticeServer, changes: dict[str, str], words: str
) -> None:
    page = f"{server.api_base.removesuffix('/api/v10')}/oauth2/authorize"
    async with aiohttp.ClientSession() as client:
        for method in ("GET", "POST"):
            async with client.request(
                method, page, params=asked(practice, **changes), allow_redirects=False
            ) as answer:
                assert answer.status == 400
                assert words in await answer.text()


async def test_who_cancels_is_led_back_without_a_code(
    practice: Practice, server: PracticeServer
) -> None:
    page = f"{server.api_base.removesuffix('/api/v10')}/oauth2/authorize"
    async with (
        aiohttp.ClientSession() as client,
        client.post(
            page, params=asked(practice), data={"decision": "cancel"}, allow_redirects=False
        ) as answer,
    ):
        assert answer.status == 303
        assert answer.headers["Location"].startswith(f"{BACK}?error=access_denied&")
        assert answer.headers["Location"].endswith("state=s+%26+t")


async def test_a_code_becomes_a_token_once(practice: Practice, server: PracticeServer) -> None:
    person = practice.add_user("Robin")
    code = await allowed(practice, server, person.id)

    status, token = await exchanged(practice, server, code=code)

    assert status == 200
    assert (token["token_type"], token["scope"]) == ("Bearer", "identify")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.get(f"{server.api_base}/users/@me") as answer,
    ):
        told = await answer.json()
        assert contract.problems("GET", "/users/@me", answer.status, told) == []
        assert told["id"] == person.id
    again = await exchanged(practice, server, code=code)
    assert (again[0], again[1]["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "x"}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example"}, "invalid_grant"),
        ({"code_verifier": "b" * 43}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_what_is_wrong_with_an_exchange_is_oauth2_s_word(
    practice: Practice, server: PracticeServer, changes: dict[str, str], error: str
) -> None:
    code = await allowed(practice, server, practice.add_user("Robin").id)

    status, said = await exchanged(practice, server, **({"code": code} | changes))

    assert (status, said["error"]) == (400, error)


async def test_codes_grow_old(practice: Practice, server: PracticeServer, clock: FakeClock) -> None:
    code = await allowed(practice, server, practice.add_user("Robin").id)
    clock.advance(minutes=10)

    assert (await exchanged(practice, server, code=code))[0] == 400


async def test_nobody_else_is_the_client(practice: Practice, server: PracticeServer) -> None:
    url = f"{server.api_base}/oauth2/token"
    async with aiohttp.ClientSession() as client:
        for headers in ({}, {"Authorization": "Basic ?"}, {"Authorization": "Basic YTpi"}):
            form = {"grant_type": "authorization_code", "code": "x"}
            async with client.post(url, data=form, headers=headers) as answer:
                assert answer.status == 401
                assert (await answer.json())["error"] == "invalid_client"
        async with client.post(url, json={}) as answer:
            assert (await answer.json())["error"] == "invalid_request"
        async with client.get(
            f"{server.api_base}/users/@me", headers={"Authorization": "Bearer x"}
        ) as answer:
            assert answer.status == 401
