"""Attribution read from the DynamoDB table, without the SDK (decision 6)."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import CodeSummary, MemberOrigin, OutcomeName
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.platform.dynamo_reads import DynamoReads, Item, Value
from usher.times import parse_time

ACTIVE: Final = "active"
"""CodeStatus.ACTIVE, without importing the whole model at a cold start: 10 ms."""


@frozen
class DynamoInviteReads:
    """Implements InviteReads. Eventually consistent: a join of this second may be missing.

    Rows of a large burst are believed as they appear, a moment before the burst is complete: a
    repetition of it would write the same.
    """

    table: DynamoReads

    def origin(
        self, guild_id: GuildId, user_id: UserId, *, consistent: bool = False
    ) -> MemberOrigin | None:
        """Read how a member came; None for somebody whose join was never seen."""
        item = self.table.get((f"G#{guild_id}", f"M#{user_id}"), consistent=consistent)
        return None if item is None else _origin(user_id, item)

    def codes_of(
        self, guild_id: GuildId, inviter_id: UserId, now: datetime
    ) -> tuple[CodeSummary, ...]:
        """Read a member's codes that are active and not expired at `now`, most used first."""
        rows = self.table.board(f"G#{guild_id}#codes#{inviter_id}")
        codes = [_code(item) for item in rows if item.get("status") == ACTIVE]
        alive = [code for code in codes if code.expires_at is None or code.expires_at > now]
        return tuple(sorted(alive, key=lambda code: (-(code.uses or 0), code.code)))


def _origin(user_id: UserId, item: Item) -> MemberOrigin:
    code, inviter = _text(item.get("code")), _text(item.get("inviter_id"))
    removed_by = _text(item.get("removed_by"))
    return MemberOrigin(
        user_id=user_id,
        joined_at=_time(item.get("joined_at")),
        left_at=_time(item.get("left_at")),
        outcome=_member(OutcomeName, item.get("outcome")) or OutcomeName.UNATTRIBUTED,
        kind=_member(Kind, item.get("kind")) or Kind.UNKNOWN,
        code=InviteCode(code) if code else None,
        inviter_id=UserId(inviter) if inviter else None,
        confidence=_member(Confidence, item.get("confidence")) or Confidence.NONE,
        method=_member(Method, item.get("method")),
        candidates=tuple(InviteCode(one) for one in _texts(item.get("candidates"))),
        reason=_member(Reason, item.get("reason")),
        cause=_member(Cause, item.get("cause")),
        removed_by=UserId(removed_by) if removed_by else None,
        verdict=tuple(_texts(item.get("verdict"))),
        untracked=item.get("untracked") is True,
    )


def _code(item: Item) -> CodeSummary:
    channel = _text(item.get("channel_id"))
    return CodeSummary(
        code=InviteCode(str(item["sk"]).removeprefix("I#")),
        uses=_number(item.get("uses")),
        max_uses=_number(item.get("max_uses")) or 0,
        expires_at=_time(item.get("expires_at")),
        channel_id=ChannelId(channel) if channel else None,
        joins=_number(item.get("joins")) or 0,
    )


def _member[E: StrEnum](kind: type[E], value: Value) -> E | None:
    """Read an enumeration; None for a word that a later release may have written."""
    return next((one for one in kind if one == value), None)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: Value) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _time(value: Value) -> datetime | None:
    return parse_time(value) if isinstance(value, str) and value else None
