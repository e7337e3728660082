"""Ranks: a role for a number of effective invites (SPEC 2.4). Pure."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import RoleId

GROUP: Final = "rank"
"""The group of settings that holds a rank each: `rank#<role id>`."""

MOST_RANKS: Final = 25
MOST_INVITES: Final = 1_000_000
_TRUSTED: Final = " trusted"


class Mode(StrEnum):
    """What a member holds who has reached several ranks."""

    STACK = "stack"
    """The role of every one."""
    HIGHEST = "highest"
    """The role of the highest alone, or of all that need as many invites as it."""


@frozen
class Rank:
    """A role for a number of effective invites."""

    role_id: RoleId
    invites: int
    trusted: bool = False
    """The server's owner wants it given although its permissions are dangerous."""


def rank_setting(role_id: RoleId) -> str:
    """Name the setting that holds a rank."""
    return f"{GROUP}#{role_id}"


def write_rank(rank: Rank) -> str:
    """Write a rank as its setting's value."""
    return f"{rank.invites}{_TRUSTED if rank.trusted else ''}"


def read_rank(role_id: RoleId, value: object) -> Rank | None:
    """Read a rank; None for what is none."""
    text = value if isinstance(value, str) else ""
    number = text.removesuffix(_TRUSTED)
    if not number.isascii() or not number.isdecimal():
        return None
    return Rank(role_id, int(number), text.endswith(_TRUSTED))


def in_order(ranks: Iterable[Rank]) -> tuple[Rank, ...]:
    """Order ranks, the first to be reached first."""
    return tuple(sorted(ranks, key=lambda rank: (rank.invites, int(rank.role_id))))


def roles_due(ranks: Iterable[Rank], invites: int, mode: Mode) -> frozenset[RoleId]:
    """Say which of the ranks' roles a member with so many effective invites holds."""
    reached = [rank for rank in ranks if rank.invites <= invites]
    if mode is Mode.HIGHEST:
        top = max((rank.invites for rank in reached), default=0)
        reached = [rank for rank in reached if rank.invites == top]
    return frozenset(rank.role_id for rank in reached)


def difference(
    held: Collection[RoleId], due: Collection[RoleId], governed: Collection[RoleId]
) -> tuple[tuple[RoleId, ...], tuple[RoleId, ...]]:
    """Say which roles to give and which to take, in a fixed order; other roles are let be."""
    give = sorted((set(due) & set(governed)) - set(held), key=int)
    take = sorted((set(governed) - set(due)) & set(held), key=int)
    return tuple(give), tuple(take)
