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


SEEN = {
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "INVITE_CREATE",
    "INVITE_DELETE",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "INVITES",
    "VANITY",
    "MEMBERS_SEARCH",
}
"""What a listener that is away does not get."""


def snowflake(ms: int) -> str:
    """An id that Discord would give at a moment of the history."""
    moment = START + timedelta(milliseconds=ms)
    return str(int((moment - datetime(2015, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)) << 22)


def _user(joined: dict[str, Any]) -> dict[str, Any]:
    return {"user": joined["user"]}


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
    away: int = 0
    """Absences of the listener, each of a minute; after each it asks what it missed."""
    searched: float = 0.0
    """Share of joins of which Discord's search tells."""
    leaves: float = 0.0


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
        self._members: dict[str, tuple[int, dict[str, Any]]] = {}
        self._left: dict[str, int] = {}
        self._audit: list[tuple[int, dict[str, Any]]] = []
        self._serial = 0
        self.invites = [self._new_invite(-60_000) for _ in range(codes)]
        self._live(joins)
        self._absences = self._go_away()
        self._look_as_needed()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The recording, in the order in which the listener saw it."""
        heard = [(self._heard(at, kind, data), n, kind, data) for at, n, kind, data in self._lines]
        return [
            {"at": clock(at), "type": kind, "guild_id": GUILD, "data": data}
            for at, _, kind, data in sorted(heard, key=lambda line: line[:2])
            if kind not in SEEN or not self._is_away(at)
        ]

    def unseen(self, user: str) -> bool:
        """Whether somebody came and went without the listener ever having been able to tell."""
        left = self._left.get(user)
        return left is not None and any(left <= back + 1_000 for _, back in self._absences)

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
            self._audit.append((created, self._creation(invite)))
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
        self._members[user] = (now, joined)
        if chance() < self.habits.leaves:
            self._left[user] = now + self.random.randrange(2_000, 40_000)
            self._say(self._left[user], "GUILD_MEMBER_REMOVE", {"guild_id": GUILD, **_user(joined)})
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
            "id": snowflake(now),
            "user_id": "700000000000000009",
            "target_id": None,
            "action_type": 42,
            "changes": [{"key": "code", "old_value": invite.code}],
        }
        self._audit.append((now, entry))
        self._say(now + self._event_delay(), "GUILD_AUDIT_LOG_ENTRY_CREATE", entry)

    @staticmethod
    def _creation(invite: Invite) -> dict[str, Any]:
        told = {"code": invite.code, "inviter_id": invite.inviter, "max_uses": invite.max_uses}
        return {
            "id": snowflake(invite.created),
            "user_id": invite.inviter,
            "target_id": None,
            "action_type": 40,
            "changes": [{"key": key, "new_value": value} for key, value in told.items()],
        }

    @staticmethod
    def _deletion(invite: Invite) -> dict[str, str]:
        return {"guild_id": GUILD, "channel_id": "1", "code": invite.code}

    def _count_delay(self) -> int:
        late = self.random.random() < self.habits.late_count
        return self.random.randrange(200, self.habits.longest_delay) if late else 0

    def _event_delay(self) -> int:
        late = self.random.random() < self.habits.late_event
        return self.random.randrange(500, self.habits.longest_delay) if late else 20

    def _go_away(self) -> list[tuple[int, int]]:
        """Choose when the listener is away, and let it ask afterwards what it missed."""
        end = max(at for at, *_ in self._lines)
        absences = []
        for n in range(self.habits.away):
            began = end * (2 * n + 1) // (2 * self.habits.away + 1)
            absences.append((began, began + 60_000))
        for began, back in absences:
            self._say(began, "GAP", None)
            self._look(back, sure=True)
            self._ask(began, back + 200)
        return absences

    def _heard(self, at: int, kind: str, data: Any) -> int:  # noqa: ANN401 - Discord's payload
        """A join before an absence is heard of before it: no session ends with events owed."""
        if kind == "GUILD_MEMBER_ADD":
            joined, _ = self._members[data["user"]["id"]]
            for began, back in self._absences:
                if joined < began <= at < back:
                    return began - 1
        return at

    def _is_away(self, at: int) -> bool:
        return any(began <= at < back for began, back in self._absences)

    def _ask(self, began: int, at: int) -> None:
        """What a listener that was away asks: the members there are, and the audit log."""
        here = [
            {key: value for key, value in member.items() if key != "guild_id"}
            for user, (joined, member) in self._members.items()
            if began - 90_000 <= joined <= at - 100 and self._left.get(user, at + 1) > at
        ]
        self._say(at, "MEMBERS", here)
        entries = [entry for made, entry in self._audit if began - 90_000 <= made <= at - 100]
        self._say(at + 50, "AUDIT_LOG", {"audit_log_entries": entries[::-1]})

    def _search(self) -> None:
        """Discord's record of some joins, about a minute after each."""
        for user, (joined, member) in self._members.items():
            if self.random.random() >= self.habits.searched:
                continue
            asked = joined + 60_000
            if self._left.get(user, asked + 1) <= asked or self._is_away(asked):
                continue
            code = self.truth[user]
            bot = member["user"]["bot"]
            source = 1 if bot else 3 if code is None else 6 if code == VANITY_CODE else 5
            inviter = None if code in (None, VANITY_CODE) else self.inviter[str(code)]
            row = {
                "member": {key: value for key, value in member.items() if key != "guild_id"},
                "source_invite_code": code,
                "join_source_type": source,
                "inviter_id": inviter,
            }
            self._say(asked, "MEMBERS_SEARCH", {"guild_id": GUILD, "members": [row]})

    def _look_as_needed(self) -> None:
        """A look at the start, and one a second after the first join heard since the last."""
        self._look(0, sure=True)
        self._search()
        self._arrivals = [at for at in self._arrivals if not self._is_away(at)]
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
