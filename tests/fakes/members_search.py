"""Discord's members-search in memory, with its index, filters, pages and moods."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from usher.attribution.confirming_ports import Gate
from usher.contracts.observation import Observation
from usher.contracts.wire import EPOCH
from usher.ids import GuildId
from usher.times import format_time


@dataclass
class FakeMembersSearch:
    """Implements MembersSearch over the members that its index knows."""

    members: dict[str, tuple[datetime, str | None, str | None, int]] = field(default_factory=dict)
    """Joined at, code, inviter, join source type; by user."""
    moods: list[object] = field(default_factory=list)
    """Answers or errors given before it answers truly."""
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    page: int = 1000
    bots: set[str] = field(default_factory=set)

    def join(
        self, user: str, joined_at: datetime, code: str | None, inviter: str | None = "900"
    ) -> None:
        """Let the index know a member who came by an invite."""
        self.members[user] = (joined_at, code, inviter, 5)

    def search(self, guild_id: GuildId, body: Mapping[str, object]) -> object:
        self.asked.append(cast("Mapping[str, Any]", body))
        if self.moods:
            mood = self.moods.pop(0)
            if isinstance(mood, Exception):
                raise mood
            if mood is not None:
                return mood
        return self.answer(cast("Mapping[str, Any]", body))

    def answer(self, body: Mapping[str, Any]) -> object:
        """Answer as Discord does, the newest join first."""
        found = sorted(self.members, key=self._key, reverse=True)
        query = body["and_query"]
        if "user_id" in query:
            ids = query["user_id"]["or_query"]
            assert len(ids) <= 10
            found = [user for user in found if user in ids]
        if "guild_joined_at" in query:
            within = query["guild_joined_at"]["range"]
            found = [u for u in found if within.get("gte", 0) <= self._key(u)[0] <= within["lte"]]
        if "after" in body:
            after = (body["after"]["guild_joined_at"], int(body["after"]["user_id"]))
            found = [user for user in found if self._key(user) < after]
        shown = found[: min(body["limit"], self.page)]
        return {
            "members": [self._row(user) for user in shown],
            "page_result_count": len(shown),
            "total_result_count": len(found),
        }

    def _key(self, user: str) -> tuple[int, int]:
        return int((self.members[user][0] - EPOCH).total_seconds() * 1000), int(user)

    def _row(self, user: str) -> object:
        joined_at, code, inviter, source = self.members[user]
        return {
            "member": {
                "user": {"id": user, "username": f"user{user}", "bot": user in self.bots},
                "joined_at": format_time(joined_at),
            },
            "source_invite_code": code,
            "join_source_type": source,
            "inviter_id": inviter,
        }


@dataclass
class FakeGates:
    """Implements Gates."""

    gates: dict[GuildId, Gate] = field(default_factory=dict)

    def read(self, guild_id: GuildId) -> Gate:
        return self.gates.get(guild_id, Gate())

    def close(self, guild_id: GuildId, until: datetime, refusals: int) -> None:
        self.gates[guild_id] = Gate(self.read(guild_id).wanted, until, refusals)

    def open(self, guild_id: GuildId) -> None:
        self.gates[guild_id] = Gate(self.read(guild_id).wanted)


@dataclass
class FakeEvents:
    """Implements Events: a FIFO queue that takes an id once."""

    sent: list[Observation] = field(default_factory=list)

    def send(self, observation: Observation) -> None:
        self.sent.append(observation)

    def taken(self) -> dict[str, Observation]:
        """What the queue holds after deduplication."""
        return {observation.id: observation for observation in self.sent}
