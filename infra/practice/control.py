"""The page, and the JSON API with which it drives the practice Discord."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from aiohttp import web

from infra.practice.automod_control import AutoModControl
from infra.practice.entities import Guild
from infra.practice.errors import INVALID_JSON, UNKNOWN_GUILD, ApiError
from infra.practice.fault_control import FaultControl
from infra.practice.forms import Form
from infra.practice.interaction_control import InteractionControl
from infra.practice.interactions.resolving import NotSendableError
from infra.practice.json_types import Json, JsonObject, as_object
from infra.practice.moderation_control import ModerationControl
from infra.practice.newcomer_control import NewcomerControl
from infra.practice.population import Via
from infra.practice.role_control import RoleControl
from infra.practice.view import shown_channel, state_json

if TYPE_CHECKING:
    from infra.practice.practice import Practice

API = "/practice/api"
PAGE = Path(__file__).parent / "page"
FILES = {path.name: path for path in PAGE.iterdir() if path.suffix in (".js", ".css", ".svg")}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

type Action = Callable[[Guild, Form], Awaitable[Json]]


class Control:
    """The actions of the page, each from a JSON body to a JSON answer."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice

    async def join(self, guild: Guild, form: Form) -> Json:
        """Have somebody come in: `code` or `via`, `user` (a name or an id), `account_days`."""
        via = form.text("via", 20, "invite")
        if via not in get_args(Via.__value__):
            form.errors.choices("via", ", ".join(get_args(Via.__value__)))
        days = form.integer("account_days", 0, 3_650, 365)
        code = form.text("code", 100) or None
        user = form.text("user", 32) or None
        bot = form.boolean("bot")
        form.check()
        age = timedelta(days=days, minutes=0 if days else 1)
        member = self._practice.join(
            guild.id, code=code, user=user, bot=bot, via=cast("Via", via), account_age=age
        )
        return {"user_id": member.user_id}

    async def leave(self, guild: Guild, form: Form) -> Json:
        """Have the member `user_id` go."""
        self._practice.leave(guild.id, form.text("user_id", 20))
        return {}

    async def kick(self, guild: Guild, form: Form) -> Json:
        """Have the member `user_id` kicked by the owner."""
        self._practice.kick(guild.id, form.text("user_id", 20))
        return {}

    async def ban(self, guild: Guild, form: Form) -> Json:
        """Have the user `user_id` banned by the owner."""
        self._practice.ban(guild.id, form.text("user_id", 20))
        return {}

    async def create_invite(self, guild: Guild, form: Form) -> Json:
        """Create an invite of `user_id` with `max_age` (seconds) and `max_uses`."""
        max_age = form.integer("max_age", 0, 604_800, 0)
        max_uses = form.integer("max_uses", 0, 100, 0)
        form.check()
        user_id = form.text("user_id", 20)
        return {"code": self._practice.create_invite(guild.id, user_id, max_age, max_uses)}

    async def delete_invite(self, guild: Guild, form: Form) -> Json:
        """Revoke the invite `code` as the owner."""
        self._practice.delete_invite(guild.id, form.text("code", 100))
        return {}

    async def say(self, _: Guild, form: Form) -> Json:
        """Post `content` as `user_id` into `channel_id`."""
        where, who = form.text("channel_id", 20), form.text("user_id", 20)
        return {"id": self._practice.say(where, who, form.text("content", 2_000)).id}

    async def check_endpoint(self, _: Guild, __: Form) -> Json:
        """Check the interactions endpoint."""
        check = await self._practice.verify_endpoint()
        return {"ok": check.ok, "problems": list(check.problems)}


def mount_control(app: web.Application, practice: "Practice") -> None:
    """Mount `/practice` and `/practice/api`."""
    control = Control(practice)
    actions: dict[str, Action] = {
        "join": control.join,
        "leave": control.leave,
        "kick": control.kick,
        "ban": control.ban,
        "create-invite": control.create_invite,
        "delete-invite": control.delete_invite,
        "say": control.say,
        "check-endpoint": control.check_endpoint,
        "fault": FaultControl(practice.faults, practice.gateway).cause,
        **InteractionControl(practice).actions,
        **AutoModControl(practice).actions,
        **ModerationControl(practice).actions,
        **RoleControl(practice).actions,
        **NewcomerControl(practice).actions,
    }

    async def page(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers=HEADERS)

    async def static(request: web.Request) -> web.StreamResponse:
        path = FILES.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=HEADERS)

    async def state(request: web.Request) -> web.StreamResponse:
        query = request.query
        if query.get("version") == practice.core.version:
            return web.Response(status=204)
        guild = _guild(practice, query.get("guild"))
        viewer = query.get("as", "")
        channel = shown_channel(practice, guild, viewer, query.get("channel"))
        practice.origin = f"{request.scheme}://{request.host}"
        return web.json_response(state_json(practice, guild, viewer, channel))

    async def act(request: web.Request) -> web.StreamResponse:
        action = actions.get(request.match_info["action"])
        if action is None or not _same_origin(request):
            raise web.HTTPNotFound
        practice.origin = f"{request.scheme}://{request.host}"
        try:
            form = Form(_fields(await request.read()))
            guild = _guild(practice, form.text("guild_id", 20) or None)
            practice.speak(form.text("user_id", 20), form.text("locale", 20))
            return web.json_response(await action(guild, form))
        except ApiError as error:
            return web.json_response(error.body, status=error.refusal.status)
        except NotSendableError as error:
            return web.json_response({"message": str(error)}, status=400)

    app.router.add_get("/practice", page)
    app.router.add_get("/practice/static/{name}", static)
    app.router.add_get(f"{API}/state", state)
    app.router.add_post(f"{API}/{{action}}", act)


def _same_origin(request: web.Request) -> bool:
    """Let no other site drive the page's API from a visitor's browser."""
    origin = request.headers.get("Origin")
    same = origin is None or origin == f"{request.scheme}://{request.host}"
    return same and request.content_type == "application/json"


def _guild(practice: "Practice", guild_id: str | None) -> Guild:
    if guild_id is None:
        return practice.guild
    if guild_id not in practice.world.state.guilds:
        raise ApiError(UNKNOWN_GUILD)
    return practice.world.guild(guild_id)


def _fields(raw: bytes) -> JsonObject:
    try:
        parsed: Json = json.loads(raw or b"{}")
    except ValueError:
        raise ApiError(INVALID_JSON) from None
    return as_object(parsed)
