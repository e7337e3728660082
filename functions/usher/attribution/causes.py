"""How a membership ended (SPEC 2.2)."""

from enum import StrEnum
from typing import Final

from usher.ids import UserId


class Cause(StrEnum):
    """What is known of the end of a membership."""

    UNKNOWN = "unknown"
    """It was not seen, or the audit log is not told: a leave, a kick or a ban."""
    LEFT = "left"
    """They went by themselves: nothing told of anything else."""
    PRUNED = "pruned"
    """Removed with others for being inactive."""
    KICKED = "kicked"
    BANNED = "banned"


_RANK: Final = {
    Cause.UNKNOWN: 0,
    Cause.LEFT: 1,
    Cause.PRUNED: 2,
    Cause.KICKED: 3,
    Cause.BANNED: 3,
}
"""A kick and a ban are equal: whichever ended the membership, the other came afterwards."""


def tells_more(cause: Cause, by: UserId | None, than: Cause, than_by: UserId | None) -> bool:
    """Whether a word on the end of a membership adds to an earlier one."""
    if cause is than:
        return by is not None and than_by is None
    return _RANK[cause] > _RANK[than]
