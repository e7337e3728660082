"""A session: one identified client, and the dispatches that a RESUME can bring back."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from infra.practice.gateway.frames import Op, frame
from infra.practice.intents import Intents
from infra.practice.json_types import JsonObject


class Outlet(Protocol):
    """A socket as the sessions see it."""

    session: "Session | None"

    def send(self, outgoing: JsonObject) -> None:
        """Queue a frame."""

    def cut(self, code: int | None) -> None:
        """Close with a code after what is queued; None drops the connection without a word."""


@dataclass(slots=True)
class Session:
    """What a client asked for and how far its numbering has come.

    `outlet` is its present socket, None while it has none; since `gone_at` then. A session and
    its socket are two things, so that another socket can take a session over.
    """

    id: str
    intents: Intents
    shard_id: int
    shard_count: int
    outlet: Outlet | None
    replay_limit: int
    sequence: int = 0
    gone_at: datetime | None = None
    _sent: deque[JsonObject] = field(default_factory=deque)
    _forgotten: int = 0

    def send(self, event: str, data: JsonObject) -> None:
        """Number a dispatch, keep it for a replay and pass it to the socket, if there is one."""
        self.sequence += 1
        outgoing = frame(Op.DISPATCH, data, sequence=self.sequence, event=event)
        self._sent.append(outgoing)
        while len(self._sent) > self.replay_limit:
            self._forgotten = _number(self._sent.popleft())
        if self.outlet is not None:
            self.outlet.send(outgoing)

    def missed_since(self, sequence: int) -> list[JsonObject] | None:
        """List the dispatches after a number; None where they cannot all be brought back."""
        if not self._forgotten <= sequence <= self.sequence:
            return None
        return [sent for sent in self._sent if _number(sent) > sequence]

    def resume_on(self, outlet: Outlet, missed: list[JsonObject]) -> None:
        """Go on over another socket: what was missed in order, then RESUMED."""
        self.outlet, self.gone_at = outlet, None
        for outgoing in missed:
            outlet.send(outgoing)
        self.sequence += 1
        resumed: JsonObject = {"_trace": ["practice"]}
        outlet.send(frame(Op.DISPATCH, resumed, sequence=self.sequence, event="RESUMED"))

    def covers(self, guild_id: str) -> bool:
        """Tell whether a guild lies in the session's shard: (id >> 22) % shards."""
        return (int(guild_id) >> 22) % self.shard_count == self.shard_id


def _number(dispatch: JsonObject) -> int:
    number = dispatch["s"]
    return number if isinstance(number, int) else 0
