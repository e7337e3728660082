"""A tiny interactions endpoint for the tests: it verifies signatures and answers by command."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

type Payload = dict[str, Any]
type Answer = Callable[[Payload], Awaitable[web.StreamResponse | Payload]]


class FakeEndpoint:
    """Serves one route; `answers` are by the first word of a command, or by custom id."""

    def __init__(self, public_key_hex: str) -> None:
        self._key = VerifyKey(bytes.fromhex(public_key_hex))
        self.received: list[Payload] = []
        self.refused = 0
        self.answers: dict[str, Answer] = {}
        self.trusting = False
        app = web.Application()
        app.router.add_post("/interactions", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self.url = ""

    async def __aenter__(self) -> "FakeEndpoint":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/interactions"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not self.trusting and not self._genuine(request, body):
            self.refused += 1
            return web.json_response({"error": "invalid request signature"}, status=401)
        payload: Payload = json.loads(body)
        if payload["type"] == 1:
            return web.json_response({"type": 1})
        self.received.append(payload)
        name = payload["data"].get("name") or payload["data"]["custom_id"]
        answer = await self.answers[name](payload)
        return web.json_response(answer) if isinstance(answer, dict) else answer

    def _genuine(self, request: web.Request, body: bytes) -> bool:
        try:
            signature = bytes.fromhex(request.headers["X-Signature-Ed25519"])
            timestamp = request.headers["X-Signature-Timestamp"].encode()
            self._key.verify(timestamp + body, signature)
        except (BadSignatureError, KeyError, ValueError):
            return False
        return True
