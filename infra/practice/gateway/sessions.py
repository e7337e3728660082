"""Sessions and the hub that hands every dispatch to those that may have it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from infra.practice.gateway.frames import CloseCode, GatewayClosedError, Op, frame
from infra.practice.intents import KNOWN_BITS, PRIVILEGED, Dispatch, Dispatches, Intents
from infra.practice.json_types import JsonObject, as_list
from infra.practice.payloads.guilds import guild_create_json
from infra.practice.payloads.people import own_user_json
from infra.practice.permissions import channel_permissions, guild_permissions
from infra.practice.world import World

type Outlet = Callable[[JsonObject], None]


@dataclass(slots=True)
class Session:
    """One identified client: what it asked for and how far its numbering has come.

    The outlet is its present socket. A session and its socket are two things, so that another
    socket can take a session over.
    """

    id: str
    intents: Intents
    shard_id: int
    shard_count: int
    outlet: Outlet
    sequence: int = 0

    def send(self, event: str, data: JsonObject) -> None:
        """Number a dispatch and pass it to the socket."""
        self.sequence += 1
        self.outlet(frame(Op.DISPATCH, data, sequence=self.sequence, event=event))

    def covers(self, guild_id: str) -> bool:
        """Tell whether a guild lies in the session's shard: (id >> 22) % shards."""
        return (int(guild_id) >> 22) % self.shard_count == self.shard_id


class Hub:
    """All sessions of the application."""

    def __init__(self, world: World, approved: Intents) -> None:
        self._world = world
        self.approved = approved
        self.sessions: dict[str, Session] = {}
        self.identifies = 0

    def identify(self, data: JsonObject, outlet: Outlet, gateway_url: str) -> Session:
        """Open a session from an IDENTIFY: READY, then a GUILD_CREATE for each guild.

        Raises GatewayClosedError: 4004 wrong token, 4010 bad shard, 4013 unknown intents,
        4014 privileged intents that the application was not approved for.
        """
        self.check_token(data)
        intents = self._intents(data.get("intents"))
        shard_id, shard_count = _shard(data)
        session = Session(
            id=secrets.token_hex(16),
            intents=intents,
            shard_id=shard_id,
            shard_count=shard_count,
            outlet=outlet,
        )
        self.identifies += 1
        self.sessions[session.id] = session
        session.send("READY", self._ready(session, gateway_url))
        if intents & Intents.GUILDS:
            for guild in self._guilds_of(session):
                session.send(
                    "GUILD_CREATE", guild_create_json(self._world, self._world.guild(guild))
                )
        return session

    def resume(self, data: JsonObject, outlet: Outlet) -> Session | None:
        """Take a session over from a RESUME; None where its missed events cannot be replayed.

        Raises GatewayClosedError 4004 for a wrong token.
        """
        del outlet
        self.check_token(data)
        self.sessions.pop(str(data.get("session_id")), None)
        return None

    def drop(self, session: Session) -> None:
        """Forget a session whose socket is gone."""
        self.sessions.pop(session.id, None)

    def publish(self, dispatches: Dispatches) -> None:
        """Hand dispatches, in order, to every session that may have them."""
        for dispatch in dispatches:
            for session in list(self.sessions.values()):
                if self._concerns(session, dispatch):
                    shown = bool(session.intents & Intents.MESSAGE_CONTENT)
                    hidden = None if shown else dispatch.redacted
                    session.send(dispatch.event, hidden or dispatch.data)

    def check_token(self, data: JsonObject) -> None:
        """Refuse a token that is not the bot's (4004); `Bot ` in front is allowed."""
        token = str(data.get("token", "")).removeprefix("Bot ")
        if not secrets.compare_digest(token.encode(), self._world.application.bot_token.encode()):
            raise GatewayClosedError(CloseCode.AUTHENTICATION_FAILED)

    def _concerns(self, session: Session, dispatch: Dispatch) -> bool:
        if dispatch.intents and not dispatch.intents & session.intents:
            return self._about_self(dispatch)
        if dispatch.guild_id is None:
            return session.shard_id == 0
        if not session.covers(dispatch.guild_id):
            return False
        return self._permitted(dispatch, dispatch.guild_id)

    def _permitted(self, dispatch: Dispatch, guild_id: str) -> bool:
        guild = self._world.state.guilds.get(guild_id)
        own = guild.members.get(self._world.bot.id) if guild is not None else None
        if guild is None or own is None:
            return dispatch.event == "GUILD_DELETE"
        if not dispatch.permissions:
            return True
        channel = guild.channels.get(dispatch.channel_id or "")
        held = (
            channel_permissions(guild, own, channel)
            if channel is not None
            else guild_permissions(guild, own)
        )
        return bool(held & dispatch.permissions)

    def _about_self(self, dispatch: Dispatch) -> bool:
        """GUILD_MEMBER_UPDATE of the bot itself needs no intent (Gateway, Gateway Intents)."""
        user = dispatch.data.get("user")
        own = isinstance(user, dict) and user.get("id") == self._world.bot.id
        return own and dispatch.event == "GUILD_MEMBER_UPDATE"

    def _intents(self, value: object) -> Intents:
        if not isinstance(value, int) or value < 0 or value & ~KNOWN_BITS:
            raise GatewayClosedError(CloseCode.INVALID_INTENTS)
        intents = Intents(value)
        if intents & PRIVILEGED & ~self.approved:
            raise GatewayClosedError(CloseCode.DISALLOWED_INTENTS)
        return intents

    def _guilds_of(self, session: Session) -> list[str]:
        bot_id = self._world.bot.id
        return [
            guild.id
            for guild in self._world.state.guilds.values()
            if bot_id in guild.members and session.covers(guild.id)
        ]

    def _ready(self, session: Session, gateway_url: str) -> JsonObject:
        return {
            "v": 10,
            "user_settings": {},
            "user": own_user_json(self._world.bot),
            "session_type": "normal",
            "session_id": session.id,
            "resume_gateway_url": gateway_url,
            "relationships": [],
            "private_channels": [],
            "presences": [],
            "guilds": [{"id": guild, "unavailable": True} for guild in self._guilds_of(session)],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": ["rotterdam"],
            "auth": {},
            "application": {"id": self._world.application.id, "flags": 1 << 15},
            "shard": [session.shard_id, session.shard_count],
            "_trace": ["practice"],
        }


def _shard(data: JsonObject) -> tuple[int, int]:
    if data.get("shard") is None:
        return 0, 1
    match as_list(data["shard"]):
        case [int(shard_id), int(count)] if 0 <= shard_id < count:
            return shard_id, count
    raise GatewayClosedError(CloseCode.INVALID_SHARD)
