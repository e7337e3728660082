"""Member and counter rows of the table (pynamodb)."""

from collections.abc import Collection
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.expressions.update import Action

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.credit.queries import Tally
from usher.credit.record_codec import read_earlier, read_record, write_earlier, write_record
from usher.credit.rules import ALL_TIME, KEEP_PERIODS, Counter, MemberRecord, Members
from usher.ids import VANITY, GuildId, InviteCode, RoleId, UserId
from usher.platform.dynamo import Actions, Row
from usher.times import format_time, parse_time


class MemberRow(Row):
    """`M#<user id>`: the latest membership."""

    joined_at = UnicodeAttribute()
    left_at = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute()
    kind = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    inviter_id = UnicodeAttribute(null=True)
    confidence = UnicodeAttribute()
    method = UnicodeAttribute(null=True)
    candidates: ListAttribute[str] = ListAttribute()
    reason = UnicodeAttribute(null=True)
    uses_before = NumberAttribute(null=True)
    uses_after = NumberAttribute(null=True)
    link = UnicodeAttribute(null=True)
    epochs = NumberAttribute()
    booked = BooleanAttribute()
    cause = UnicodeAttribute(null=True)
    removed_by = UnicodeAttribute(null=True)
    verdict: ListAttribute[str] = ListAttribute(null=True)
    untracked = BooleanAttribute(null=True)
    has_avatar = BooleanAttribute(null=True)
    returned = BooleanAttribute(null=True)
    lacks = UnicodeAttribute(null=True)
    earlier = UnicodeAttribute(null=True)
    ahead = UnicodeAttribute(null=True)
    """Observation whose burst wrote this row before it advanced the head."""
    before = UnicodeAttribute(null=True)
    """With `ahead`: the record before that burst, as JSON; absent when there was none."""


class CounterRow(Row):
    """`C#<user id>` and `C#<user id>#<period>`: an inviter's counters."""

    tracked = NumberAttribute(null=True)
    added = NumberAttribute(null=True)
    fake = NumberAttribute(null=True)
    left = NumberAttribute(null=True)
    score = NumberAttribute(null=True)
    board = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)


def member_key(guild_id: GuildId, user_id: UserId) -> tuple[str, str]:
    """Say where a member's record is kept."""
    return f"G#{guild_id}", f"M#{user_id}"


def load_members(guild_id: GuildId, users: Collection[UserId], observation_id: str) -> Members:
    """Read records of members as they are, and as they were before this observation."""
    before: dict[UserId, MemberRecord] = {}
    now: dict[UserId, MemberRecord] = {}
    keys = [member_key(guild_id, user) for user in users]
    for row in MemberRow.batch_get(keys, consistent_read=True):
        user_id = UserId(row.sk.removeprefix("M#"))
        now[user_id] = _record(row)
        if row.ahead != observation_id:
            before[user_id] = now[user_id]
        elif row.before is not None:
            before[user_id] = read_record(row.before)
    return Members(before, now)


def load_page(
    guild_id: GuildId, after: UserId | None, limit: int
) -> list[tuple[UserId, MemberRecord]]:
    """Read the records of the members who come next in the order of their rows."""
    rows = MemberRow.query(
        f"G#{guild_id}",
        MemberRow.sk.between("M#" if after is None else f"M#{after}\x00", "M#~"),
        consistent_read=True,
        limit=limit,
    )
    return [(UserId(row.sk.removeprefix("M#")), _record(row)) for row in rows]


def load_added(guild_id: GuildId, users: Collection[UserId]) -> dict[UserId, int]:
    """Read what was added to members of all time; who has no counters is left out."""
    keys = [(f"G#{guild_id}", f"C#{user_id}") for user_id in users]
    rows = CounterRow.batch_get(keys, consistent_read=True)
    return {UserId(row.sk.removeprefix("C#")): int(row.added or 0) for row in rows}


def put_member(
    actions: Actions,
    guild_id: GuildId,
    user_id: UserId,
    record: MemberRecord,
    ahead: str | None = None,
    before: MemberRecord | None = None,
) -> None:
    """Write a member's record whole; `ahead` names the observation that has yet to be completed."""
    row = member_row(guild_id, user_id, record)
    row.ahead = ahead
    row.before = None if ahead is None or before is None else write_record(before)
    actions.put(row)


def member_row(guild_id: GuildId, user_id: UserId, record: MemberRecord) -> MemberRow:
    """Build a member's row."""
    pk, sk = member_key(guild_id, user_id)
    word = record.word
    return MemberRow(
        pk,
        sk,
        joined_at=format_time(record.joined_at),
        left_at=None if record.left_at is None else format_time(record.left_at),
        outcome=word.outcome.value,
        kind=word.kind.value,
        code=word.code,
        inviter_id=word.inviter_id,
        confidence=word.confidence.value,
        method=None if word.method is None else word.method.value,
        candidates=[*word.candidates],
        reason=None if word.reason is None else word.reason.value,
        uses_before=word.uses_before,
        uses_after=word.uses_after,
        link=word.link,
        epochs=record.epochs,
        booked=record.booked,
        cause=None if record.cause is None else record.cause.value,
        removed_by=record.removed_by,
        verdict=[str(rule) for rule in record.verdict] or None,
        untracked=record.untracked or None,
        has_avatar=record.has_avatar,
        returned=record.returned or None,
        lacks=record.lacks,
        earlier=write_earlier(record.earlier),
    )


def _record(row: MemberRow) -> MemberRecord:
    return MemberRecord(
        joined_at=parse_time(row.joined_at),
        left_at=None if row.left_at is None else parse_time(row.left_at),
        word=Word(
            outcome=OutcomeName(row.outcome),
            kind=Kind(row.kind),
            code=None if row.code is None else InviteCode(row.code),
            inviter_id=None if row.inviter_id is None else UserId(row.inviter_id),
            confidence=Confidence(row.confidence),
            method=None if row.method is None else Method(row.method),
            candidates=tuple(InviteCode(code) for code in row.candidates),
            reason=None if row.reason is None else Reason(row.reason),
            uses_before=None if row.uses_before is None else int(row.uses_before),
            uses_after=None if row.uses_after is None else int(row.uses_after),
            link=row.link,
        ),
        epochs=int(row.epochs),
        booked=row.booked,
        cause=None if row.cause is None else Cause(row.cause),
        removed_by=None if row.removed_by is None else UserId(row.removed_by),
        verdict=tuple(row.verdict or ()),
        untracked=row.untracked or False,
        has_avatar=row.has_avatar,
        returned=row.returned or False,
        lacks=None if row.lacks is None else RoleId(row.lacks),
        earlier=read_earlier(row.earlier),
    )


def counter_row(guild_id: GuildId, counter: Counter, tally: Tally) -> CounterRow:
    """Build a row of counters whole."""
    pk, sk = counter_key(guild_id, counter)
    return CounterRow(
        pk,
        sk,
        tracked=tally.tracked or None,
        added=tally.added or None,
        fake=tally.fake or None,
        left=tally.left or None,
        score=tally.effective,
        board=None if counter.inviter_id == VANITY else f"{pk}#board#{counter.period}",
        ttl=_ttl(counter),
    )


def has_expired(counter: Counter, now: datetime) -> bool:
    """Say whether a row of counters has outlived its period for long enough."""
    return counter.ends is not None and counter.ends + KEEP_PERIODS <= now


def add_counter(actions: Actions, guild_id: GuildId, counter: Counter, tally: Tally) -> None:
    """Add to a row of counters; the vanity code's stand on no board."""
    pk, sk = counter_key(guild_id, counter)
    changes: list[Action] = [CounterRow.score.add(tally.effective)]
    changes += [
        attribute.add(number)
        for attribute, number in (
            (CounterRow.tracked, tally.tracked),
            (CounterRow.added, tally.added),
            (CounterRow.fake, tally.fake),
            (CounterRow.left, tally.left),
        )
        if number
    ]
    if counter.inviter_id != VANITY:
        changes.append(CounterRow.board.set(f"{pk}#board#{counter.period}"))
    if (ttl := _ttl(counter)) is not None:
        changes.append(CounterRow.ttl.set(ttl))
    actions.update(CounterRow(pk, sk), changes)


def counter_key(guild_id: GuildId, counter: Counter) -> tuple[str, str]:
    """Say where a row of counters is kept."""
    period = "" if counter.period == ALL_TIME else f"#{counter.period}"
    return f"G#{guild_id}", f"C#{counter.inviter_id}{period}"


def _ttl(counter: Counter) -> int | None:
    return None if counter.ends is None else _seconds(counter.ends + KEEP_PERIODS)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
