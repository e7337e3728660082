"""Random histories of a guild with the truth beside them; knows nothing of Usher.

Times are milliseconds from the start. Discord applies every join at once; its counts may be shown
late, its events may arrive late, and a listener looks a second after the first join it hears of.
"""

import heapq
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
GUILD = "900000000000000001"
VANITY_CODE = "our-guild"


def clock(ms: int, digits: str = "milliseconds") -> str:
    """A moment of the history as Discord writes it."""
    return (START + timedelta(milliseconds=ms)).isoformat(timespec=digits)


@dataclass
class Invite:
    """An invite with the times at which its uses are shown."""

    code: str
    inviter: str
    created: int
    max_uses: int = 0
    expires: int | None = None
    used: int = 0
    shown_from: list[int] = field(default_factory=list)
    hidden_from: int | None = None

    def row(self, at: int) -> dict[str, Any] | None:
        """How the list shows it at a moment, if it does."""
        gone = self.hidden_from is not None and self.hidden_from <= at
        if gone or self.created > at or (self.expires is not None and self.expires <= at):
            return None
        return {
            "code": self.code,
            "inviter": {"id": self.inviter, "username": f"inviter{self.inviter}"},
            "channel": {"id": "1", "name": "general", "type": 0},
            "uses": sum(1 for shown in self.shown_from if shown <= at),
            "max_uses": self.max_uses,
            "max_age": 0 if self.expires is None else (self.expires - self.created) // 1000,
            "temporary": False,
            "created_at": clock(self.created),
            "expires_at": None if self.expires is None else clock(self.expires),
        }


@dataclass
class Habits:
    """How this history's Discord behaves; probabilities."""

    late_count: float = 0.0
    late_event: float = 0.0
    failed_look: float = 0.0
    duplicate: float = 0.0
    by_vanity: float = 0.0
    by_discovery: float = 0.0
    bots: float = 0.0
    single_use: float = 0.0
    revoked: float = 0.0
    expiring: float = 0.0
    burst: float = 0.3
    longest_delay: int = 5_000


class History:
    """A recording (`lines`) and who really used what (`truth`: user id to code or None)."""

    def __init__(self, seed: int, joins: int, codes: int, habits: Habits) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a simulation, not a secret
        self.habits = habits
        self.truth: dict[str, str | None] = {}
        self.inviter: dict[str, str] = {VANITY_CODE: "VANITY"}
        self._lines: list[tuple[int, int, str, Any]] = []
        self._arrivals: list[int] = []
        self._vanity: list[int] = []
        self._serial = 0
        self.invites = [self._new_invite(-60_000) for _ in range(codes)]
        self._live(joins)
        self._look_as_needed()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The recording, in the order in which the listener saw it."""
        return [
            {"at": clock(at), "type": kind, "guild_id": GUILD, "data": data}
            for at, _, kind, data in sorted(self._lines, key=lambda line: line[:2])
        ]

    def uses(self, code: str) -> int:
        """How many joins really used a code."""
        return sum(1 for used in self.truth.values() if used == code)

    def _new_invite(self, created: int) -> Invite:
        self._serial += 1
        inviter = str(700_000_000_000_000_000 + self.random.randrange(4))
        invite = Invite(f"code{self._serial:04d}", inviter, created)
        if self.random.random() < self.habits.single_use:
            invite.max_uses = self.random.choice((1, 1, 1, 2, 3))
        if self.random.random() < self.habits.expiring:
            invite.expires = created + self.random.randrange(60_000, 600_000)
        self.inviter[invite.code] = inviter
        if created >= 0:
            data = (invite.row(created) or {}) | {"guild_id": GUILD, "uses": 0}
            self._say(created + self.random.randrange(10, 40), "INVITE_CREATE", data)
        return invite

    def _live(self, joins: int) -> None:
        now, chance = 5_000, self.random.random
        for n in range(joins):
            now += self.random.randrange(5, 900) if chance() < self.habits.burst else 15_000
            user = str(800_000_000_000_000_000 + n)
            usable = [i for i in self.invites if i.hidden_from is None and i.row(now) is not None]
            if chance() < self.habits.revoked and usable:
                self._revoke(self.random.choice(usable), now - 2)
                usable = [i for i in usable if i.hidden_from is None]
            if len(usable) < 2:
                self.invites.append(self._new_invite(now - 1_500))
                usable.append(self.invites[-1])
            self._join(user, now, usable)

    def _join(self, user: str, now: int, usable: list[Invite]) -> None:
        chance = self.random.random
        bot = chance() < self.habits.bots
        code = None
        if not bot and chance() < self.habits.by_vanity:
            code = VANITY_CODE
            self._vanity.append(now + self._count_delay())
        elif not bot and chance() >= self.habits.by_discovery:
            code = self._use(self.random.choice(usable), now)
        self.truth[user] = code
        joined = {
            "guild_id": GUILD,
            "user": {"id": user, "username": f"u{user[-4:]}", "discriminator": "0", "bot": bot},
            "joined_at": clock(now, "microseconds"),
            "roles": [],
            "flags": 0,
        }
        arrival = now + self._event_delay()
        self._say(arrival, "GUILD_MEMBER_ADD", joined)
        if not bot:
            self._arrivals.append(arrival)
        if chance() < self.habits.duplicate:
            again = arrival + self.random.randrange(100, 1_500)
            self._say(again, "GUILD_MEMBER_ADD", joined)
            self._arrivals.append(again)

    def _use(self, invite: Invite, now: int) -> str:
        invite.used += 1
        shown = now + self._count_delay()
        invite.shown_from.append(shown)
        if invite.used == invite.max_uses:
            invite.hidden_from = shown
            self._say(now + self._event_delay(), "INVITE_DELETE", self._deletion(invite))
        return invite.code

    def _revoke(self, invite: Invite, now: int) -> None:
        invite.hidden_from = now
        self._say(now + self._event_delay(), "INVITE_DELETE", self._deletion(invite))
        entry = {
            "guild_id": GUILD,
            "id": str(950_000_000_000_000_000 + now),
            "user_id": "700000000000000009",
            "target_id": None,
            "action_type": 42,
            "changes": [{"key": "code", "old_value": invite.code}],
        }
        self._say(now + self._event_delay(), "GUILD_AUDIT_LOG_ENTRY_CREATE", entry)

    @staticmethod
    def _deletion(invite: Invite) -> dict[str, str]:
        return {"guild_id": GUILD, "channel_id": "1", "code": invite.code}

    def _count_delay(self) -> int:
        late = self.random.random() < self.habits.late_count
        return self.random.randrange(200, self.habits.longest_delay) if late else 0

    def _event_delay(self) -> int:
        late = self.random.random() < self.habits.late_event
        return self.random.randrange(500, self.habits.longest_delay) if late else 20

    def _look_as_needed(self) -> None:
        """A look at the start, and one a second after the first join heard since the last."""
        self._look(0, sure=True)
        heapq.heapify(self._arrivals)
        while self._arrivals:
            due = heapq.heappop(self._arrivals) + 1_000
            self._look(due)
            while self._arrivals and self._arrivals[0] <= due + 50:
                heapq.heappop(self._arrivals)
        end = max(at for at, *_ in self._lines)
        self._look(end + 30_000 + self.habits.longest_delay, sure=True)

    def _look(self, at: int, *, sure: bool = False) -> None:
        if not sure and self.random.random() < self.habits.failed_look:
            self._say(at + 50, "INVITES", {"error": 500})
            return
        rows = [row for invite in self.invites if (row := invite.row(at + 25)) is not None]
        self._say(at + 50, "INVITES", rows)
        uses = sum(1 for shown in self._vanity if shown <= at + 25)
        self._say(at + 50, "VANITY", {"code": VANITY_CODE, "uses": uses})

    def _say(self, at: int, kind: str, data: object) -> None:
        self._lines.append((at, len(self._lines), kind, data))
