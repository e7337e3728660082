"""Members of the table beside members of Discord. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from usher.ids import UserId
from usher.integrity.model import Found, Kind
from usher.integrity.ports import MemberSeen, Present
from usher.times import format_time

YOUNG: Final = timedelta(minutes=30)
"""Who joined or left so lately may be on their way still."""
PAGE: Final = 1000
"""Members of one answer (Discord: List Guild Members)."""
FIRST: Final = UserId("0")
"""Before everybody."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Members whose rows follow one another in the order of Discord's list too."""

    after: UserId
    """The id below the first of them."""
    members: tuple[MemberSeen, ...]


def stretches(rows: Iterable[MemberSeen]) -> list[Stretch]:
    """Cut rows so that each stretch is in numerical order: sort keys are not, ids differ in length.

    Discord lists members in order of their ids.
    """
    ordered = sorted(rows, key=lambda row: (len(row.user_id), row.user_id))
    cut: list[Stretch] = []
    for _, group in groupby(ordered, key=lambda row: len(row.user_id)):
        members = tuple(group)
        cut.append(Stretch(UserId(str(int(members[0].user_id) - 1)), members))
    return cut


def from_the_first(rows: Iterable[MemberSeen]) -> Stretch:
    """Put all rows into the stretch that begins with Discord's first member."""
    return Stretch(FIRST, tuple(sorted(rows, key=lambda row: int(row.user_id))))


def covered(users: Iterable[UserId], page: Collection[Present]) -> list[UserId]:
    """Pick those of whom a page tells, present or not, given in order of their ids."""
    if len(page) < PAGE:
        return [*users]
    last = max(int(one.user_id) for one in page)
    return [user for user in users if int(user) <= last]


def ghosts(stretch: Stretch, page: Collection[Present], now: datetime) -> list[Found]:
    """Name members without an end on record whom Discord's page does not have."""
    told = {*covered([row.user_id for row in stretch.members], page)}
    gone = told - {one.user_id for one in page}
    return [
        ghost(row)
        for row in stretch.members
        if row.user_id in gone and row.left_at is None and row.joined_at <= now - YOUNG
    ]


def ghost(row: MemberSeen) -> Found:
    """Describe a member whom Discord does not have."""
    says = f"joined {format_time(row.joined_at)}"
    return Found(Kind.GHOST, row.user_id, says, row.joined_at, mendable=True)


def missed(
    page: Iterable[Present],
    rows: Mapping[UserId, MemberSeen],
    since: datetime | None,
    now: datetime,
) -> list[Found]:
    """Name members of Discord's who joined since Usher watches, and are on no record."""
    found: list[Found] = []
    for one in page:
        if one.bot or one.joined_at is None or since is None:
            continue  # nobody is told of the join of Usher itself
        if not since <= one.joined_at <= now - YOUNG:
            continue
        row = rows.get(one.user_id)
        if row is None or row.joined_at < one.joined_at:
            says = f"joined {format_time(one.joined_at)}"
            found.append(Found(Kind.MISSED, one.user_id, says, one.joined_at, mendable=True))
        elif row.left_at is not None and row.joined_at == one.joined_at:
            says = f"joined {format_time(one.joined_at)}, by the table they left"
            found.append(Found(Kind.MISSED, one.user_id, says, one.joined_at))
    return found


def unmuted(page: Iterable[Present], muted: Iterable[UserId], now: datetime) -> list[Found]:
    """Name members who are muted by our record alone."""
    wanted = frozenset(muted)
    return [
        Found(Kind.MUTE, one.user_id, "Discord has no timeout")
        for one in page
        if one.user_id in wanted and (one.muted_until is None or one.muted_until <= now)
    ]
