"""The front: what it answers itself, and that the rest passes through it byte for byte."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from infra.local.front import Front, PortInUseError, bind
from infra.local.proxy import MAX_BODY_BYTES
from tests.local.stacks import Stack

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """One request as the emulator would see it."""

    raw_path: str
    method: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Emulator:
    """Stands in for the emulator: notes requests, answers what it is told to."""

    answer: Callable[[], web.StreamResponse] = lambda: web.json_response({"ok": True})
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append(
            Seen(request.raw_path, request.method, list(request.headers.items()), body)
        )
        return self.answer()


class _Practice:
    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/practice", self._page)

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text="the practice page")


@asynccontextmanager
async def _running(emulator: Emulator, *, practice: bool = False) -> AsyncIterator[Front]:
    app = web.Application(client_max_size=2 * MAX_BODY_BYTES)
    app.router.add_route("*", "/{path:.*}", emulator.handle)
    runner = web.AppRunner(app, auto_decompress=False)
    await runner.setup()
    site = web.SockSite(runner, bind(0))
    await site.start()
    emulator.url = f"http://127.0.0.1:{URL(site.name).port}"
    front = Front(bind(0), _Practice() if practice else None)
    await front.start()
    try:
        yield front
    finally:
        await front.stop()
        await runner.cleanup()


def _open(front: Front, emulator: Emulator) -> None:
    front.open(emulator.url, "abcd1234", lambda: [{"line": 1}], {"Embedded cloud": "<here>"})


@pytest.mark.asyncio
async def test_a_request_passes_unchanged() -> None:
    emulator = Emulator()
    body = b'{"a": "\xf0\x9f\xa6\x89"}\r\n \x00\xff'
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        _open(front, emulator)
        headers = {
            "X-Signature-Ed25519": "AB" * 32,
            "X-Signature-Timestamp": "1700000000",
            "Content-Type": "application/json",
            "Content-Encoding": "identity",
        }
        url = URL(f"{front.url}/interactions?a=%2Fb&c=d+e&a=%C3%A9&f", encoded=True)
        async with client.post(url, data=body, headers=headers) as answer:
            assert await answer.json() == {"ok": True}

    (seen,) = emulator.seen
    forwarded = dict(seen.headers)
    assert (seen.method, seen.raw_path) == ("POST", "/interactions?a=%2Fb&c=d+e&a=%C3%A9&f")
    assert seen.body == body
    assert headers.items() <= forwarded.items()
    assert forwarded["Host"] == f"abcd1234.execute-api.127.0.0.1:{URL(emulator.url).port}"
    assert forwarded["X-Forwarded-For"] == "127.0.0.1"


@pytest.mark.asyncio
async def test_an_answer_passes_unchanged() -> None:
    def answer() -> web.StreamResponse:
        response = web.Response(status=302, body=b"\x00gone", headers={"Location": "/there"})
        response.headers.add("Set-Cookie", "a=1")
        response.headers.add("Set-Cookie", "b=2")
        return response

    emulator = Emulator(answer)
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        _open(front, emulator)
        async with client.get(f"{front.url}/r/code", allow_redirects=False) as got:
            assert (got.status, got.headers["Location"]) == (302, "/there")
            assert got.headers.getall("Set-Cookie") == ["a=1", "b=2"]
            assert await got.read() == b"\x00gone"


@pytest.mark.asyncio
async def test_a_crashed_function_shows_no_trace() -> None:
    crash = {"errorMessage": "boom", "errorType": "E", "stackTrace": ["secret"]}
    emulator = Emulator(lambda: web.json_response(crash, status=502))
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        _open(front, emulator)
        async with client.post(f"{front.url}/interactions") as answer:
            assert answer.status == 500
            assert await answer.json() == {"message": "Internal Server Error"}


@pytest.mark.asyncio
async def test_a_functions_own_502_passes() -> None:
    emulator = Emulator(lambda: web.json_response({"upstream": "down"}, status=502))
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        _open(front, emulator)
        async with client.get(f"{front.url}/x") as answer:
            assert (answer.status, await answer.json()) == (502, {"upstream": "down"})


@pytest.mark.asyncio
async def test_before_it_is_open_and_after_the_emulator_is_gone_it_is_unavailable() -> None:
    emulator = Emulator()
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        async with client.post(f"{front.url}/interactions") as answer:
            assert answer.status == 503
        front.open("http://127.0.0.1:9", "abcd1234", list, {})
        async with client.post(f"{front.url}/interactions") as answer:
            assert (answer.status, await answer.json()) == (503, {"message": "Service Unavailable"})


@pytest.mark.asyncio
async def test_a_body_over_the_limit_of_api_gateway_is_refused() -> None:
    emulator = Emulator()
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        _open(front, emulator)
        too_much = io.BytesIO(b"x" * (MAX_BODY_BYTES + 1))
        async with client.post(f"{front.url}/interactions", data=too_much) as answer:
            assert answer.status == 413
            assert await answer.json() == {"message": "Request Entity Too Large"}

    assert emulator.seen == []


@pytest.mark.asyncio
async def test_many_requests_at_once_keep_their_bodies() -> None:
    emulator = Emulator()
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        _open(front, emulator)

        async def post(number: int) -> None:
            async with client.post(f"{front.url}/n/{number}", data=str(number)) as answer:
                assert answer.status == 200

        await asyncio.gather(*(post(number) for number in range(100)))

    assert {(seen.raw_path, seen.body.decode()) for seen in emulator.seen} == {
        (f"/n/{number}", str(number)) for number in range(100)
    }


@pytest.mark.asyncio
async def test_the_index_shows_the_addresses_or_leads_to_the_practice_page() -> None:
    emulator = Emulator()
    async with _running(emulator) as front, aiohttp.ClientSession() as client:
        _open(front, emulator)
        async with client.get(front.url) as answer:
            assert "&lt;here&gt;" in await answer.text()
    async with (
        _running(emulator, practice=True) as front,
        aiohttp.ClientSession() as client,
        client.get(front.url) as answer,
    ):
        assert await answer.text() == "the practice page"


@pytest.mark.asyncio
async def test_the_ledgers_lines_are_served() -> None:
    emulator = Emulator()
    async with _running(emulator, practice=True) as front, aiohttp.ClientSession() as client:
        async with client.get(f"{front.url}/practice/ledger") as answer:
            assert json.loads(await answer.text()) == {"lines": []}
        _open(front, emulator)
        async with client.get(f"{front.url}/practice/ledger") as answer:
            assert json.loads(await answer.text()) == {"lines": [{"line": 1}]}


def test_a_taken_port_is_one_sentence() -> None:
    with bind(0) as taken, pytest.raises(PortInUseError, match="is in use by another program"):
        bind(taken.getsockname()[1])


@pytest.mark.asyncio
async def test_a_real_functions_crash_looks_as_on_aws(stack: Stack) -> None:
    front = Front(bind(0), None)
    await front.start()
    front.open(stack.emulator.endpoint_url, stack.physical("HttpApi"), list, {})
    headers = {"Content-Type": "text/plain"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{front.url}/interactions", data="crash", headers=headers) as answer,
    ):
        assert (answer.status, await answer.json()) == (500, {"message": "Internal Server Error"})
    await front.stop()
