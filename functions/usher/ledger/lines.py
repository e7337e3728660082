"""The lines of the ledger: what was recorded, in ids only (SPEC 4.1, DESIGN 10).

A line's event id follows from what happened, never from who saw it or when it was written, so that
the same event always gives the same id.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.wording import Word
from usher.ids import GuildId, InviteCode, RoleId, UserId
from usher.ledger.word_codec import word_fields
from usher.times import format_time

EVENT_ID_DIGITS: Final = 32


class LineType(StrEnum):
    """What a line records."""

    JOIN = "join"
    CORRECTION = "correction"
    """A later word on a join; the line it corrects stays."""
    CONFIRMATION = "confirmation"
    """A stronger proof of the word that was given before."""
    LEAVE = "leave"
    LEAVE_CAUSE = "leave_cause"
    """A later word on why a member went; the leave it is about stays."""
    CREDIT = "credit"
    """Credit without a pairing (SPEC 1.3)."""
    GRANT = "grant"
    """Invites that an admin added to a member or took away."""
    SETTING = "setting"
    """A setting of the guild that an admin changed."""
    UPGRADE = "upgrade"
    """A member's VIP upgrade, for the staff member who brought them."""
    VERDICT = "verdict"
    """A later word on whether a membership is fake; what was said before stays."""
    WITHDRAWAL = "withdrawal"
    """A line that was recorded and never booked counts for nothing any more, though it stays."""


LATER_WORDS: Final = frozenset({LineType.CORRECTION, LineType.CONFIRMATION})


class LineError(RuntimeError):
    """An object of the ledger is not a line; `what` says why."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `staff_id` of its word is the inviter, or VANITY; what is unknown is None."""

    type: LineType
    event_id: str
    timestamp: datetime
    """When the event was observed."""
    guild_id: GuildId
    user_id: UserId | None
    joined_at: datetime | None
    """The membership concerned: with guild and user the identity of a join (SPEC 1.8)."""
    word: Word | None
    """A join's or correction's outcome; on a leave or verdict, what was known of the membership."""
    corrects: str | None = None
    """Corrections and confirmations: event id of the join. Causes of leaves: of the leave.
    Withdrawals: of the line that is withdrawn."""
    previous: Word | None = None
    """Corrections and confirmations: the word before."""
    credit_reversed_from: UserId | None = None
    """Leaves: whose live credit ends."""
    delta: int | None = None
    """Credit and grants: how much, for the member in `staff_id`."""
    staff_id: UserId | None = None
    """Credit: the inviter. Grants: the member. Upgrades: for whom. Elsewhere it is the word's."""
    by: UserId | None = None
    """Leaves and their causes: who removed the member. Grants, settings, upgrades: who did it.
    Verdicts: who had the past judged again."""
    name: str | None = None
    """Settings: which one. Upgrades: under which name the table remembers it for ever."""
    value: str | None = None
    """Settings: its new value; None for the default. Upgrades: IB link and code at the time."""
    recovered: bool = False
    """Joins: found after an absence of the listener, not seen. Leaves: not seen, concluded."""
    cause: Cause | None = None
    """Leaves and their causes: why the member went."""
    imported: bool = False
    """Joins: told by an import, not seen. Credit: by use count, for joins of no known day."""
    code: InviteCode | None = None
    """Credit that is imported: the code whose uses were counted. Elsewhere it is the word's."""
    verdict: tuple[str, ...] | None = None
    """Joins, corrections, leaves and verdicts: the rules by which the membership is fake, none when
    it is not (`usher.credit.fake`). None where nothing was judged: what was said before stands."""
    rules: str | None = None
    """With a verdict: which rules were in force."""
    has_avatar: bool | None = None
    """Joins: whether they had an avatar of their own; None where nobody knows."""
    returned: bool = False
    """Joins: they had been a member before."""
    lacks: RoleId | None = None
    """Joins and verdicts: the required role that they were last seen without."""
    untracked: bool = False
    """Joins: made while tracking was off, so that they are credited to nobody (SPEC 3.2)."""
    seq: tuple[int, int] | None = None
    """When it was booked: the version of the guild's head that it was recorded for, and its place
    among the lines of that observation. None on lines that were written without."""


def event_id(*parts: str) -> str:
    """Name an event by what happened."""
    return sha256("|".join(parts).encode()).hexdigest()[:EVENT_ID_DIGITS]


def join_id(guild_id: GuildId, user_id: UserId, joined_at: datetime) -> str:
    """Name a join."""
    return event_id("join", guild_id, user_id, format_time(joined_at))


def leave_id(guild_id: GuildId, user_id: UserId, moment: datetime) -> str:
    """Name the end of the membership that began at `moment`; of an unknown one, by the leave."""
    return event_id("leave", guild_id, user_id, format_time(moment))


def leave_cause_id(
    guild_id: GuildId, user_id: UserId, moment: datetime, cause: Cause, by: UserId | None
) -> str:
    """Name a later word on the leave that `leave_id` names by the same moment."""
    return event_id("leave_cause", guild_id, user_id, format_time(moment), cause.value, by or "")


def correction_id(
    guild_id: GuildId, user_id: UserId, joined_at: datetime, word: Word, observation_id: str
) -> str:
    """Name a later word on a join."""
    said = json.dumps(word_fields(word), sort_keys=True, separators=(",", ":"))
    return event_id("correction", guild_id, user_id, format_time(joined_at), said, observation_id)


def verdict_id(guild_id: GuildId, user_id: UserId, joined_at: datetime, observation_id: str) -> str:
    """Name a later verdict on a membership: an observation gives one at most."""
    return event_id("verdict", guild_id, user_id, format_time(joined_at), observation_id)


def withdrawal_id(line: str) -> str:
    """Name the withdrawal of the line of an event."""
    return event_id("withdrawal", line)


def withdrawal_of(line: Line, seq: tuple[int, int] | None = None) -> Line:
    """Withdraw a line. It stands on the day and in the hour of that line."""
    return Line(
        type=LineType.WITHDRAWAL,
        event_id=withdrawal_id(line.event_id),
        timestamp=line.timestamp,
        guild_id=line.guild_id,
        user_id=None,
        joined_at=None,
        word=None,
        corrects=line.event_id,
        seq=seq,
    )


def anew_id(line: str, version: int) -> str:
    """Name what the line of an event said, said anew for a later version of the guild's head."""
    return event_id("anew", line, str(version))


def withdrawn_in(lines: Iterable[Line]) -> frozenset[str]:
    """Name the events among whose lines nothing is to be counted."""
    return frozenset(
        line.corrects for line in lines if line.type is LineType.WITHDRAWAL and line.corrects
    )


def version_of(line: Line) -> int:
    """Say for which version of the head a line was recorded; 0 where it does not say."""
    return line.seq[0] if line.seq else 0


def credit_id(group_id: str, inviter_id: UserId, observation_id: str) -> str:
    """Name a credit without a pairing."""
    return event_id("credit", group_id, inviter_id, observation_id)


def deed_id(guild_id: GuildId, deed: str) -> str:
    """Name what an admin did by the interaction in which they did it."""
    return event_id("deed", guild_id, deed)
