"""One REST request with what its route needs: the things in its path, its body, its rights."""

import json
import re
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from infra.practice.content.body import FILE_BYTES, Upload
from infra.practice.core import Core
from infra.practice.entities import Channel, Guild, Member
from infra.practice.errors import (
    INVALID_FORM,
    INVALID_JSON,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_APPLICATION,
    ApiError,
    FormErrors,
    Refusal,
)
from infra.practice.forms import Form, is_snowflake
from infra.practice.intents import Dispatches, Intents
from infra.practice.interactions.desk import Desk
from infra.practice.json_types import Json, JsonObject, as_object
from infra.practice.permissions import Permission, channel_permissions, guild_permissions
from infra.practice.world import World

TOO_LARGE = Refusal(413, 40005, "Request entity too large")
_FILE_FIELD = re.compile(r"files\[(\d+)\]")


class Call:
    """A request of the bot, or with a token of its own in the path."""

    def __init__(self, core: Core, desk: Desk, request: web.Request) -> None:
        self.core = core
        self.desk = desk
        self.request = request

    @property
    def world(self) -> World:
        """The state that the request is about."""
        return self.core.world

    @property
    def bot_id(self) -> str:
        """Who asks."""
        return self.world.bot.id

    @property
    def reason(self) -> str | None:
        """The reason for the audit log, from `X-Audit-Log-Reason` (URL-encoded)."""
        given = self.request.headers.get("X-Audit-Log-Reason")
        return unquote(given)[:512] if given else None

    def publish(self, dispatches: Dispatches) -> None:
        """Send what the request caused to the gateway and have the state kept."""
        self.core.publish(dispatches)

    def word(self, name: str) -> str:
        """Read a part of the path."""
        return self.request.match_info[name]

    def id(self, name: str) -> str:
        """Read an id in the path; anything else is 400, 50035."""
        value = self.word(name)
        if not is_snowflake(value):
            form = Form({})
            form.not_snowflake(name, value)
            form.check()
        return value

    def guild(self) -> Guild:
        """Find the guild in the path; 50001 where the bot is not in it."""
        guild = self.world.guild(self.id("guild_id"))
        if self.bot_id not in guild.members:
            raise ApiError(MISSING_ACCESS)
        return guild

    def own_member(self, guild: Guild) -> Member:
        """Return the bot's own membership."""
        return guild.members[self.bot_id]

    def channel(self, permission: Permission = Permission.NONE) -> Channel:
        """Find the channel in the path: 50001 unseen by the bot, 50013 without `permission`."""
        channel = self.world.channel(self.id("channel_id"))
        if channel.guild_id is not None:
            self.require_in(channel, permission)
        return channel

    def application(self) -> None:
        """Refuse an application in the path that is not the bot's."""
        if self.id("application_id") not in (self.world.application.id, "@me"):
            raise ApiError(UNKNOWN_APPLICATION)

    def permissions(self, guild: Guild) -> Permission:
        """Return what the bot may do in a guild."""
        return guild_permissions(guild, self.own_member(guild))

    def require(self, guild: Guild, permission: Permission) -> None:
        """Refuse (403, 50013) without a permission in the guild."""
        if not self.permissions(guild) & permission:
            raise ApiError(MISSING_PERMISSIONS)

    def require_intent(self, intent: Intents) -> None:
        """Refuse (403, 50001) without a privileged intent of the application."""
        if not self.core.hub.approved & intent:
            raise ApiError(MISSING_ACCESS)

    def held_in(self, channel: Channel) -> Permission:
        """Return what the bot may do in a channel of a guild."""
        guild = self.world.guild(channel.guild_id or "")
        return channel_permissions(guild, self.own_member(guild), channel)

    def require_in(self, channel: Channel, permission: Permission) -> None:
        """Refuse without sight of a channel (50001) or a permission in it (50013)."""
        guild = self.world.guild(channel.guild_id or "")
        if self.bot_id not in guild.members:
            raise ApiError(MISSING_ACCESS)
        held = self.held_in(channel)
        if not held & Permission.VIEW_CHANNEL:
            raise ApiError(MISSING_ACCESS)
        if permission & ~held:
            raise ApiError(MISSING_PERMISSIONS)

    def query_flag(self, name: str) -> bool:
        """Read a truth value of the query."""
        return self.request.query.get(name, "false").lower() in ("true", "1")

    def query_integer(self, name: str, low: int, high: int, default: int) -> int:
        """Read a number of the query."""
        form = Form({name: self.request.query.get(name)})
        value = form.integer(name, low, high, default)
        form.check()
        return value

    async def json(self) -> Json:
        """Read the body; none is null."""
        raw = await self.request.read()
        if not raw:
            return None
        try:
            parsed: Json = json.loads(raw)
        except ValueError:
            raise ApiError(INVALID_JSON) from None
        return parsed

    async def fields(self) -> JsonObject:
        """Read the body as an object; no body is an empty one."""
        body = await self.json()
        if body is not None and not isinstance(body, dict):
            errors = FormErrors()
            errors.add(
                "_errors", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"
            )
            raise ApiError(INVALID_FORM)
        return as_object(body)

    async def form(self) -> Form:
        """Read the body field by field."""
        return Form(await self.fields())

    async def fields_and_uploads(self) -> tuple[JsonObject, list[Upload]]:
        """Read a body that may carry files: `payload_json` and `files[n]`, or JSON alone."""
        if self.request.content_type != "multipart/form-data":
            return await self.fields(), []
        fields: JsonObject = {}
        uploads: list[Upload] = []
        async for part in await self.request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "payload_json":
                fields.update(_parsed(await part.text()))
            elif part.filename is not None:
                uploads.append(await _upload(part, len(uploads)))
            elif part.name is not None:
                fields[part.name] = await part.text()
        return fields, uploads


def _parsed(text: str) -> JsonObject:
    try:
        parsed: Json = json.loads(text)
    except ValueError:
        raise ApiError(INVALID_JSON) from None
    return as_object(parsed)


async def _upload(part: BodyPartReader, position: int) -> Upload:
    content = bytes(await part.read(decode=True))
    if len(content) > FILE_BYTES:
        raise ApiError(TOO_LARGE)
    slot = _FILE_FIELD.fullmatch(part.name or "")
    return Upload(
        filename=part.filename or "file",
        content_type=part.headers.get("Content-Type", "application/octet-stream"),
        content=content,
        slot=int(slot.group(1)) if slot else position,
        field=part.name or "",
    )
