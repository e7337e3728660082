"""A guild's attribution rows of the table (pynamodb), and how each is written.

Rows of a burst that does not fit one transaction are written before the head moves; until it does,
readers must not believe them. So code rows carry `v`, the head version that they belong to, and
`old`, the state before it; group rows carry `v` and, when reopened, `gone`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from usher.attribution.model import CodeState, CodeStatus, Group, Head
from usher.attribution.noticing import LEAD, Notice, due_at, write_notices
from usher.attribution.state_codec import (
    decode_code,
    decode_group,
    decode_head,
    encode_code,
    encode_group,
    encode_head,
)
from usher.contracts.wire import EPOCH, MICROSECOND
from usher.greeting.rules import Ended, write_ended
from usher.hooks.line_facts import Telling, write_tellings
from usher.ids import GuildId, InviteCode
from usher.platform.dynamo import Actions, Row
from usher.rewards.owed import NOTHING, Owed, write_owed
from usher.times import format_time
from usher.timing.due import partition, shard_of

KEEP_GROUP: Final = timedelta(hours=7)
"""How long closed evidence can be reopened by a join that arrives late."""

KEEP_EVENT: Final = timedelta(days=30)
"""How long a repetition is recognised by its event id: longer than a queue and then its dead-letter
queue keep a message, 14 days each."""

EVENT_SORT_KEY: Final = "E"


PASSING: Final = 600
"""Seconds: an invite of one use that lives no longer is made for a visitor who waits."""
KEEP_PASSED: Final = timedelta(days=7)


class HeadRow(Row):
    """`HEAD`: the guild's versioned state."""

    version = NumberAttribute()
    state = UnicodeAttribute()
    guild_name = UnicodeAttribute(null=True)
    burst = UnicodeAttribute(null=True)
    """Observation that has written rows ahead of the head."""


class CodeRow(Row):
    """`I#<code>`: one invite."""

    v = NumberAttribute()
    cur = UnicodeAttribute()
    old = UnicodeAttribute(null=True)
    board = UnicodeAttribute(null=True)
    score = NumberAttribute(null=True)
    inviter_id = UnicodeAttribute(null=True)
    uses = NumberAttribute(null=True)
    max_uses = NumberAttribute(null=True)
    expires_at = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    channel_id = UnicodeAttribute(null=True)
    joins = NumberAttribute(null=True)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    """When the clock has something to tell of it (`usher.timing`)."""
    ttl = NumberAttribute(null=True)
    """Of a visitor's invite that has ended: a look at all codes would read it for good."""


class GroupRow(Row):
    """`W#<end of its uses>#<group id>`: closed evidence, in order of time."""

    v = NumberAttribute(null=True)
    gone = NumberAttribute(null=True)
    group = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)


class EventRow(Row):
    """`E#<event id>`: an event, or a whole observation, was applied."""

    observation = UnicodeAttribute()
    at = UnicodeAttribute(null=True)
    """Timestamp of a join's line."""
    notices = UnicodeAttribute(null=True)
    """What a whole observation gave to tell of codes."""
    owed = UnicodeAttribute(null=True)
    """Whose standing is to be looked at after a whole observation."""
    ended = UnicodeAttribute(null=True)
    """Who went by a whole observation."""
    told = UnicodeAttribute(null=True)
    """Of which lines of a whole observation webhooks tell."""
    pending = BooleanAttribute(null=True)
    """A join's member has to pass the screening first."""
    ttl = NumberAttribute()


class SettingRow(Row):
    """`S#<group>#<key>`: one setting that is not the default."""

    value = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    at = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)
    """Of the note of a visitor's invite (`usher.invites.notes.kept_until`)."""


def guild_key(guild_id: GuildId) -> str:
    """Name a guild's partition."""
    return f"G#{guild_id}"


def event_key(event_id: str) -> tuple[str, str]:
    """Say where an event's mark is kept."""
    return f"E#{event_id}", EVENT_SORT_KEY


def event_row(
    event_id: str,
    observation_id: str,
    now: datetime,
    at: datetime | None = None,
    notices: Sequence[Notice] = (),
    owed: Owed = NOTHING,
    ended: Sequence[Ended] = (),
    told: Sequence[Telling] = (),
    *,
    pending: bool = False,
) -> EventRow:
    """Mark an event as applied."""
    pk, sk = event_key(event_id)
    stamp = None if at is None else format_time(at)
    ttl = int((now + KEEP_EVENT).timestamp())
    return EventRow(
        pk,
        sk,
        observation=observation_id,
        at=stamp,
        notices=write_notices(notices) if notices else None,
        owed=write_owed(owed),
        ended=write_ended(ended),
        told=write_tellings(told),
        pending=pending or None,
        ttl=ttl,
    )


def head_row(
    guild_id: GuildId, version: int, head: Head, guild_name: str | None, burst: str | None = None
) -> HeadRow:
    """Write a head."""
    return HeadRow(
        guild_key(guild_id),
        "HEAD",
        version=version,
        state=encode_head(head),
        guild_name=guild_name or None,
        burst=burst,
    )


def read_head(row: HeadRow) -> Head:
    """Read a head; raises StateError."""
    return decode_head(row.state, int(row.version))


def put_code(
    actions: Actions,
    guild_id: GuildId,
    version: int,
    state: CodeState,
    before: CodeState | None,
    lead: timedelta | None = LEAD,
) -> None:
    """Write a code's state as of a head version; `lead` as in `due_at`."""
    actions.put(code_row(guild_id, version, state, before, lead))


def code_row(
    guild_id: GuildId,
    version: int,
    state: CodeState,
    before: CodeState | None,
    lead: timedelta | None = LEAD,
) -> CodeRow:
    """Build a code's row; the plain attributes serve queries."""
    pk, inviter, due = guild_key(guild_id), state.inviter_id, due_at(state, lead)
    return CodeRow(
        pk,
        f"I#{state.code}",
        v=version,
        cur=encode_code(state),
        old=None if before is None else encode_code(before),
        board=None if inviter is None else f"{pk}#codes#{inviter}",
        score=None if inviter is None else state.uses or 0,
        inviter_id=inviter,
        uses=state.uses,
        max_uses=state.max_uses,
        expires_at=None if state.expires_at is None else format_time(state.expires_at),
        status=state.status.value,
        channel_id=state.channel_id,
        joins=state.joins,
        due=None if due is None else partition(shard_of(guild_id)),
        due_at=None if due is None else format_time(due),
        ttl=_ttl_of(state),
    )


def _ttl_of(state: CodeState) -> int | None:
    """Say when a code's row may go: once a visitor's invite has ended for long.

    A join by it is told of within hours, or when an absence is over. Discord's record names it
    later too; then the word that was said of the join stands (`knowledge.pin_of`).
    """
    passing = state.made_for is not None and state.max_uses == 1 and 0 < state.max_age <= PASSING
    if not passing or state.status is CodeStatus.ACTIVE or state.ended_at is None:
        return None
    return int((state.ended_at + KEEP_PASSED).timestamp())


def read_code(row: CodeRow, version: int) -> CodeState | None:
    """Read a code as of a head version; None when the row is ahead of it and had none before."""
    text = row.cur if row.v <= version else row.old
    return None if text is None else decode_code(InviteCode(row.sk.removeprefix("I#")), text)


def put_group(
    actions: Actions, guild_id: GuildId, version: int, group: Group, now: datetime
) -> None:
    """Keep a closed group. One without uses can never be reopened and is not kept."""
    ttl = int((now + KEEP_GROUP).timestamp())
    key = guild_key(guild_id), _group_sort_key(group)
    actions.put(GroupRow(*key, v=version, group=encode_group(group), ttl=ttl))


def reopen_group(actions: Actions, guild_id: GuildId, version: int, group: Group) -> None:
    """Take a group out of those closed, as of a head version."""
    row = GroupRow(guild_key(guild_id), _group_sort_key(group))
    actions.update(row, [GroupRow.gone.set(version)])


def read_group(row: GroupRow, version: int) -> Group | None:
    """Read a closed group as of a head version; None when it is not closed by then."""
    if row.group is None or row.v is None or row.v > version:
        return None
    if row.gone is not None and row.gone <= version:
        return None
    return decode_group(row.group)


def groups_since(moment: datetime) -> str:
    """Return the least sort key of groups that hold uses seen at or after a moment."""
    return f"W#{_micros(moment):020d}"


def _group_sort_key(group: Group) -> str:
    return f"{groups_since(max(use.until for use in group.uses))}#{group.id}"


def _micros(moment: datetime) -> int:
    return max(0, (moment - EPOCH) // MICROSECOND)
