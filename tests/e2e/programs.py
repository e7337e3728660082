"""A program of somebody's own, with a key of the API and an address that has gone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from tests.e2e.town import Town

type Json = dict[str, Any]

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


class Program:
    """A program with a key that may do everything, and an address that webhooks are posted to."""

    def __init__(self, client: aiohttp.ClientSession, origin: str, hook: str) -> None:
        self._client = client
        self._origin = origin
        self.hook = hook

    async def ask(
        self, method: str, path: str, body: Json | None = None, key: str = "", agent: str = PHONE
    ) -> Json:
        headers = {"User-Agent": agent} | ({"Idempotency-Key": key} if key else {})
        async with self._client.request(
            method, f"{self._origin}{path}", json=body, headers=headers
        ) as answer:
            text = await answer.text()
            # The emulator cannot give an answer without a body on.
            assert answer.status < 300 or (method == "DELETE" and not text), (path, text)
            return dict(json.loads(text)) if text else {}

    async def link(self, town: Town) -> str:
        """Make a campaign and a link of it."""
        wanted = {"name": uuid4().hex[:8], "channel_id": next(iter(town.guild.channels))}
        campaign = await self.ask("POST", "/api/v1/campaigns", wanted)
        link = {"campaign_id": campaign["id"], "title": "Video"}
        return str((await self.ask("POST", "/api/v1/links", link))["code"])

    async def invite(self, link: str) -> str:
        """Have an invite made for a visitor of a link, whom nobody has seen before."""
        path, agent = "/api/discord/create-managed-invite", f"{PHONE} {uuid4().hex}"
        made = await self.ask("POST", path, {"referral_code": link}, agent=agent)
        return str(made["invite_url"]).rpartition("/")[2]


@asynccontextmanager
async def program_with(origin: str, key: str) -> AsyncIterator[Program]:
    """Run a program that has this key."""

    async def gone(_request: web.Request) -> web.Response:
        return web.Response(status=410)

    app = web.Application()
    app.router.add_post("/gone", gone)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = f"http://127.0.0.1:{runner.addresses[0][1]}/gone"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as client:
        yield Program(client, origin, hook)
    await runner.cleanup()
