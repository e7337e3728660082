"""An invite opened in a browser, which stands for discord.gg."""

from collections.abc import AsyncIterator
from html import escape

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from infra.practice import Practice

pytestmark = pytest.mark.asyncio
HOSTILE = "<img src=x onerror=alert(1)>"


class Browser:
    """The practice Discord and a browser without script."""

    def __init__(self, practice: Practice, origin: str, session: aiohttp.ClientSession) -> None:
        self.practice = practice
        self.guild = practice.create_guild(HOSTILE)
        self._origin = origin
        self._session = session

    async def ask(self, method: str, code: str, **fields: str) -> tuple[int, str]:
        url = f"{self._origin}/practice/invite/{code}"
        async with self._session.request(method, url, data=fields or None) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            return answer.status, await answer.text()

    def members(self) -> set[str]:
        users = self.practice.world.state.users
        return {users[user].username for user in self.guild.members}


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    practice, app = Practice(), web.Application()
    practice.add_routes(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Browser(practice, f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    await runner.cleanup()


async def test_an_invite_lets_somebody_new_in(browser: Browser) -> None:
    code = browser.practice.create_invite(browser.guild.id, browser.guild.owner_id, max_uses=1)

    status, page = await browser.ask("GET", code)
    assert (status, escape(HOSTILE) in page, HOSTILE in page) == (200, True, False)
    before = len(browser.guild.members)
    status, page = await browser.ask("POST", code, name=HOSTILE)

    assert status == 200
    assert f"Welcome to {escape(HOSTILE)}" in page
    assert HOSTILE not in page
    assert len(browser.guild.members) == before + 1


async def test_an_invite_that_is_spent_or_unknown_lets_nobody_in(browser: Browser) -> None:
    code = browser.practice.create_invite(browser.guild.id, browser.guild.owner_id, max_uses=1)
    await browser.ask("POST", code, name="ana")

    for gone in (code, "nobodys"):
        for method in ("GET", "POST"):
            status, page = await browser.ask(method, gone, name="ben")
            assert status == 404
            assert "invalid or has expired" in page
    assert "ben" not in browser.members()


async def test_who_names_nobody_is_a_newcomer(browser: Browser) -> None:
    code = browser.practice.create_invite(browser.guild.id, browser.guild.owner_id)

    status, page = await browser.ask("POST", code, name="   ")

    assert (status, "Newcomer" in page) == (200, True)
