"""A Discord of very many guilds for the benches: READY, a GUILD_CREATE each, invites on demand.

A guild is that of research/engineering.md section 2: 40 channels, 30 roles, 40 emojis, some 41 KiB.
Without the presences intent GUILD_CREATE holds no members but the bot and who is in voice (gateway
events, Guild Create). Stock discord.py asks for all members afterwards, 110 guilds a minute; here
they are in GUILD_CREATE where a bench wants them at once.
"""

import asyncio
import json
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

TOKEN: Final = "bench.token"
BOT: Final = "900000000000000000"
INVITES: Final = 10
FIRST: Final = 800_000_000_000_000_000
STEP: Final = 1 << 22
WHEN: Final = "2026-11-19T12:00:00.000000+00:00"

type Payload = dict[str, Any]


def user(number: int) -> Payload:
    return {
        "id": str(FIRST + number),
        "username": f"member.{number}",
        "global_name": f"Member {number}",
        "discriminator": "0",
        "avatar": f"{number:032x}",
        "avatar_decoration_data": None,
        "public_flags": 0,
        "bot": False,
    }


def member(number: int) -> Payload:
    return {
        "user": user(number),
        "nick": None,
        "avatar": None,
        "roles": [str(FIRST + number + n) for n in range(3)],
        "joined_at": WHEN,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }


def channel(number: int) -> Payload:
    overwrites = [
        {"id": str(FIRST + number + n), "type": 0, "allow": "1024", "deny": "0"} for n in range(2)
    ]
    return {
        "id": str(FIRST + number),
        "type": 0,
        "name": f"channel-{number % 1000}",
        "topic": "What this channel is about, in a sentence or two as people write it. " * 3,
        "position": number % 100,
        "parent_id": str(FIRST + number - number % 8),
        "permission_overwrites": overwrites,
        "last_message_id": str(FIRST + 7 * number),
        "rate_limit_per_user": 0,
        "nsfw": False,
        "flags": 0,
    }


def role(number: int) -> Payload:
    return {
        "id": str(FIRST + number),
        "name": f"role {number % 1000}",
        "color": 3447003,
        "colors": {"primary_color": 3447003, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": number % 250,
        "permissions": "2248473465835073",
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def emoji(number: int) -> Payload:
    return {
        "id": str(FIRST + number),
        "name": f"emoji_{number % 1000}",
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": False,
        "available": True,
    }


def guild(number: int, members: int) -> Payload:
    """A GUILD_CREATE; every id in it is of that guild alone."""
    base = number * 10_000
    own = {**member(0), "user": {**user(0), "id": BOT, "bot": True}}
    return {
        "id": guild_id(number),
        "name": f"A guild of the bench {number}",
        "icon": f"{number:032x}",
        "owner_id": str(FIRST + base),
        "member_count": 50,
        "large": False,
        "unavailable": False,
        "joined_at": WHEN,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 2,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "system_channel_flags": 0,
        "preferred_locale": "en-US",
        "afk_timeout": 300,
        "features": ["COMMUNITY", "NEWS"],
        "channels": [channel(base + n) for n in range(40)],
        "roles": [{**role(base), "id": guild_id(number)}, *(role(base + n) for n in range(30))],
        "emojis": [emoji(base + n) for n in range(40)],
        "stickers": [],
        "threads": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "members": [own, *(member(base + n) for n in range(members))],
        "voice_states": [],
        "presences": [],
    }


def guild_id(number: int) -> str:
    return str(FIRST + number * STEP)


def invites(number: int) -> list[Payload]:
    """What a guild's look sees."""
    return [
        {
            "type": 0,
            "code": f"c{number:05d}x{n:02d}",
            "guild_id": guild_id(number),
            "channel": {"id": str(FIRST + number * 10_000), "name": "welcome", "type": 0},
            "inviter": user(number * 10_000 + n % 4),
            "uses": n,
            "max_uses": 0,
            "max_age": 0,
            "temporary": False,
            "created_at": WHEN,
            "expires_at": None,
        }
        for n in range(INVITES)
    ]


@dataclass
class Stub:
    """Discord and, under the same address, AWS: its table is always empty."""

    guilds: int
    members: int = 2
    """In each GUILD_CREATE, beside the bot."""
    url: str = ""
    told: int = 0
    """Guilds sent to the present connection."""
    looked: set[str] = field(default_factory=set)
    messages: int = 0
    sequence: int = 0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Stub"]:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_get("/api/users/@me", self._me)
        app.router.add_get("/api/oauth2/applications/@me", self._application)
        app.router.add_get("/api/gateway/bot", self._gateway)
        app.router.add_get("/api/guilds/{guild}/invites", self._invites)
        app.router.add_get("/api/guilds/{guild}/vanity-url", self._vanity)
        app.router.add_post("/{tail:.*}", self._aws)
        app.router.add_get("/{tail:.*}", self._websocket)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        yield self
        await runner.cleanup()

    # ------------------------------------------------------------ REST

    async def _me(self, _: web.Request) -> web.Response:
        return _answer({**user(0), "id": BOT, "bot": True})

    async def _application(self, _: web.Request) -> web.Response:
        texts = dict.fromkeys(("name", "description", "verify_key", "summary"), "bench")
        flags = dict.fromkeys(("bot_public", "bot_require_code_grant"), False)
        nothing = dict.fromkeys(("icon", "team", "rpc_origins"))
        return _answer({"id": BOT, "owner": user(1), "flags": 0, **texts, **flags, **nothing})

    async def _gateway(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
        url = self.url.replace("http", "ws")
        return _answer({"url": url, "shards": 1, "session_start_limit": limit})

    async def _invites(self, request: web.Request) -> web.Response:
        self.looked.add(request.match_info["guild"])
        return _answer(invites((int(request.match_info["guild"]) - FIRST) // STEP))

    async def _vanity(self, _: web.Request) -> web.Response:
        return _answer({"code": None, "uses": 0})

    async def _aws(self, request: web.Request) -> web.Response:
        await request.read()
        if request.headers["X-Amz-Target"].startswith("secretsmanager"):
            return _answer({"SecretString": TOKEN})
        self.messages += 1
        return _answer({"MessageId": "1"})

    # ------------------------------------------------------------ gateway

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        socket, packer = web.WebSocketResponse(), zlib.compressobj()
        await socket.prepare(request)

        async def send(op: int, data: object, event: str | None = None) -> None:
            self.sequence += event is not None
            number = self.sequence if event else None
            frame = json.dumps({"op": op, "d": data, "t": event, "s": number}).encode()
            packed = packer.compress(frame) + packer.flush(zlib.Z_SYNC_FLUSH)
            await socket.send_bytes(packed)

        await send(10, {"heartbeat_interval": 41_250})
        sending: set[asyncio.Task[None]] = set()
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            frame = json.loads(message.data)
            if frame["op"] == 1:
                await send(11, None)
            elif frame["op"] == 2:
                sending.add(asyncio.create_task(self._begin(send)))
        for task in sending:
            task.cancel()
        return socket

    async def _begin(self, send: Any) -> None:  # noqa: ANN401 - a function of one connection
        self.told = 0
        ready = {
            "v": 10,
            "user": {**user(0), "id": BOT, "bot": True},
            "guilds": [{"id": guild_id(n), "unavailable": True} for n in range(self.guilds)],
            "session_id": "bench",
            "resume_gateway_url": self.url.replace("http", "ws"),
            "application": {"id": BOT, "flags": 0},
        }
        await send(0, ready, "READY")
        for number in range(self.guilds):
            await send(0, guild(number, self.members), "GUILD_CREATE")
            self.told += 1


def _answer(body: object) -> web.Response:
    # Discord's content type names no charset, which discord.py relies on.
    limits = {
        "X-RateLimit-Limit": "10",
        "X-RateLimit-Remaining": "9",
        "X-RateLimit-Reset": f"{time.time() + 2:.3f}",
        "X-RateLimit-Reset-After": "2.000",
        "X-RateLimit-Bucket": "0123456789abcdef0123456789abcdef",
    }
    content = json.dumps(body).encode()
    return web.Response(body=content, content_type="application/json", headers=limits)
