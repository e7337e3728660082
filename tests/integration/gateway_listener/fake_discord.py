"""A small Discord on 127.0.0.1: as much of REST and gateway as the listener uses."""

import asyncio
import contextlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

type Payload = dict[str, Any]

TOKEN = "bot.token"


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer as Discord does: its content type names no charset, which discord.py relies on."""
    content = json.dumps(body).encode()
    return web.Response(
        body=content, status=status, content_type="application/json", headers=headers
    )


@dataclass
class FakeDiscord:
    """What it answers can be changed at any time; what it was asked is kept."""

    guilds: list[str] = field(default_factory=lambda: ["100"])
    invites: Callable[[], web.Response] = lambda: answer([])
    vanity: Callable[[], web.Response] = lambda: answer(
        {"message": "Invite code is either invalid or taken.", "code": 50020}, status=403
    )
    before_guild_create: list[tuple[str, Payload]] = field(default_factory=list)
    on_resume: list[tuple[str, Payload]] = field(default_factory=list)
    members: list[Payload] = field(default_factory=list)
    search: Callable[[Payload], web.Response] = lambda _: answer({"code": 0}, status=404)
    """Answers the body of a members-search."""
    audit_log: list[Payload] = field(default_factory=list)
    audit_refusal: int | None = None
    resumable: bool = True
    """Whether sessions can be taken up again."""
    hanging: asyncio.Event | None = None
    """While it is not set, nobody is told the invites."""
    hanging_members: asyncio.Event | None = None
    refuse_identify_with: int | None = None
    url: str = ""
    handshakes: list[Payload] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    close_codes: list[int | None] = field(default_factory=list)
    sequence: int = 0
    heartbeats: int = 0
    _sent: list[Payload] = field(default_factory=list)
    _runner: web.AppRunner | None = None
    _socket: web.WebSocketResponse | None = None
    _zlib: Any = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def open(self) -> None:
        application = web.Application()
        application.router.add_get("/api/users/@me", self._me)
        application.router.add_get("/api/gateway/bot", self._gateway)
        application.router.add_get("/api/guilds/{guild}/invites", self._invites)
        application.router.add_get("/api/guilds/{guild}/vanity-url", self._vanity)
        application.router.add_get("/api/users/@me/guilds", self._guilds)
        application.router.add_post("/api/guilds/{guild}/members-search", self._search)
        application.router.add_get("/api/guilds/{guild}/members", self._members)
        application.router.add_get("/api/guilds/{guild}/audit-logs", self._audit_log)
        application.router.add_get("/ws", self._websocket)
        self._runner = web.AppRunner(application, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close(code=WSCloseCode.GOING_AWAY)
        if self._runner is not None:
            await self._runner.cleanup()

    async def until(self, holds: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something that Discord was asked or told makes `holds` true."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: bool(holds()))

    async def dispatch(self, kind: str, data: Payload) -> None:
        """Send to whoever is connected; it is kept for those who resume."""
        self.sequence += 1
        frame = {"op": 0, "t": kind, "s": self.sequence, "d": data}
        self._sent.append(frame)
        if self._socket is not None and not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._send(frame)

    async def heartbeat_now(self) -> None:
        """Ask for a heartbeat and wait for it: everything sent before has been read then."""
        before = self.heartbeats
        await self._send({"op": 1, "d": None, "s": None, "t": None})
        await self.until(lambda: self.heartbeats > before)

    async def drop_connection(self) -> None:
        """End the connection in a way that leaves the session resumable."""
        assert self._socket is not None
        await self._send({"op": 7, "d": None, "s": None, "t": None})

    def looks(self) -> int:
        return sum(path.endswith("/invites") for path in self.asked)

    # ------------------------------------------------------------ REST

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return answer({"message": "401: Unauthorized", "code": 0}, status=401)
        return answer({"id": "1", "username": "usher", "discriminator": "0"})

    async def _gateway(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        url = self.url.replace("http", "ws") + "/ws"
        return answer({"url": url, "shards": 1, "session_start_limit": limit})

    async def _invites(self, request: web.Request) -> web.Response:
        await self._note(request.path)
        if self.hanging is not None:
            await self.hanging.wait()
        return self.invites()

    async def _vanity(self, request: web.Request) -> web.Response:
        await self._note(request.path)
        return self.vanity()

    async def _guilds(self, request: web.Request) -> web.Response:
        await self._note(request.path)
        return answer([{"id": guild, "name": f"Guild {guild}"} for guild in self.guilds])

    async def _search(self, request: web.Request) -> web.Response:
        await self._note(request.path)
        return self.search(await request.json())

    async def _members(self, request: web.Request) -> web.Response:
        await self._note(request.path)
        if self.hanging_members is not None:
            await self.hanging_members.wait()
        after, limit = int(request.query["after"]), int(request.query["limit"])
        members = sorted(self.members, key=lambda member: int(member["user"]["id"]))
        return answer([m for m in members if int(m["user"]["id"]) > after][:limit])

    async def _audit_log(self, request: web.Request) -> web.Response:
        await self._note(request.path)
        if self.audit_refusal is not None:
            return answer({"code": 50013}, status=self.audit_refusal)
        query = request.query
        before, limit = int(query.get("before", 2**63)), int(query["limit"])
        rows = [
            row
            for row in sorted(self.audit_log, key=lambda row: -int(row["id"]))
            if str(row["action_type"]) == query["action_type"] and int(row["id"]) < before
        ]
        return answer({"audit_log_entries": rows[:limit]})

    async def _note(self, path: str) -> None:
        async with self._changed:
            self.asked.append(path)
            self._changed.notify_all()

    # ------------------------------------------------------------ gateway

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert request.query["compress"] == "zlib-stream"
        self._socket, self._zlib = socket, zlib.compressobj()
        await self._send({"op": 10, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            await self._receive(json.loads(message.data))
        async with self._changed:
            self.close_codes.append(socket.close_code)
            self._changed.notify_all()
        return socket

    async def _send(self, frame: Payload) -> None:
        assert self._socket is not None
        data = self._zlib.compress(json.dumps(frame).encode())
        await self._socket.send_bytes(data + self._zlib.flush(zlib.Z_SYNC_FLUSH))

    async def _receive(self, frame: Payload) -> None:
        assert self._socket is not None
        if frame["op"] == 1:
            await self._send({"op": 11, "d": None, "s": None, "t": None})
            async with self._changed:
                self.heartbeats += 1
                self._changed.notify_all()
            return
        if frame["op"] == 2:
            if self.refuse_identify_with is not None:
                await self._socket.close(code=self.refuse_identify_with)
            else:
                await self._ready()
        elif frame["op"] == 6 and not self.resumable:
            await self._send({"op": 9, "d": False, "s": None, "t": None})
        elif frame["op"] == 6:
            for missed in [one for one in self._sent if one["s"] > frame["d"]["seq"]]:
                await self._send(missed)
            for kind, data in self.on_resume:
                await self.dispatch(kind, data)
            await self.dispatch("RESUMED", {"_trace": []})
        async with self._changed:
            self.handshakes.append(frame)
            self._changed.notify_all()

    async def _ready(self) -> None:
        user = {"id": "1", "username": "usher", "discriminator": "0", "avatar": None}
        ready = {
            "v": 10,
            "user": user,
            "guilds": [{"id": guild, "unavailable": True} for guild in self.guilds],
            "session_id": f"session-{self.sequence}",
            "resume_gateway_url": self.url.replace("http", "ws") + "/ws",
            "application": {"id": "1", "flags": 0},
            "_trace": [],
        }
        await self.dispatch("READY", ready)
        for kind, data in self.before_guild_create:
            await self.dispatch(kind, data)
        for guild in self.guilds:
            created = {"id": guild, "name": f"Guild {guild}", "channels": [], "members": []}
            await self.dispatch("GUILD_CREATE", created)


def join(user_id: int, guild: str = "100") -> tuple[str, Payload]:
    user = {"id": str(user_id), "username": f"user{user_id}", "discriminator": "0", "avatar": None}
    joined_at = f"2026-11-20T12:00:{user_id % 60:02d}+00:00"
    data = {"guild_id": guild, "user": user, "roles": [], "joined_at": joined_at, "flags": 0}
    return "GUILD_MEMBER_ADD", data


def invite(code: str, uses: int) -> Payload:
    return {
        "type": 0,
        "code": code,
        "guild_id": "100",
        "channel": {"id": "200", "name": "general", "type": 0},
        "inviter": {"id": "300", "username": "inviter", "discriminator": "0"},
        "uses": uses,
        "max_uses": 0,
        "max_age": 0,
        "temporary": False,
        "created_at": "2026-11-19T12:00:00+00:00",
        "expires_at": None,
    }


def member(user_id: int, joined_at: datetime) -> Payload:
    """A guild member object."""
    user = {"id": str(user_id), "username": f"user{user_id}", "discriminator": "0", "avatar": None}
    return {"user": user, "roles": [], "joined_at": joined_at.isoformat(), "flags": 0}


def found(user_id: int, joined_at: datetime, code: str | None = None) -> Payload:
    """A row of members-search."""
    return {
        "member": member(user_id, joined_at),
        "source_invite_code": code,
        "join_source_type": 5,
        "inviter_id": None,
    }


def entry(action: int, at: datetime, code: str, number: int = 0) -> Payload:
    """An entry of the audit log about an invite."""
    since = datetime(2015, 1, 1, tzinfo=UTC)
    milliseconds = int((at - since).total_seconds() * 1000)
    key = "new_value" if action == 40 else "old_value"
    changes = [{"key": "code", key: code}, {"key": "uses", key: 0}]
    return {
        "id": str((milliseconds << 22) + number),
        "action_type": action,
        "user_id": "300",
        "target_id": None,
        "changes": changes,
    }
