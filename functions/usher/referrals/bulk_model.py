"""Rows of an import, what they are held against, and what is said of them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.referrals.model import Campaign, Link, LinkCode

MOST_ROWS: Final = 1_000
MOST_LINKS: Final = 1_000
"""Links of a server."""
FIELDS: Final = (
    *("code", "campaign_id", "campaign", "owner_id", "title", "description"),
    *("platform", "mode", "active", "expires_at"),
)
"""What a row can say, in the order of an export."""
TOLD: Final = (
    *("referral_url", "clicks", "bots", "repeats", "joins", "onboardings", "conversions"),
    *("value", "created_at"),
)
"""What an export tells beside; an import passes it over."""

type Row = Mapping[str, object]
"""A row as it was read: texts, and truths and nothings where JSON has them."""


class BulkError(ValueError):
    """A file cannot be read at all; the message is a sentence for who sent it."""


class Status(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    """It says what is there already."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Nothing is wrong with it, but with another one, and all or nothing was asked for."""


@frozen
class Fault:
    """What is wrong with a row."""

    field: str
    """Which field; empty for the row as a whole."""
    detail: str


@frozen
class Result:
    """What becomes of one row."""

    row: int
    """Counted from 1, a header apart."""
    status: Status
    code: LinkCode | None = None
    faults: tuple[Fault, ...] = ()


@frozen
class Ground:
    """What rows are held against."""

    guild_id: GuildId
    campaigns: Sequence[Campaign]
    known: Mapping[LinkCode, Link]
    """Links that have codes which rows name, of whatever guild."""
    held: int
    """Links that the guild has."""
    by: UserId | None
    """Whose links they are where rows name nobody."""
    only: bool
    """They must be of that member."""
    sign_in: bool
    now: datetime
    made_by: str
    """What makes them: the same again makes no others."""
    code_for: Callable[[int], LinkCode]
    """Names the link of a row that names none."""
