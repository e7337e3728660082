"""What may differ between Discord, the table and the ledger. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """How things differ."""

    UNBOOKED = "unbooked"
    """A line of the ledger that the table does not know. Subject: its event id."""
    ROW = "row"
    """A row of the table that is not what the ledger amounts to. Subject: its sort key."""
    BOARD = "board"
    """A row of counters that stands elsewhere on the board of all time than it says."""
    INVITE = "invite"
    """A code on which Discord and the table differ."""
    REFUSED = "refused"
    """Discord refuses the list of invites. No subject."""
    AWAY = "away"
    """Usher is not in the guild. No subject."""
    GHOST = "ghost"
    """A member of the table whom Discord does not have. Subject: the user."""
    MISSED = "missed"
    """A member of Discord who joined since Usher watches, and is in no row. Subject: the user."""
    BAN = "ban"
    """A ban in force by our record of which Discord knows nothing. Subject: the user."""
    MUTE = "mute"
    """The same of a timeout."""
    ORPHAN = "orphan"
    """A referral link without its campaign. Subject: its code."""
    OVERDUE = "overdue"
    """Something that the clock has told of for long, and nobody has done. Subject: its sort key."""


HOURLY: Final = timedelta(minutes=45)
"""Less than the time between two checks: what must have been seen twice."""

WAITS: Final[Mapping[Kind, timedelta]] = {
    Kind.UNBOOKED: timedelta(),
    Kind.ROW: timedelta(),
    Kind.BOARD: timedelta(),
    Kind.OVERDUE: timedelta(),
    Kind.INVITE: HOURLY,
    Kind.REFUSED: HOURLY,
    Kind.AWAY: HOURLY,
    Kind.GHOST: HOURLY,
    Kind.MISSED: HOURLY,
    Kind.BAN: HOURLY,
    Kind.MUTE: HOURLY,
    Kind.ORPHAN: HOURLY,
}
"""How long a difference must last before it is one. Discord is seen by a listener too, whose word
may be on its way; what is compared inside is compared as of one version of the guild's head."""

FOR_ADMINS: Final = frozenset({Kind.REFUSED, Kind.BAN, Kind.MUTE})
"""What a guild's admins can do something about, and operators cannot."""
NO_DRIFT: Final = FOR_ADMINS | {Kind.AWAY}
"""What is told, and is no fault of Usher's."""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference, as a check has seen it."""

    kind: Kind
    subject: str
    says: str
    """What differs, in ids and numbers."""
    moment: datetime | None = None
    """Time of the line, begin of the membership: what a repair has to name."""
    mendable: bool = False
    """There is a repair that is safe."""

    @property
    def key(self) -> tuple[Kind, str]:
        """What it is known by."""
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Known:
    """One difference over time."""

    kind: Kind
    subject: str
    says: str
    first: datetime
    last: datetime
    tries: int = 0
    """How often it was repaired."""
    told: bool = False
    solved: datetime | None = None
    moment: datetime | None = None

    @property
    def key(self) -> tuple[Kind, str]:
        """What it is known by."""
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a guild is checked."""

    at: datetime
    """The last check."""
    seen: datetime
    """Lines written before this were looked up in the table."""
    whole_at: datetime | None = None
    """When everything was compared last."""
    after: str = ""
    """The sort key of the member row up to which members were compared with Discord's."""
    open: int = 0
    """Differences that were reported and last, but for those of `NO_DRIFT`."""
    mended: int = 0
    """Repairs of the last check."""
    asked_at: datetime | None = None
    """When Discord was compared last."""
