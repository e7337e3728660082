"""A Discord in simulated time: what happens in its guild, who is told, and what it answers.

It outlives listeners: sessions are kept for a while and replayed to whoever resumes one.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway_listener.looker import Answer
from gateway_listener.powers import OwnGuild
from tests.fakes.fuse import Fuse
from tests.fakes.members_search import FakeMembersSearch
from usher.contracts.discord_records import read_person
from usher.contracts.observation import MemberSearched, Observation
from usher.ids import GuildId, InviteCode, UserId

type Payload = dict[str, Any]
type Hear = Callable[[int, str, Payload], None]
"""Takes a dispatch: its sequence number, its type, its data."""

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
GUILD = GuildId("100")
LATENCY = 0.08
INDEX_LAG = timedelta(seconds=20)


class FaultError(Exception):
    """What was asked fails, and may be asked again; each adapter tells it in its own way."""


@dataclass
class Stage:
    """One guild with its invites, members and audit log."""

    fuse: Fuse = field(default_factory=Fuse)
    searchable: bool = True
    """Whether members-search answers."""
    session_life: timedelta = timedelta(minutes=3)
    """How long a session is kept that nobody listens to."""
    now: Callable[[], datetime] = lambda: START
    alive: bool = True
    """Whether the process that asks is; one that has ended gets no answer."""

    def __post_init__(self) -> None:
        self.uses: dict[str, Payload] = {}
        self.people: dict[str, tuple[datetime, str | None, str | None]] = {}
        self.log: list[Payload] = []
        self.session = 0
        self.sent: list[tuple[str, Payload]] = []
        self.heard_by: list[Hear] = []
        self.left_at: datetime | None = None

    # ------------------------------------------------------------ what happens

    def invite(self, code: str, inviter: str, max_uses: int = 0) -> None:
        self.uses[code] = {
            "type": 0,
            "code": code,
            "guild_id": GUILD,
            "channel": {"id": "200", "name": "general", "type": 0},
            "channel_id": "200",
            "inviter": {"id": inviter, "username": f"user{inviter}", "discriminator": "0"},
            "uses": 0,
            "max_uses": max_uses,
            "max_age": 0,
            "temporary": False,
            "created_at": self.now().isoformat(),
            "expires_at": None,
        }
        self._write(40, self.uses[code])
        self.tell("INVITE_CREATE", dict(self.uses[code]))

    def join(self, user: str, code: str | None) -> None:
        inviter = None
        if code is not None:
            row = self.uses[code]
            inviter = row["inviter"]["id"]
            row["uses"] += 1
        self.people[user] = (self.now(), code, inviter)
        self.tell("GUILD_MEMBER_ADD", {"guild_id": GUILD, **self._member(user)})
        if code is not None and row["uses"] == row["max_uses"]:
            del self.uses[code]
            self.tell("INVITE_DELETE", {"guild_id": GUILD, "channel_id": "200", "code": code})

    def leave(self, user: str) -> None:
        del self.people[user]
        self.tell("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": _user(user)})

    def tell(self, kind: str, data: Payload) -> None:
        """Send to whoever listens, and keep it for who resumes."""
        self.sent.append((kind, data))
        for hear in self.heard_by:
            hear(len(self.sent), kind, data)

    def _write(self, action: int, row: Payload) -> None:
        milliseconds = int((self.now() - datetime(2015, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
        self.log.append(
            {
                "id": str(milliseconds << 22),
                "action_type": action,
                "user_id": row["inviter"]["id"],
                "target_id": None,
                "changes": [
                    {"key": key, "new_value": row[key]}
                    for key in ("code", "uses", "max_uses", "max_age", "temporary", "channel_id")
                ]
                + [{"key": "inviter_id", "new_value": row["inviter"]["id"]}],
            }
        )

    def recorded(self) -> Observation:
        """Tell what Discord's own record says of everybody who is there, as the confirmer does."""
        now = self.now()
        events = [
            MemberSearched(
                read_person(self._member(user)),
                joined_at,
                now,
                5 if code else 3,
                None if code is None else InviteCode(code),
                None if inviter is None else UserId(inviter),
            )
            for user, (joined_at, code, inviter) in self.people.items()
        ]
        return Observation("confirm.all", GUILD, "A guild", now, tuple(events))

    # ------------------------------------------------------------ sessions

    def lost(self) -> None:
        """Nobody listens any more."""
        self.heard_by, self.left_at = [], self.now()

    def identify(self, hear: Hear) -> None:
        """Begin a session, which replays nothing."""
        self.session += 1
        self.sent = []
        others, self.heard_by = self.heard_by, [hear]
        self.tell("READY", {})
        self.tell("GUILD_CREATE", {"id": GUILD, "name": "A guild"})
        self.heard_by = [*others, hear]

    def resume(self, session: str | None, sequence: int, hear: Hear) -> bool:
        """Replay what came after a point, if the session is still known."""
        forgotten = self.left_at is not None and self.now() - self.left_at > self.session_life
        if session != str(self.session) or forgotten:
            return False
        for number, (kind, data) in enumerate(list(self.sent), start=1):
            if number > sequence:
                hear(number, kind, data)
        self.heard_by = [hear]
        self.tell("RESUMED", {})
        return True

    # ------------------------------------------------------------ REST

    async def invites(self, guild_id: GuildId) -> Answer:
        return await self._answer("invites", lambda: [dict(row) for row in self.uses.values()])

    async def vanity(self, guild_id: GuildId) -> Answer:
        return await self._answer("vanity", lambda: {"error": 403, "code": 50020})

    def forget(self, guild_id: GuildId) -> None:
        """Nothing is remembered."""

    async def guilds(self) -> dict[GuildId, OwnGuild]:
        await self._answer("guilds", dict)
        return {GUILD: OwnGuild("A guild", 0)}

    async def search(self, guild_id: GuildId, body: Mapping[str, object]) -> Answer:
        def answer() -> object:
            if not self.searchable:
                return {"error": 403}
            index = FakeMembersSearch()
            for user, (joined_at, code, inviter) in self.people.items():
                if self.now() - joined_at >= INDEX_LAG:
                    index.members[user] = (joined_at, code, inviter, 5 if code else 3)
            within: Any = body["and_query"]
            limits: dict[str, int] = {"lte": 2**53, **within["guild_joined_at"]["range"]}
            return index.answer({**body, "and_query": {"guild_joined_at": {"range": limits}}})

        return await self._answer("search", answer)

    async def members(self, guild_id: GuildId, after: str) -> Answer:
        users = sorted((user for user in self.people if int(user) > int(after)), key=int)
        return await self._answer("members", lambda: [self._member(user) for user in users])

    async def audit_log(self, guild_id: GuildId, action: int, before: str | None) -> Answer:
        def answer() -> object:
            rows = [row for row in reversed(self.log) if row["action_type"] == action]
            return {"audit_log_entries": [r for r in rows if not before or r["id"] < before]}

        return await self._answer("audit_log", answer)

    async def _answer(self, name: str, answer: Callable[[], object]) -> Answer:
        try:
            number = self.enter(name)
            await asyncio.sleep(LATENCY)
            answered = Answer(answer(), self.now())
            self.done(name, number)
        except FaultError:
            return Answer({"error": 503}, self.now())
        return answered

    def enter(self, name: str) -> int:
        """Begin a step of the process that asks."""
        if not self.alive:
            raise asyncio.CancelledError
        return self.fuse.enter(name)

    def done(self, name: str, number: int) -> None:
        """End a step."""
        if self.alive:
            self.fuse.leave(name, number)

    def _member(self, user: str) -> Payload:
        joined_at, _, _ = self.people[user]
        return {"user": _user(user), "roles": [], "joined_at": joined_at.isoformat(), "flags": 0}


def _user(user: str) -> Payload:
    return {"id": user, "username": f"user{user}", "discriminator": "0", "avatar": None}
