"""Cases and the sanctions in force: what is on record about members. Pure.

A case is one thing that was done, or is being done, about one member; every change of it is an
entry. A slot says which case is in force for a member: one ban and one mute, whoever gave it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, UserId


class Kind(StrEnum):
    """What was done."""

    WARN = "warn"
    NOTE = "note"
    MUTE = "mute"
    UNMUTE = "unmute"
    KICK = "kick"
    SOFTBAN = "softban"
    BAN = "ban"
    UNBAN = "unban"


class Status(StrEnum):
    """How a case stands."""

    PENDING = "pending"
    """Written down, and not known to be done yet."""
    ACTIVE = "active"
    ENDED = "ended"
    """Its time is over, somebody lifted it, or a newer one took its place."""
    PARDONED = "pardoned"
    FAILED = "failed"
    """It was never done."""


class SlotKind(StrEnum):
    """Of what a member can have one at a time."""

    BAN = "ban"
    MUTE = "mute"


class Change(StrEnum):
    """What happened to a case."""

    DONE = "done"
    FAILED = "failed"
    EDITED = "edited"
    EVIDENCE = "evidence"
    PARDONED = "pardoned"
    LIFTED = "lifted"
    """By hand, or by another case."""
    REPLACED = "replaced"
    """By a newer case of the same kind."""
    EXPIRED = "expired"
    APPEALED = "appealed"
    UPHELD = "upheld"
    """An appeal was turned down."""
    GRANTED = "granted"
    """An appeal was granted."""
    ERASED = "erased"
    """Somebody asked for it: names, or all words, are gone."""


class Told(StrEnum):
    """Whether the member was told by a direct message."""

    NOT_YET = "not_yet"
    YES = "yes"
    CLOSED = "closed"
    """They take none."""
    OFF = "off"
    """They are not to be told."""
    RETRACTED = "retracted"


class Source(StrEnum):
    """On which road a case came."""

    COMMAND = "command"
    RULE = "rule"
    """Usher did it because of what the server has set."""
    MASS = "mass"
    """It is one of many that were ordered at once."""
    BY_HAND = "by_hand"
    """Somebody did it in Discord itself."""


@frozen
class Entry:
    """One change of a case."""

    at: datetime
    by: UserId | None
    """None for Usher itself."""
    change: Change
    text: str = ""


class Ruling(StrEnum):
    """How an appeal stands."""

    OPEN = "open"
    GRANTED = "granted"
    UPHELD = "upheld"


@frozen
class Appeal:
    """What a member says against a case; once a case."""

    text: str
    at: datetime
    ruling: Ruling = Ruling.OPEN


@frozen
class Evidence:
    """A file or a message that shows what happened."""

    url: str
    """Discord's link to a file ends after a day (Discord docs: Attachment)."""
    name: str = ""
    attachment: str = ""
    """Discord's id of a file; empty for a link."""
    content_type: str = ""
    """As Discord has it; empty where it does not say."""
    copy: str = ""
    """Where a copy of the file is kept; empty for none."""

    @property
    def is_lost(self) -> bool:
        """Whether it is a file of which no copy could be kept."""
        return bool(self.attachment) and not self.copy


@frozen
class MessageRef:
    """Where a message stands."""

    channel_id: ChannelId
    message_id: str


@frozen
class Case:
    """One case. Immutable: a change makes the next version."""

    guild_id: GuildId
    number: int
    """1 for a server's first; no number is left out."""
    key: str
    """What opened it, for example an interaction: the same again is the same case."""
    kind: Kind
    user_id: UserId
    by: UserId | None
    """The moderator; None for Usher itself."""
    reason: str
    at: datetime
    status: Status = Status.PENDING
    source: Source = Source.COMMAND
    until: datetime | None = None
    """When a ban or mute ends, or a warning counts no more; None for never."""
    points: int = 0
    """Of a warning."""
    delete_seconds: int = 0
    """How much of a banned member's messages goes too."""
    about: int | None = None
    """The case that it follows from."""
    evidence: tuple[Evidence, ...] = ()
    standing: str | None = None
    """The reason that Discord kept of a ban, by which the ban is known again."""
    told: Told = Told.NOT_YET
    message: MessageRef | None = None
    """The direct message."""
    log: MessageRef | None = None
    """The message in the moderation log."""
    logged: int = 0
    """The version that stands in the moderation log."""
    entries: tuple[Entry, ...] = ()
    appeal: Appeal | None = None
    version: int = 1


@frozen
class Slot:
    """The ban or mute in force for a member, and the case that is about to change it."""

    guild_id: GuildId
    kind: SlotKind
    user_id: UserId
    version: int = 0
    """0 for one that was never written."""
    case: int | None = None
    """The case in force; None for none."""
    until: datetime | None = None
    """When it ends; None for never."""
    pending: int | None = None
    """The newest case that is not known to be done."""
    renew_at: datetime | None = None
    """When Discord is to be asked for more of a long mute."""
    tries: int = 0
    """How often Discord refused to end it."""
    retry_at: datetime | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is in force, nor about to be: what was never written says the same."""
        return self.case is None and self.pending is None

    @property
    def due_at(self) -> datetime | None:
        """When something is to be done about it; None for never."""
        if self.case is None:
            return None
        if self.retry_at is not None:
            return self.retry_at
        times = [one for one in (self.until, self.renew_at) if one is not None]
        return min(times, default=None)


SLOTS: Final[Mapping[Kind, SlotKind]] = {
    Kind.BAN: SlotKind.BAN,
    Kind.UNBAN: SlotKind.BAN,
    Kind.SOFTBAN: SlotKind.BAN,
    Kind.MUTE: SlotKind.MUTE,
    Kind.UNMUTE: SlotKind.MUTE,
}
"""Which slot a case changes."""

LASTING: Final = frozenset({Kind.BAN, Kind.MUTE})
"""What stays in force once it is done."""
BEFOREHAND: Final = frozenset({Kind.KICK, Kind.BAN, Kind.SOFTBAN})
"""Who is told before it is done: afterwards no server is shared, and no message arrives."""
INSISTED: Final = frozenset({Source.RULE, Source.MASS})
"""What the clock carries out where it was not: nobody is there to ask again."""
DONE_IN_DISCORD: Final = frozenset(Kind) - {Kind.WARN, Kind.NOTE}


def slot_key(kind: SlotKind, user_id: UserId) -> str:
    """Name a slot's row."""
    return f"X#{kind.value}#{user_id}"


def due_key(number: int) -> str:
    """Name the row by which the clock comes back to a case."""
    return f"X#case#{number}"
