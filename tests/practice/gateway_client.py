"""A client that speaks the gateway's frames, for the tests."""

import json
import zlib
from typing import Any

import aiohttp

from infra.practice import Practice, PracticeServer


class Socket:
    """A client that speaks the gateway's frames."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj()
        self.sequence = 0

    async def read(self) -> dict[str, Any]:
        message = await self.socket.receive(timeout=5)
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        raw = message.data
        text = self._inflate.decompress(raw) if isinstance(raw, bytes) else raw
        frame: dict[str, Any] = json.loads(text)
        self.sequence = frame["s"] or self.sequence
        return frame

    async def event(self) -> tuple[str, dict[str, Any]]:
        frame = await self.read()
        assert frame["op"] == 0, frame
        return frame["t"], frame["d"]

    async def send(self, op: int, data: object = None) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def identify(self, practice: Practice, intents: int, **more: object) -> dict[str, Any]:
        token = more.pop("token", practice.bot_token)
        await self.send(2, {"token": token, "intents": intents, "properties": {}, **more})
        event, data = await self.event()
        assert event == "READY"
        return data

    async def closed_with(self) -> int | None:
        while True:
            message = await self.socket.receive(timeout=5)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                return self.socket.close_code

    async def resume(
        self, practice: Practice, session_id: str, sequence: int
    ) -> list[dict[str, Any]] | None:
        """Resume and return what was replayed; None for an invalid session."""
        data = {"token": practice.bot_token, "session_id": session_id, "seq": sequence}
        await self.send(6, data)
        replayed = []
        while (frame := await self.read())["t"] != "RESUMED":
            if frame["op"] == 9:
                assert frame["d"] is False
                return None
            replayed.append(frame)
        self.sequence = frame["s"]
        return replayed

    async def close(self, code: int = 4000) -> None:
        """Close as a client that means to come back, unless told."""
        await self.socket.close(code=code)

    async def settle(self) -> list[str]:
        """Read all that was sent before a heartbeat is acknowledged; return the events' names."""
        await self.send(1, None)
        names = []
        while (frame := await self.read())["op"] != 11:
            names.append(frame["t"])
        return names


async def connect(
    session: aiohttp.ClientSession, server: PracticeServer, query: str = "v=10&encoding=json"
) -> Socket:
    socket = Socket(await session.ws_connect(f"{server.gateway_url}?{query}"))
    hello = await socket.read()
    assert (hello["op"], hello["d"]["heartbeat_interval"]) == (10, 41_250)
    return socket
