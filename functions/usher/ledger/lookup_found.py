"""What a lookup of one member finds, or why it finds nothing (SPEC 3.3)."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from usher.attribution.wording import Word
from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.staff.queries import StaffMember, Upgrade


@frozen
class Asked:
    """Of whom is asked."""

    user_id: UserId
    bot: bool = False
    joined_at: datetime | None = None
    """When they joined, by Discord; None for who is no member now."""


class Source(StrEnum):
    """Where it was found."""

    LEDGER = "ledger"
    DATABASE = "database"


class Doubt(StrEnum):
    """What to say of the source."""

    LEDGER_DOWN = "ledger down"
    """The bucket did not answer."""
    NO_LINE = "no line"
    """The ledger has no line of it."""
    DATABASE_DOWN = "database down"
    """The table did not answer: a word of days later may be missing."""


@frozen
class Found:
    """The latest join on record, with the last word on it."""

    user_id: UserId
    joined_at: datetime
    left_at: datetime | None
    word: Word
    source: Source
    event_id: str | None = None
    """Of the ledger's line."""
    doubt: Doubt | None = None
    corrected: bool = False
    """The last word is another than the first."""
    username: str | None = None
    display_name: str | None = None
    erased: bool = False
    """Their names are not known because they were erased."""
    rejoined_at: datetime | None = None
    """They joined again later, by Discord, and that join is not on record."""
    staff: StaffMember | None = None
    """The inviter's entry in the staff list."""
    upgrades: tuple[Upgrade, ...] = ()
    verdict: tuple[str, ...] = ()
    """The rules by which it is fake; of a membership before the latest, by the first word."""
    untracked: bool = False
    """Tracking was off when they joined."""


class WhyNone(StrEnum):
    """Why no join is on record."""

    BOT = "bot"
    GUILD_UNSEEN = "guild unseen"
    BEFORE_USHER = "before usher"
    JUST_NOW = "just now"
    MISSED = "missed"
    NO_MEMBER = "no member"


@frozen
class Missing:
    """No join is on record."""

    why: WhyNone
    since: datetime | None = None
    """When Usher first saw the guild."""
    tracking_off: bool = False


class Lookups(Protocol):
    """Finds out about members. May raise an error of the stores when both fail."""

    def find(self, guild_id: GuildId, asked: Asked, now: datetime) -> Found | Missing:
        """Look in the ledger, else in the database."""
        ...
