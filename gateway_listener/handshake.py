"""How a session is begun or taken up, and who is told of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

import yarl
from discord.gateway import DiscordWebSocket

from gateway_listener.progress import SessionPoint
from usher.ids import GuildId, UserId


class SessionWatcher(Protocol):
    """Who is told what the gateway sends."""

    def session_began(
        self, own_id: UserId, guild_ids: Iterable[GuildId], since: datetime | None
    ) -> None:
        """READY: a session that replays nothing; `since` is the last that was heard before."""

    def session_resumed(self) -> None:
        """RESUMED: what was missed has been replayed."""

    def dispatch(self, kind: str, data: Mapping[str, object]) -> None:
        """One of the `TAKEN` dispatches, raw."""


async def allowed() -> None:
    """Allow every connection."""


def resumable(ws: DiscordWebSocket) -> dict[str, Any] | None:
    """Tell how discord.py takes up the session of a connection that ended."""
    if ws.session_id is None:
        return None
    return _arguments(ws.session_id, ws.sequence, ws.gateway)


def resuming(point: SessionPoint) -> dict[str, Any]:
    """Tell how discord.py takes up a session that another process began."""
    return _arguments(point.session_id, point.sequence, yarl.URL(point.url))


def _arguments(session: str | None, sequence: int | None, gateway: yarl.URL) -> dict[str, Any]:
    return {"resume": True, "session": session, "sequence": sequence, "gateway": gateway}


def point_of(ws: DiscordWebSocket, alive_at: datetime, intents: int) -> SessionPoint | None:
    """Tell how far the session has come; None before READY."""
    if ws.session_id is None or ws.sequence is None:
        return None
    return SessionPoint(alive_at, ws.session_id, ws.sequence, str(ws.gateway), intents)


def name_of(error: Exception) -> str:
    """Name an error for a log line: its class, and the status of an answer."""
    status = getattr(error, "status", None)
    return f"{type(error).__name__} {status}" if status else type(error).__name__
