"""One address for all: the practice Discord, the ledger's newest lines, the deployed HTTP API."""

from __future__ import annotations

import asyncio
import html
import socket
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from aiohttp import web

from infra.local.proxy import MAX_BODY_BYTES, Proxy

type LedgerLines = Callable[[], list[dict[str, Any]]]


class Routes(Protocol):
    """Something that answers paths of its own: the practice Discord."""

    def add_routes(self, app: web.Application) -> None:
        """Add them to the application."""


class PortInUseError(Exception):
    """Another program listens on the port that was asked for."""


def bind(port: int) -> socket.socket:
    """Take the port on the loopback address, 0 for any; raises PortInUseError."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise PortInUseError(
            f"Port {port} is in use by another program; choose one with --port."
        ) from error
    return listening


class Front:
    """The server. It answers from the start; the proxied part once the API is known."""

    def __init__(self, listening: socket.socket, practice: Routes | None) -> None:
        self._listening = listening
        self._practice = practice
        self._proxy = Proxy()
        self._runner: web.AppRunner | None = None
        self._lines: LedgerLines | None = None
        self._addresses: Mapping[str, str] = {}

    @property
    def url(self) -> str:
        """Its own address, without a slash at the end."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    async def start(self) -> None:
        """Serve."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_get("/practice/ledger", self._ledger)
        if self._practice is not None:
            self._practice.add_routes(app)
        app.router.add_get("/", self._index)
        app.router.add_route("*", "/{path:.*}", self._proxy.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listening).start()

    def open(
        self, endpoint_url: str, api_id: str, lines: LedgerLines, addresses: Mapping[str, str]
    ) -> None:
        """Let requests through to the HTTP API; `addresses` is what the index page shows."""
        self._proxy.point_at(endpoint_url, api_id)
        self._lines = lines
        self._addresses = addresses

    async def stop(self) -> None:
        """Stop serving, open connections within a second."""
        await self._proxy.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._listening.close()

    async def _ledger(self, _request: web.Request) -> web.Response:
        lines = await asyncio.to_thread(self._lines) if self._lines else []
        return web.json_response({"lines": lines})

    async def _index(self, _request: web.Request) -> web.Response:
        if self._practice is not None:
            raise web.HTTPFound("/practice")
        rows = "".join(
            f"<dt>{html.escape(name)}</dt><dd><code>{html.escape(value)}</code></dd>"
            for name, value in self._addresses.items()
        )
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Usher</title>'
            f"<h1>Usher on this machine</h1><dl>{rows}</dl></html>"
        )
        return web.Response(text=page, content_type="text/html")
