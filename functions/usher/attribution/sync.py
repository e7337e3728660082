"""Discord's invites compared with ours, code by code (SPEC 3.5). Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import InviteCode, UserId

ACTIVE: Final = "active"
"""CodeStatus.ACTIVE, without the whole model."""


class Fault(StrEnum):
    """How Discord and we differ on a code."""

    MISSING = "missing"
    """Discord lists it, we do not know it."""
    ENDED = "ended"
    """We hold it for active, Discord does not list it."""
    REVIVED = "revived"
    """We hold it for ended, Discord lists it."""
    BEHIND = "behind"
    """Discord has seen more uses, or ours are unknown."""
    AHEAD = "ahead"
    """We have seen more uses than Discord shows."""
    NO_INVITER = "no inviter"
    """Discord names the inviter, we do not know them."""


LASTING: Final = frozenset({Fault.AHEAD, Fault.REVIVED})
"""What no repair changes: counts never fall, and an end that Discord told of stands. A list that
lags shows both for some minutes."""


@frozen
class Held:
    """A code as we hold it."""

    uses: int | None
    """None for not known."""
    inviter_id: UserId | None
    active: bool = True


@frozen
class Listed:
    """A code as Discord lists it."""

    uses: int | None
    """None where Discord hides it."""
    inviter_id: UserId | None


@frozen
class Difference:
    """One code on which Discord and we differ."""

    code: InviteCode
    fault: Fault
    held: Held | None
    listed: Listed | None


def compare(
    ours: Mapping[InviteCode, Held], theirs: Mapping[InviteCode, Listed]
) -> tuple[Difference, ...]:
    """List the differences in order of code; one a code, the weightiest."""
    differences = (_difference(code, ours.get(code), theirs.get(code)) for code in {*ours, *theirs})
    return tuple(sorted((one for one in differences if one), key=lambda one: one.code))


def lasting(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Pick those that no repair changes."""
    return tuple(one for one in differences if one.fault in LASTING)


def _difference(code: InviteCode, held: Held | None, listed: Listed | None) -> Difference | None:
    fault = _fault(held, listed)
    return None if fault is None else Difference(code, fault, held, listed)


def _fault(held: Held | None, listed: Listed | None) -> Fault | None:
    if listed is None:
        return Fault.ENDED if held is not None and held.active else None
    if held is None:
        return Fault.MISSING
    if not held.active:
        return Fault.REVIVED
    if listed.uses is not None and listed.uses != held.uses:
        behind = held.uses is None or held.uses < listed.uses
        return Fault.BEHIND if behind else Fault.AHEAD
    if held.inviter_id is None and listed.inviter_id is not None:
        return Fault.NO_INVITER
    return None
