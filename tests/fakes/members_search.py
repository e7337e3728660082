"""Discord's members-search in memory, with its index, filters, pages and moods."""

from bisect import bisect_left
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
    _indexed: dict[str, tuple[datetime, str | None, str | None, int]] = field(default_factory=dict)
    _order: list[tuple[int, int]] = field(default_factory=list)

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
        places = self._places()
        begin, end, query = 0, len(places), body["and_query"]
        if "guild_joined_at" in query:
            within = query["guild_joined_at"]["range"]
            begin = bisect_left(places, (within.get("gte", 0), 0))
            end = bisect_left(places, (within["lte"] + 1, 0))
        if "after" in body:
            after = (body["after"]["guild_joined_at"], int(body["after"]["user_id"]))
            end = min(end, bisect_left(places, after))
        found = places[begin:end]
        if "user_id" in query:
            ids = query["user_id"]["or_query"]
            assert len(ids) <= 10
            found = [place for place in found if str(place[1]) in ids]
        shown = found[::-1][: min(body["limit"], self.page)]
        return {
            "members": [self._row(str(user)) for _, user in shown],
            "page_result_count": len(shown),
            "total_result_count": len(found),
        }

    def _places(self) -> list[tuple[int, int]]:
        """When everybody joined, in milliseconds, and who: in order, made anew after changes."""
        if self.members != self._indexed:
            self._indexed = dict(self.members)
            self._order = sorted(
                (int((one[0] - EPOCH).total_seconds() * 1000), int(user))
                for user, one in self.members.items()
            )
        return self._order

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
