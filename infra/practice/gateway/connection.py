"""One websocket: hello, heartbeats, frames in, frames out, compressed where asked."""

import asyncio
import contextlib
import json
import zlib
from collections import deque
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from infra.practice.gateway.frames import FINAL, CloseCode, GatewayClosedError, Op, frame
from infra.practice.gateway.members import send_members
from infra.practice.gateway.session import Session
from infra.practice.gateway.sessions import Hub
from infra.practice.json_types import Json, JsonObject, as_object
from infra.practice.world import World

FRAME_BYTES = 4_096
FRAMES_PER_MINUTE = 120
GRACE = 1.5
# A client that closes with one of these ends its session (Gateway, Initiating a Disconnect).
PARTING = (1000, 1001)


@dataclass(frozen=True, slots=True)
class _Cut:
    code: int | None


class Connection:
    """Serves one client until it or the server closes.

    A client silent for one and a half heartbeat intervals is closed (4009). A session that loses
    its connection otherwise than by its own parting can be resumed.
    """

    def __init__(self, world: World, hub: Hub) -> None:
        self._world = world
        self._hub = hub
        self._interval = hub.terms.heartbeat_interval
        self._socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        self._outgoing: asyncio.Queue[JsonObject | _Cut] = asyncio.Queue()
        self._compressor: zlib._Compress | None = None
        self._transport: asyncio.Transport | None = None
        self._parted = False
        self.session: Session | None = None
        self._arrivals: deque[float] = deque(maxlen=FRAMES_PER_MINUTE)
        self._last_heartbeat = 0.0
        self._url = ""

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Run the connection."""
        await self._socket.prepare(request)
        self._transport = request.transport
        self._url = f"ws://{request.host}{request.path}"
        if request.query.get("compress") == "zlib-stream":
            self._compressor = zlib.compressobj()
        writer = asyncio.create_task(self._write())
        self._hub.outlets.add(self)
        try:
            _check_terms(request)
            await self._read()
        except GatewayClosedError as closed:
            self._parted = closed.code in FINAL
            self._leave()
            await self._drain()
            await self._socket.close(code=closed.code.value, message=str(closed).encode())
        finally:
            self._leave()
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return self._socket

    async def close(self) -> None:
        """Close from the server's side: a restart, after which the client comes back."""
        await self._socket.close(code=1001)

    def send(self, outgoing: JsonObject) -> None:
        """Queue a frame."""
        self._outgoing.put_nowait(outgoing)

    def cut(self, code: int | None) -> None:
        """Close with a code after what is queued; None drops the connection without a word."""
        self._outgoing.put_nowait(_Cut(code))

    def _leave(self) -> None:
        self._hub.outlets.discard(self)
        session, self.session = self.session, None
        if session is not None:
            self._hub.lose(session, ended=self._parted)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        self._last_heartbeat = loop.time()
        milliseconds = int(self._interval * 1_000)
        self.send(frame(Op.HELLO, {"heartbeat_interval": milliseconds, "_trace": ["practice"]}))
        while True:
            patience = self._last_heartbeat + self._interval * GRACE - loop.time()
            try:
                message = await self._socket.receive(timeout=max(patience, 0.001))
            except TimeoutError:
                raise GatewayClosedError(CloseCode.SESSION_TIMED_OUT) from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                self._parted = message.type is WSMsgType.CLOSE and message.data in PARTING
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
            self.send(frame(Op.HEARTBEAT_ACK))
        elif op == Op.IDENTIFY:
            self._expect_no_session()
            self._begin(self._hub.identify(data, self, self._url))
        elif op == Op.RESUME:
            self._expect_no_session()
            if self._hub.resumes_to_drop:
                self._hub.resumes_to_drop -= 1
                self.cut(None)
            else:
                self._begin(self._hub.resume(data, self))
        elif op in (Op.REQUEST_GUILD_MEMBERS, Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE, 31):
            session = self._expect_session()
            if op == Op.REQUEST_GUILD_MEMBERS:
                send_members(self._world, session, data)
        else:
            raise GatewayClosedError(CloseCode.UNKNOWN_OPCODE)

    def _begin(self, session: Session | None) -> None:
        self.session = session
        if session is None:
            self.send(frame(Op.INVALID_SESSION, data=False))

    def _expect_session(self) -> Session:
        if self.session is None:
            raise GatewayClosedError(CloseCode.NOT_AUTHENTICATED)
        return self.session

    def _expect_no_session(self) -> None:
        if self.session is not None:
            raise GatewayClosedError(CloseCode.ALREADY_AUTHENTICATED)

    async def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._outgoing.join(), timeout=1)

    async def _write(self) -> None:
        while True:
            outgoing = await self._outgoing.get()
            try:
                if isinstance(outgoing, _Cut):
                    await self._cut_now(outgoing.code)
                elif not self._socket.closed:
                    await self._send_now(outgoing)
            finally:
                self._outgoing.task_done()

    async def _send_now(self, outgoing: JsonObject) -> None:
        text = json.dumps(outgoing, separators=(",", ":"), ensure_ascii=False)
        with contextlib.suppress(ConnectionError):
            if self._compressor is None:
                await self._socket.send_str(text)
            else:
                packed = self._compressor.compress(text.encode())
                packed += self._compressor.flush(zlib.Z_SYNC_FLUSH)
                await self._socket.send_bytes(packed)

    async def _cut_now(self, code: int | None) -> None:
        if code is not None:
            await self._socket.close(code=code)
        elif self._transport is not None:
            self._transport.abort()


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
