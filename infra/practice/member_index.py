"""The index of members that members-search asks: filters, order, pages.

Source: Discord's own reference is silent. The shapes are those of the unofficial "Discord
Userdoccers", Guild, Search Guild Members, and of the libraries NetCord and Discord.Net; that new
members are missing at first is discord-api-docs issue 6781.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from infra.practice.entities import Guild, Member, User
from infra.practice.membership import DID_REJOIN
from infra.practice.moments import DISCORD_EPOCH
from infra.practice.world import World

_MILLISECOND = timedelta(milliseconds=1)
_UNIX_OFFSET = 1_420_070_400_000


class Sort(IntEnum):
    """The orders of the result."""

    JOINED_DESC = 1
    JOINED_ASC = 2
    USER_ID_DESC = 3
    USER_ID_ASC = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds of a member. `joined` is in milliseconds since 1970."""

    member: Member
    user: User
    joined: int

    @property
    def did_rejoin(self) -> bool:
        """Whether they have been a member before."""
        return bool(self.member.flags & DID_REJOIN)


type Test = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the result, by the member that stands there."""

    user_id: int
    joined: int


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: every test of `every`, and one of `some` where there are any.

    `after` leads on in the chosen order, to older members by default; `before` leads back.
    """

    every: tuple[Test, ...] = ()
    some: tuple[Test, ...] = ()
    sort: Sort = Sort.JOINED_DESC
    limit: int = 25
    after: Cursor | None = None
    before: Cursor | None = None

    def matches(self, entry: Entry) -> bool:
        """Tell whether a member is asked for."""
        if not all(test(entry) for test in self.every):
            return False
        return not self.some or any(test(entry) for test in self.some)


def indexed(world: World, guild: Guild, lag: timedelta) -> list[Entry]:
    """List the members that the index knows: present ones that came at least `lag` ago."""
    newest = world.now - lag
    return [
        Entry(member, world.user(member.user_id), unix_milliseconds(member))
        for member in guild.members.values()
        if member.joined_at <= newest
    ]


def unix_milliseconds(member: Member) -> int:
    """Return when a member came, in milliseconds since 1970."""
    return (member.joined_at - DISCORD_EPOCH) // _MILLISECOND + _UNIX_OFFSET


def search(entries: list[Entry], query: Query) -> tuple[list[Entry], int]:
    """Return a page of the members that match, and how many match in all."""
    found = [entry for entry in entries if query.matches(entry)]

    def place(joined: int, user_id: int) -> tuple[int, int]:
        by_joined = query.sort in (Sort.JOINED_DESC, Sort.JOINED_ASC)
        key = (joined, user_id) if by_joined else (user_id, 0)
        descending = query.sort in (Sort.JOINED_DESC, Sort.USER_ID_DESC)
        return (-key[0], -key[1]) if descending else key

    placed = sorted(
        ((place(entry.joined, int(entry.user.id)), entry) for entry in found),
        key=lambda pair: pair[0],
    )
    if query.after is not None:
        start = place(query.after.joined, query.after.user_id)
        placed = [pair for pair in placed if pair[0] > start]
    if query.before is not None:
        end = place(query.before.joined, query.before.user_id)
        placed = [pair for pair in placed if pair[0] < end]
    backwards = query.before is not None and query.after is None
    page = placed[-query.limit :] if backwards else placed[: query.limit]
    return [entry for _, entry in page], len(found)
