"""Discord beside the table: invites, members, bans, timeouts; a few calls a guild (SPEC 11.5)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Final, Protocol

from usher.attribution.sync import LASTING, Difference
from usher.attribution.sync_ports import Comparison, LookError, LookRefusedError
from usher.ids import GuildId, UserId
from usher.integrity.model import Found, Kind, Known
from usher.integrity.ports import Discord, HeadSeen, HushError, Present, Table
from usher.integrity.present import (
    FIRST,
    Stretch,
    covered,
    from_the_first,
    ghosts,
    missed,
    stretches,
    unmuted,
)

ROWS: Final = 500
"""Rows of members compared in one check."""
MOST_NEW: Final = 100
"""Of a kind in one check: what more there is, the next check finds."""
BANS: Final = 5
"""Bans looked up in one check, in turn."""


class Comparing(Protocol):
    """Compares invites."""

    def compare(self, guild_id: GuildId) -> Comparison:
        """Ask Discord and compare; raises LookError and errors of the store."""
        ...


@dataclass(slots=True)
class Seen:
    """What one check of Discord came to, as far as it came."""

    after: str
    found: list[Found] = field(default_factory=list)
    looked: set[Kind] = field(default_factory=set)
    hushed: bool = False
    unlisted: set[UserId] = field(default_factory=set)
    """Who is there, though Discord's list leaves them out."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Compares a guild with Discord. Methods may raise errors of AWS."""

    sync: Comparing
    discord: Discord
    table: Table
    clock: Callable[[], datetime]

    def check(self, guild_id: GuildId, head: HeadSeen, after: str, known: list[Known]) -> Seen:
        """Compare what is due; members from the sort key `after` on."""
        seen = Seen(after)
        try:
            away = any(one.kind is Kind.AWAY for one in known)
            if self._invites(guild_id, seen, away=away):
                self._sanctions(guild_id, known, seen)
                self._again(guild_id, head, known, seen)
                self._members(guild_id, head, seen)
        except HushError:
            seen.hushed = True
        return seen

    def everything(self, guild_id: GuildId, head: HeadSeen) -> Seen:
        """Compare all at once: every member, in as many calls as that takes."""
        seen = Seen("")
        try:
            if self._invites(guild_id, seen, away=False):
                self._sanctions(guild_id, [], seen)
                while self._members(guild_id, head, seen) and seen.after:
                    pass
        except HushError:
            seen.hushed = True
        return seen

    def _invites(self, guild_id: GuildId, seen: Seen, *, away: bool) -> bool:
        """Compare invites; say whether Usher is in the guild. `away`: it was not, when last seen.

        Each refusal counts towards a ban of the address.
        """
        refused = there = False
        if away and not self.discord.is_there(guild_id):
            seen.looked |= {Kind.REFUSED, Kind.AWAY}
            seen.found.append(_AWAY)
            return False
        try:
            comparison = self.sync.compare(guild_id)
        except LookRefusedError:
            refused, there = True, self.discord.is_there(guild_id)
        except LookError as error:
            raise HushError from error
        else:
            there = True
            seen.looked.add(Kind.INVITE)
            seen.found += [describe(one) for one in comparison.differences][:MOST_NEW]
        seen.looked |= {Kind.REFUSED, Kind.AWAY}
        if refused:
            found = Found(Kind.REFUSED, "", "Manage Server is missing")
            seen.found.append(found if there else _AWAY)
        return there

    def _members(self, guild_id: GuildId, head: HeadSeen, seen: Seen) -> bool:
        """Compare the next members with those of Discord's list; False where it is refused."""
        rows = self.table.members_after(guild_id, seen.after, ROWS)
        told: set[UserId] = set()
        # Who has a lower id than any row is on no page that begins with a row.
        begin = from_the_first(rows)
        if not seen.after and not self._stretch(guild_id, head, begin, told, seen):
            return False
        for stretch in stretches(row for row in rows if row.user_id not in told):
            if not self._stretch(guild_id, head, stretch, told, seen):
                return False
        # Of a large server a page may tell of few rows: the others have their turn next.
        passed = [*takewhile(lambda row: row.user_id in told, rows)]
        is_end = len(passed) == len(rows) < ROWS
        seen.after = "" if is_end else f"M#{passed[-1].user_id}"
        return True

    def _stretch(
        self, guild_id: GuildId, head: HeadSeen, stretch: Stretch, told: set[UserId], seen: Seen
    ) -> bool:
        """Compare members with one page of Discord's list, and add those it tells of to `told`."""
        page, now = self._page(guild_id, stretch.after), self.clock()
        if page is None:
            return False
        here = {row.user_id: row for row in stretch.members}
        told |= {*covered(here, page)}
        fresh = [
            one.user_id
            for one in page
            if one.user_id not in here and one.joined_at and head.since is not None
            if one.joined_at >= head.since
        ]
        here |= {row.user_id: row for row in self.table.members(guild_id, fresh)}
        known = {one.key for one in seen.found}
        lacking = ghosts(stretch, page, now)[:MOST_NEW]
        found = [
            *(one for one in lacking if one.subject not in seen.unlisted),
            *missed(page, here, head.since, now)[:MOST_NEW],
            *self._unmuted(guild_id, page)[:MOST_NEW],
        ]
        seen.found += [one for one in found if one.key not in known]
        return True

    def _page(self, guild_id: GuildId, after: UserId) -> list[Present] | None:
        """Read a page of members. A list without anybody is no answer: Usher is on it itself."""
        page = self.discord.members(guild_id, after)
        if page is not None and not page and not self.discord.members(guild_id, FIRST):
            raise HushError
        return page

    def _again(self, guild_id: GuildId, head: HeadSeen, known: list[Known], seen: Seen) -> None:
        """Look again for those who were found before."""
        mine = {UserId(one.subject): one for one in known if one.kind in _OF_MEMBERS}
        users = sorted(mine, key=int)
        rows = {row.user_id: row for row in self.table.members(guild_id, users)} if users else {}
        now = self.clock()
        while users:
            page = self._page(guild_id, UserId(str(int(users[0]) - 1)))
            if page is None:
                return
            told = covered(users, page)
            users = users[len(told) :]
            here = {user: rows[user] for user in told if user in rows}
            there = [one for one in page if one.user_id in told]
            for stretch in stretches(here.values()):
                for one in ghosts(stretch, page, now):
                    self._by_name(guild_id, one, known, seen)
            seen.found += missed(there, here, head.since, now)
            seen.found += self._unmuted(guild_id, there)
        seen.looked |= _OF_MEMBERS

    def _by_name(self, guild_id: GuildId, one: Found, known: list[Known], seen: Seen) -> None:
        """Ask for somebody who was missing before too: no membership is ended by a list alone."""
        user_id, is_told = UserId(one.subject), any(two.told for two in known if two.key == one.key)
        if not is_told and self.discord.is_member(guild_id, user_id):
            seen.unlisted.add(user_id)
        else:
            seen.found.append(one)

    def _unmuted(self, guild_id: GuildId, page: list[Present]) -> list[Found]:
        return unmuted(page, self.table.sanctions(guild_id).get("mute", []), self.clock())

    def _sanctions(self, guild_id: GuildId, known: list[Known], seen: Seen) -> None:
        """Look up some of the bans in force, and those that were found before."""
        banned = sorted(self.table.sanctions(guild_id).get("ban", []))
        turn = int(self.clock().timestamp() // 3600) * BANS % max(1, len(banned))
        mine = {UserId(one.subject) for one in known if one.kind is Kind.BAN}
        for user_id in {*[*banned, *banned][turn : turn + BANS], *mine & {*banned}}:
            is_banned = self.discord.is_banned(guild_id, user_id)
            if is_banned is None:
                return  # Ban Members is missing: the settings of moderation say so
            if not is_banned:
                seen.found.append(Found(Kind.BAN, user_id, "Discord has no ban"))
        seen.looked.add(Kind.BAN)


_AWAY: Final = Found(Kind.AWAY, "", "Usher was removed")
_OF_MEMBERS: Final = frozenset({Kind.GHOST, Kind.MISSED, Kind.MUTE})


def describe(one: Difference) -> Found:
    """Describe a code on which Discord and the table differ."""
    held = "-" if one.held is None else one.held.uses
    listed = "-" if one.listed is None else one.listed.uses
    says = f"{one.fault.value}: {held} uses in the table, {listed} in Discord"
    return Found(Kind.INVITE, one.code, says, mendable=one.fault not in LASTING)
