"""What a recording shows: who joined, and which uses became visible when.

The oracle's evidence. It knows the whole recording, where Usher sees one observation after another,
and is written anew from the specification; it imports nothing of Usher. Times are milliseconds.

- A look that failed, was refused or lists no counts shows nothing.
- A count that is higher than in the look before was raised by joins of the last ten minutes; where
  the looks before showed nothing, by joins since ten minutes before the first of those. A join that
  may have no use yet, and no look nine and a half minutes after it, may have raised it as well.
- An invite that was made since the look before began at zero.
- An invite ends when Discord says so (INVITE_DELETE), or when a look does not list it. The audit
  log's entry 42 tells that a person ended it, and with which count.
- Not told here: absences, and what a first look contains.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulator.clock import MINUTE, SECOND, START
from tests.simulator.invites import VANITY_CODE
from tests.simulator.listener import Line

LAG = 10 * MINUTE
LAST = 9 * MINUTE + 30 * SECOND
ANSWERING = 15 * SECOND
ENDLESS = 10_000


@dataclass(frozen=True, slots=True)
class Join:
    """A membership as heard of; `pinned` is what Discord's own record says of it, if anything."""

    user: str
    joined: int
    heard: int
    pinned: tuple[str | None, str | None] | None = None
    """Code and inviter, both None for no invite."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses of a code that became visible at once."""

    code: str
    inviter: str | None
    count: int
    kind: str
    """`seen`: made for certain. `last`: made, if as many joins fit. `maybe`: made, or not."""
    since: int
    until: int
    only: str | None = None


@dataclass
class _Code:
    """A code while the recording is read."""

    code: str
    inviter: str | None
    created: int | None
    expires: int | None = None
    max_uses: int = 0
    count: int | None = None
    only: str | None = None
    ended: int | None = None
    since: int = 0
    told: bool = False
    expired: bool = False
    revoked: bool = False


type Alone = Callable[[list[Join], list[Uses]], list[Join]]
"""Tells which joins some best explanation leaves without a use."""


@dataclass
class Reading:
    """Reads lines in their order; then `joins` and `uses()` tell what they show."""

    lines: list[Line]
    alone: Alone = lambda joins, uses: []
    joins: dict[tuple[str, int], Join] = field(default_factory=dict)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _seen: list[Uses] = field(default_factory=list)
    _shown_at: int | None = None
    _blind_since: int | None = None
    _shown: bool = False
    longest_blind: int = 0
    """The longest time in which looks did not show everything."""
    longest_wait: int = 0
    """The longest time for which a join waited for a look that it should have had before."""

    def __post_init__(self) -> None:
        readers = {
            "GUILD_MEMBER_ADD": self._joined,
            "INVITE_CREATE": self._created,
            "INVITE_DELETE": self._deleted,
            "GUILD_AUDIT_LOG_ENTRY_CREATE": self._logged,
            "USHER": self._targeted,
            "INVITES": self._listed,
            "VANITY": self._vanity,
            "MEMBERS_SEARCH": self._searched,
        }
        for at, kind, data in self.lines:
            if kind in readers:
                readers[kind](at, data)

    def uses(self) -> list[Uses]:
        """Everything that became visible, and what ended codes may hide."""
        return [*self._seen, *(hidden for c in self._codes.values() for hidden in _hidden(c))]

    def _since(self, at: int) -> int:
        watched = min(at, at if self._blind_since is None else self._blind_since) - LAG
        return min(watched, self._awaited(at, watched))

    def _awaited(self, at: int, otherwise: int) -> int:
        """When the earliest join was made that lacks a use and its last look."""
        lacking = [
            join
            for join in self.joins.values()
            if (join.pinned is None or join.pinned[0] is not None)
            and (self._shown_at is None or join.joined > self._shown_at - LAST)
        ]
        if all(join.joined >= at - LAG for join in lacking):
            return otherwise
        alone = self.alone(list(self.joins.values()), self.uses())
        waited = [join.joined for join in alone if join in lacking]
        self.longest_wait = max([self.longest_wait, *(at - joined for joined in waited)])
        return min(waited, default=otherwise)

    def _joined(self, at: int, data: dict[str, Any]) -> None:
        key = data["user"]["id"], _ms(data["joined_at"])
        if not data["user"]["bot"] and key not in self.joins:
            self.joins[key] = Join(*key, at)

    def _created(self, at: int, data: dict[str, Any]) -> None:
        code = self._know(data)
        code.count = code.count or 0

    def _know(self, row: dict[str, Any]) -> _Code:
        """Learn what a row tells of a code that was named before it was shown."""
        code = self._codes.setdefault(row["code"], _Code(row["code"], None, None))
        if code.created is None:
            shown = _code(row)
            code.inviter, code.created = shown.inviter, shown.created
            code.expires, code.max_uses = shown.expires, shown.max_uses
        return code

    def _targeted(self, at: int, data: dict[str, Any]) -> None:
        target = data["target_users"]
        code = self._codes.setdefault(target["code"], _Code(target["code"], None, None, count=0))
        code.only = target["user_ids"][0]

    def _deleted(self, at: int, data: dict[str, Any]) -> None:
        # News of its making may come later.
        code = self._codes.setdefault(data["code"], _Code(data["code"], None, None))
        if not code.told:
            self._end(code, at, told=True)

    def _end(self, code: _Code, at: int, *, told: bool) -> None:
        if code.ended is None or (told and code.expired):
            code.ended, code.since = at, self._since(at)
        code.expired = False
        code.told = told

    def _logged(self, at: int, data: dict[str, Any]) -> None:
        told = {c["key"]: c.get("old_value", c.get("new_value")) for c in data["changes"]}
        code = self._codes.get(told["code"])
        if data["action_type"] != 42 or code is None:
            return
        self._end(code, at, told=True)
        code.revoked = True
        if code.count is not None and code.ended is not None and told["uses"] > code.count:
            self._rise(code, told["uses"], min(at, code.ended), code.since)

    def _listed(self, at: int, data: Any) -> None:  # noqa: ANN401 - Discord's answer
        shown = isinstance(data, list) and all("uses" in row for row in data)
        for row in data if isinstance(data, list) else ():
            self._row(at, row)
        if isinstance(data, list):
            self._vanished(at, {row["code"] for row in data})
        self._shown = shown
        if not shown and self._blind_since is None:
            self._blind_since = at

    def _vanished(self, at: int, listed: set[str]) -> None:
        for code in self._codes.values():
            began = code.created is None or code.created <= at - ANSWERING
            if code.code not in listed and code.ended is None and began:
                self._end(code, at, told=False)
                if code.expires is not None and code.expires <= at:
                    code.ended, code.expired = code.expires, True
                    code.since = self._since(code.expires)

    def _row(self, at: int, row: dict[str, Any]) -> None:
        code = self._know(row)
        if not code.told:
            code.ended, code.expired = None, False
        if "uses" not in row:
            return
        if code.count is None:
            made = code.created or 0
            new = self._shown_at is not None and made > self._shown_at - ANSWERING
            code.count = 0 if new else row["uses"]
        until = at if code.ended is None else min(at, code.ended)
        self._rise(code, row["uses"], until, self._since(until))

    def _rise(self, code: _Code, count: int, at: int, since: int) -> None:
        before = code.count or 0
        if count > before:
            since = max(since, code.created if code.created is not None else since)
            self._seen.append(
                Uses(code.code, code.inviter, count - before, "seen", since, at, code.only)
            )
            code.count = count

    def _vanity(self, at: int, data: dict[str, Any]) -> None:
        """The counter is asked for after the invites: with both, the look is whole."""
        if "uses" not in data:
            self._blind_since = at if self._blind_since is None else self._blind_since
            return
        code = self._codes.setdefault(VANITY_CODE, _Code(VANITY_CODE, "VANITY", None, ended=-1))
        if code.count is None:
            code.count = data["uses"]
        self._rise(code, data["uses"], at, self._since(at))
        if self._shown:
            blind = 0 if self._blind_since is None else at - self._blind_since
            self.longest_blind = max(self.longest_blind, blind)
            self._shown_at, self._blind_since = at, None

    def _searched(self, at: int, data: dict[str, Any]) -> None:
        for row in data.get("members", ()):
            if row["join_source_type"] == 0:
                continue
            key = row["member"]["user"]["id"], _ms(row["member"]["joined_at"])
            join = self.joins.get(key)
            if join is not None:
                code = row["source_invite_code"]
                inviter = "VANITY" if code == VANITY_CODE else row["inviter_id"]
                self.joins[key] = Join(join.user, join.joined, join.heard, (code, inviter))


def _hidden(code: _Code) -> list[Uses]:
    """What the end of a code may hide."""
    if code.ended is None or code.count is None or code.code == VANITY_CODE:
        return []
    left = code.max_uses - code.count if code.max_uses else ENDLESS
    by_hand = code.revoked and code.max_uses
    left -= bool(by_hand)  # nobody can end by hand what its last use has ended
    if left <= 0:
        return []
    certain = code.max_uses and not code.revoked and not code.expired
    since = max(code.since, code.created if code.created is not None else code.since)
    kind = "last" if certain else "maybe"
    return [Uses(code.code, code.inviter, left, kind, since, code.ended, code.only)]


def _code(row: dict[str, Any]) -> _Code:
    """Discord's invite object; without Manage Server it lacks nearly everything."""
    created, expires = row.get("created_at"), row.get("expires_at")
    return _Code(
        row["code"],
        row["inviter"]["id"],
        None if created is None else _ms(created),
        None if expires is None else _ms(expires),
        row.get("max_uses", 0),
    )


def _ms(text: str) -> int:
    return round((datetime.fromisoformat(text) - START).total_seconds() * 1000)
