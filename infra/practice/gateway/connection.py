"""One websocket: hello, heartbeats, frames in, frames out, compressed where asked."""

import asyncio
import contextlib
import json
import zlib
from collections import deque

from aiohttp import WSMsgType, web

from infra.practice.gateway.frames import CloseCode, GatewayClosedError, Op, frame
from infra.practice.gateway.members import send_members
from infra.practice.gateway.sessions import Hub, Session
from infra.practice.json_types import Json, JsonObject, as_object
from infra.practice.world import World

FRAME_BYTES = 4_096
FRAMES_PER_MINUTE = 120
GRACE = 1.5


class Connection:
    """Serves one client until it or the server closes.

    `heartbeat_interval` is in seconds; a client silent for one and a half of it is closed (4009).
    """

    def __init__(self, world: World, hub: Hub, heartbeat_interval: float) -> None:
        self._world = world
        self._hub = hub
        self._interval = heartbeat_interval
        self._socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        self._outgoing: asyncio.Queue[JsonObject] = asyncio.Queue()
        self._compressor: zlib._Compress | None = None
        self._session: Session | None = None
        self._arrivals: deque[float] = deque(maxlen=FRAMES_PER_MINUTE)
        self._last_heartbeat = 0.0
        self._url = ""

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Run the connection."""
        await self._socket.prepare(request)
        self._url = f"ws://{request.host}{request.path}"
        if request.query.get("compress") == "zlib-stream":
            self._compressor = zlib.compressobj()
        writer = asyncio.create_task(self._write())
        try:
            _check_terms(request)
            await self._read()
        except GatewayClosedError as closed:
            await self._drain()
            await self._socket.close(code=closed.code.value, message=str(closed).encode())
        finally:
            if self._session is not None:
                self._hub.drop(self._session)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return self._socket

    async def close(self) -> None:
        """Close from the server's side: a restart, after which the client comes back."""
        await self._socket.close(code=1001)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        self._last_heartbeat = loop.time()
        milliseconds = int(self._interval * 1_000)
        self._send(frame(Op.HELLO, {"heartbeat_interval": milliseconds, "_trace": ["practice"]}))
        while True:
            patience = self._last_heartbeat + self._interval * GRACE - loop.time()
            try:
                message = await self._socket.receive(timeout=max(patience, 0.001))
            except TimeoutError:
                raise GatewayClosedError(CloseCode.SESSION_TIMED_OUT) from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            self._count(loop.time())
            self._handle(_decode(message.data))

    def _count(self, now: float) -> None:
        self._arrivals.append(now)
        if len(self._arrivals) == FRAMES_PER_MINUTE and now - self._arrivals[0] < 60:
            raise GatewayClosedError(CloseCode.RATE_LIMITED)

    def _handle(self, incoming: JsonObject) -> None:
        op, data = incoming.get("op"), as_object(incoming.get("d"))
        if op == Op.HEARTBEAT:
            self._last_heartbeat = asyncio.get_running_loop().time()
            self._send(frame(Op.HEARTBEAT_ACK))
        elif op == Op.IDENTIFY:
            self._expect_no_session()
            self._session = self._hub.identify(data, self._send, self._url)
        elif op == Op.RESUME:
            self._expect_no_session()
            self._session = self._hub.resume(data, self._send)
            if self._session is None:
                self._send(frame(Op.INVALID_SESSION, data=False))
        elif op in (Op.REQUEST_GUILD_MEMBERS, Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE, 31):
            session = self._expect_session()
            if op == Op.REQUEST_GUILD_MEMBERS:
                send_members(self._world, session, data)
        else:
            raise GatewayClosedError(CloseCode.UNKNOWN_OPCODE)

    def _expect_session(self) -> Session:
        if self._session is None:
            raise GatewayClosedError(CloseCode.NOT_AUTHENTICATED)
        return self._session

    def _expect_no_session(self) -> None:
        if self._session is not None:
            raise GatewayClosedError(CloseCode.ALREADY_AUTHENTICATED)

    def _send(self, outgoing: JsonObject) -> None:
        self._outgoing.put_nowait(outgoing)

    async def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._outgoing.join(), timeout=1)

    async def _write(self) -> None:
        while True:
            outgoing = await self._outgoing.get()
            text = json.dumps(outgoing, separators=(",", ":"), ensure_ascii=False)
            with contextlib.suppress(ConnectionError):
                if self._compressor is None:
                    await self._socket.send_str(text)
                else:
                    packed = self._compressor.compress(text.encode())
                    packed += self._compressor.flush(zlib.Z_SYNC_FLUSH)
                    await self._socket.send_bytes(packed)
            self._outgoing.task_done()


def _check_terms(request: web.Request) -> None:
    if request.query.get("v") != "10":
        raise GatewayClosedError(CloseCode.INVALID_API_VERSION)
    if request.query.get("encoding", "json") != "json":
        raise GatewayClosedError(CloseCode.DECODE_ERROR)


def _decode(data: object) -> JsonObject:
    raw = data.encode() if isinstance(data, str) else data
    if not isinstance(raw, bytes) or len(raw) > FRAME_BYTES:
        raise GatewayClosedError(CloseCode.DECODE_ERROR)
    try:
        parsed: Json = json.loads(raw)
    except ValueError:
        raise GatewayClosedError(CloseCode.DECODE_ERROR) from None
    if not isinstance(parsed, dict):
        raise GatewayClosedError(CloseCode.DECODE_ERROR)
    return parsed
