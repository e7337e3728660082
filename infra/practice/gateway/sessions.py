"""The hub: all sessions, with a socket or between two, and what is handed to them."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from infra.practice.gateway.audience import concerns
from infra.practice.gateway.frames import CloseCode, GatewayClosedError, Op, frame
from infra.practice.gateway.identify import IdentifyGate, read_intents, read_shard, ready_json
from infra.practice.gateway.session import Outlet, Session
from infra.practice.gateway.terms import GatewayTerms
from infra.practice.intents import Dispatches, Intents
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import guild_create_json
from infra.practice.world import World, new_bot_token


class Hub:
    """The gateway of the application.

    `terms` and `approved`, the privileged intents granted, may be changed at any time. `changed`
    is called when the bot token has been reset.
    `resumes_to_refuse` and `resumes_to_drop` count down with each RESUME that is answered with
    an invalid session, or with a dropped connection.
    """

    def __init__(self, world: World, approved: Intents, terms: GatewayTerms) -> None:
        self._world = world
        self._known: dict[str, Session] = {}
        self._gate = IdentifyGate()
        self.approved = approved
        self.terms = terms
        self.changed: Callable[[], None] = lambda: None
        self.outlets: set[Outlet] = set()
        self.resumes_to_refuse = 0
        self.resumes_to_drop = 0

    @property
    def sessions(self) -> dict[str, Session]:
        """The sessions that have a socket, by id."""
        return {key: item for key, item in self._known.items() if item.outlet is not None}

    @property
    def resumable(self) -> dict[str, Session]:
        """The sessions that have lost their socket and can still be resumed, by id."""
        self._expire()
        return {key: item for key, item in self._known.items() if item.outlet is None}

    @property
    def identifies_left(self) -> int:
        """How many identifies are left today."""
        return self._gate.remaining(self.terms, self._world.now)

    @property
    def identifies_reset_after(self) -> timedelta:
        """How long it is until identifies are counted anew."""
        return self._gate.reset_after(self._world.now)

    def identify(self, data: JsonObject, outlet: Outlet, gateway_url: str) -> Session | None:
        """Open a session: READY, then a GUILD_CREATE for each guild.

        None where the shard's bucket is not free yet: the client is to come again. One identify
        beyond the day's number resets the bot token, which ends everything.

        Raises GatewayClosedError: 4004 wrong token, 4010 bad shard, 4011 more guilds than one
        shard may have, 4013 unknown intents, 4014 privileged intents not approved.
        """
        self.check_token(data)
        intents = read_intents(data.get("intents"), self.approved)
        shard_id, shard_count = read_shard(data)
        session = Session(
            id=secrets.token_hex(16),
            intents=intents,
            shard_id=shard_id,
            shard_count=shard_count,
            outlet=outlet,
            replay_limit=self.terms.replay_limit,
        )
        guild_ids = self._guilds_of(session)
        if len(guild_ids) > self.terms.guilds_per_shard:
            raise GatewayClosedError(CloseCode.SHARDING_REQUIRED)
        if not self._gate.in_turn(shard_id, self.terms, self._world.now):
            return None
        if not self.identifies_left:
            self._reset_token()
        self._gate.count(self._world.now)
        self._expire()
        self._known[session.id] = session
        session.send("READY", ready_json(self._world, session, guild_ids, gateway_url))
        if intents & Intents.GUILDS:
            for guild_id in guild_ids:
                guild = self._world.guild(guild_id)
                session.send("GUILD_CREATE", guild_create_json(self._world, guild))
        return session

    def resume(self, data: JsonObject, outlet: Outlet) -> Session | None:
        """Take a session over: what it missed, in order, then RESUMED.

        None where it is unknown, expired, or was sent more than can be replayed; then it is
        over. A socket that still holds it is closed. Raises GatewayClosedError 4004.
        """
        self.check_token(data)
        self._expire()
        session = self._known.get(str(data.get("session_id")))
        if session is None:
            return None
        sequence = data.get("seq")
        missed = session.missed_since(sequence) if isinstance(sequence, int) else None
        if missed is None or self.resumes_to_refuse:
            self.resumes_to_refuse = max(self.resumes_to_refuse - 1, 0)
            self._end(session)
            return None
        former = session.outlet
        if former is not None:
            former.session = None
            former.cut(CloseCode.UNKNOWN_ERROR.value)
        session.resume_on(outlet, missed)
        return session

    def lose(self, session: Session, *, ended: bool) -> None:
        """Note that a session's socket is gone; `ended` leaves nothing to resume."""
        if ended:
            self._known.pop(session.id, None)
        session.outlet, session.gone_at = None, self._world.now

    def publish(self, dispatches: Dispatches) -> None:
        """Hand dispatches, in order, to every session that may have them."""
        self._expire()
        for dispatch in dispatches:
            for session in list(self._known.values()):
                if concerns(self._world, session, dispatch):
                    shown = bool(session.intents & Intents.MESSAGE_CONTENT)
                    hidden = None if shown else dispatch.redacted
                    session.send(dispatch.event, hidden or dispatch.data)

    def check_token(self, data: JsonObject) -> None:
        """Refuse a token that is not the bot's (4004); `Bot ` in front is allowed."""
        token = str(data.get("token", "")).removeprefix("Bot ")
        if not secrets.compare_digest(token.encode(), self._world.application.bot_token.encode()):
            raise GatewayClosedError(CloseCode.AUTHENTICATION_FAILED)

    def ask_to_reconnect(self) -> None:
        """Ask every client to reconnect and resume (opcode 7)."""
        for outlet in self.outlets:
            outlet.send(frame(Op.RECONNECT))

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is invalid (opcode 9); it ends unless resumable."""
        for outlet in self.outlets:
            if outlet.session is not None and not resumable:
                self._end(outlet.session)
            outlet.send(frame(Op.INVALID_SESSION, data=resumable))

    def drop_connections(self, code: int | None = None) -> None:
        """Close every connection with a code; None drops them without a word."""
        for outlet in self.outlets:
            outlet.cut(code)

    def _end(self, session: Session) -> None:
        self._known.pop(session.id, None)
        if session.outlet is not None:
            session.outlet.session = None

    def _expire(self) -> None:
        oldest = self._world.now - self.terms.session_life
        for session in list(self._known.values()):
            if session.gone_at is not None and session.gone_at < oldest:
                del self._known[session.id]

    def _reset_token(self) -> None:
        """End every session and replace the token (Gateway, Identifying)."""
        application = self._world.application
        application.bot_token = new_bot_token(application.bot_id)
        self.changed()
        self._known.clear()
        self.drop_connections(CloseCode.AUTHENTICATION_FAILED.value)
        raise GatewayClosedError(CloseCode.AUTHENTICATION_FAILED)

    def _guilds_of(self, session: Session) -> list[str]:
        bot_id = self._world.bot.id
        return [
            guild.id
            for guild in self._world.state.guilds.values()
            if bot_id in guild.members and session.covers(guild.id)
        ]
