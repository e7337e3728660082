"""From departures to ledger lines, given what is on record of the member. Pure."""

from datetime import datetime

from usher.attribution.causes import Cause, tells_more
from usher.attribution.departing import SAME_ACT
from usher.attribution.facts import JoinRecorded, MemberDeparted, MemberRemoved
from usher.credit.rules import CLOCKS_DIFFER, MemberRecord, ended_by
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType, leave_cause_id, leave_id


def leave_line(fact: MemberDeparted, guild_id: GuildId, record: MemberRecord | None) -> Line | None:
    """Write a leave that was seen; None when the same one is on record and no more is told."""
    if _came_back(fact, record):
        return None  # told late: their return has shown that they had left
    known = ended_by(record, fact.at)
    if known is not None and known.left_at is not None:
        return _cause(guild_id, fact, known)
    return _leave(guild_id, fact, known)


def _came_back(fact: MemberDeparted | MemberRemoved, record: MemberRecord | None) -> bool:
    """Whether the membership on record began after the one that ended."""
    if record is None or fact.began_by is None:
        return False
    return record.joined_at > fact.began_by + CLOCKS_DIFFER


def removal_line(
    fact: MemberRemoved, guild_id: GuildId, record: MemberRecord | None
) -> Line | None:
    """Write a removal of which the leave was not told with it; None when nothing follows from it.

    It ends the membership on record, or tells why that has ended. Bans of strangers are common:
    of somebody without a record only a kick is proof that they were a member.
    """
    if _came_back(fact, record):
        return None
    if record is None:
        if fact.left_at is not None:
            return _cause_line(guild_id, fact, fact.left_at, None)
        kicked_unseen = fact.missed and fact.cause is Cause.KICKED
        return _leave(guild_id, fact, None) if kicked_unseen else None
    if record.left_at is not None:
        same = abs(fact.at - record.left_at) <= SAME_ACT
        return _cause(guild_id, fact, record) if same else None
    # An earlier membership's, where they have come back since: both times are Discord's.
    return _leave(guild_id, fact, record) if fact.at >= record.joined_at else None


def leave_before(join: JoinRecorded, guild_id: GuildId, record: MemberRecord | None) -> Line | None:
    """Write the leave that a rejoin reveals: who joins again had left, and nobody saw it."""
    if record is None or record.left_at is not None or join.joined_at <= record.joined_at:
        return None
    unseen = MemberRemoved(join.person.user_id, join.at, Cause.UNKNOWN, missed=True)
    return _leave(guild_id, unseen, record)


def _leave(
    guild_id: GuildId, fact: MemberDeparted | MemberRemoved, known: MemberRecord | None
) -> Line:
    began = known.joined_at if known else None
    return Line(
        type=LineType.LEAVE,
        event_id=leave_id(guild_id, fact.user_id, began or fact.at),
        timestamp=fact.at,
        guild_id=guild_id,
        user_id=fact.user_id,
        joined_at=began,
        word=known.word if known else None,
        credit_reversed_from=known.word.inviter_id if known and known.booked else None,
        recovered=isinstance(fact, MemberRemoved) and fact.missed,
        cause=fact.cause,
        by=fact.by,
    )


def _cause(
    guild_id: GuildId, fact: MemberDeparted | MemberRemoved, known: MemberRecord
) -> Line | None:
    told = known.cause or Cause.UNKNOWN
    if not tells_more(fact.cause, fact.by, told, known.removed_by):
        return None
    return _cause_line(guild_id, fact, known.joined_at, known)


def _cause_line(
    guild_id: GuildId,
    fact: MemberDeparted | MemberRemoved,
    moment: datetime,
    known: MemberRecord | None,
) -> Line:
    user_id: UserId = fact.user_id
    return Line(
        type=LineType.LEAVE_CAUSE,
        event_id=leave_cause_id(guild_id, user_id, moment, fact.cause, fact.by),
        timestamp=fact.at,
        guild_id=guild_id,
        user_id=user_id,
        joined_at=known.joined_at if known else None,
        word=known.word if known else None,
        corrects=leave_id(guild_id, user_id, moment),
        cause=fact.cause,
        by=fact.by,
    )
