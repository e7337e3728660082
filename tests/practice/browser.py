"""The page in a real browser: the site, the browser, and what tests do on both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from infra.practice import Practice
from tests.practice.test_contract import COMMANDS

CHROMIUM = Path("/usr/bin/chromium")
needs_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")


class Site:
    """The practice Discord with a ledger beside it."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.lines: list[dict[str, Any]] | None = None
        app = web.Application()
        practice.add_routes(app)
        app.router.add_get("/practice/ledger", self._ledger)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self.origin = ""

    async def start(self) -> None:
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        self.practice.origin = self.origin

    async def _ledger(self, _: web.Request) -> web.Response:
        if self.lines is None:
            raise web.HTTPNotFound
        return web.json_response({"lines": self.lines})


@asynccontextmanager
async def opened(site: Site) -> AsyncIterator[Page]:
    """Open the page; no script may fail and nothing may be asked of elsewhere."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--headless=new", "--disable-background-networking"],
        )
        page = await browser.new_page(viewport={"width": 1_280, "height": 800})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{site.origin}/practice")
        await expect(page.locator("#status")).to_contain_text("members")
        yield page
        assert wrong == []
        assert all(url.startswith(site.origin) for url in asked)
        await browser.close()


async def register(site: Site, *more: dict[str, Any]) -> None:
    practice = site.practice
    url = f"{site.origin}/api/v10/applications/{practice.application_id}/commands"
    headers = {"Authorization": f"Bot {practice.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.put(url, json=[*COMMANDS, *more]) as response,
    ):
        assert response.status == 200
