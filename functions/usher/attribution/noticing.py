"""Notices about invites: soon to expire, near its limit, exhausted; each once a code. Pure.

A notice follows from a change of the code's state that happens once: counts never fall, and the
mark of the clock stays. Its effect is named by guild, code and kind.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from usher.attribution.announcing import EFFECT_ID_LENGTH, MESSAGE_LENGTH
from usher.attribution.model import CodeState, CodeStatus
from usher.contracts.effect import Effect, SendMessage
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.slash.say import say

LEAD: Final = timedelta(hours=24)
"""How long before its end a code is told of, unless the guild sets another time."""

FEWEST_FOR_NEAR: Final = 5
FEWEST_FOR_EXHAUSTED: Final = 2
"""Limits below these are used up as a matter of course: an invite made for one person is."""

CODE_LENGTH: Final = 32


class NoticeKind(StrEnum):
    """What is told of a code."""

    SOON = "soon"
    """It expires soon."""
    NEAR = "near"
    """At most a tenth of its uses is left, or one."""
    EXHAUSTED = "exhausted"
    """Its last use is spent."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell of a code."""

    kind: NoticeKind
    code: InviteCode
    inviter_id: UserId | None
    uses: int
    max_uses: int
    expires: int | None
    """Seconds since 1970; None for never."""


def notices(
    before: Mapping[InviteCode, CodeState], after: Iterable[CodeState]
) -> tuple[Notice, ...]:
    """Say what is to be told of codes that changed; nothing of one that is seen for the first time.

    What was so when Usher came is no news.
    """
    found: list[Notice] = []
    for now in after:
        was = before.get(now.code)
        if was is not None and (kind := _kind(was, now)) is not None:
            expires = None if now.expires_at is None else int(now.expires_at.timestamp())
            uses = now.max_uses if kind is NoticeKind.EXHAUSTED else now.uses or 0
            found.append(Notice(kind, now.code, now.inviter_id, uses, now.max_uses, expires))
    return tuple(found)


def is_spent(state: CodeState) -> bool:
    """Whether a limited code has no use left."""
    if state.status is CodeStatus.EXHAUSTED:
        return True
    return bool(state.max_uses) and state.uses is not None and state.uses >= state.max_uses


def due_at(state: CodeState, lead: timedelta | None) -> datetime | None:
    """Say when the clock has something to tell of a code: its end, and before that its notice.

    `lead` is how long before the end; None where nobody is to be told. A code that lives no longer
    than that is not told of.
    """
    if state.status is not CodeStatus.ACTIVE or state.expires_at is None:
        return None
    if lead is None or state.warned or _life(state) <= lead:
        return state.expires_at
    return state.expires_at - lead


def write_notices(found: Sequence[Notice]) -> str:
    """Write notices as text."""
    return json.dumps([asdict(notice) for notice in found], separators=(",", ":"))


def read_notices(text: str) -> tuple[Notice, ...]:
    """Read what `write_notices` wrote."""
    rows = json.loads(text)
    return tuple(Notice(**{**row, "kind": NoticeKind(row["kind"])}) for row in rows)


def tell(guild_id: GuildId, found: Iterable[Notice], channel_id: ChannelId) -> tuple[Effect, ...]:
    """Write a message for each notice, mentioning nobody."""
    return tuple(
        SendMessage(
            id=_effect_id(guild_id, notice),
            guild_id=guild_id,
            channel_id=channel_id,
            content=sentence(notice)[:MESSAGE_LENGTH],
        )
        for notice in found
    )


def sentence(notice: Notice) -> str:
    """Say in one sentence what is to be told."""
    code = f"`{notice.code[:CODE_LENGTH].replace('`', '')}`"
    which = say("Invite {code}", code=code)
    if notice.inviter_id is not None:
        which = say("Invite {code} of {user}", code=code, user=f"<@{notice.inviter_id}>")
    uses, most = f"{notice.uses:,}", f"{notice.max_uses:,}"
    match notice.kind:
        case NoticeKind.SOON:
            when = f"<t:{notice.expires or 0}:R>"
            return say("{invite} expires {when}.", invite=which, when=when)
        case NoticeKind.NEAR:
            return say(
                "{invite} is near its limit: {uses} of {most} uses are spent.",
                invite=which,
                uses=uses,
                most=most,
            )
        case NoticeKind.EXHAUSTED:
            return say("{invite} is used up: all {most} uses are spent.", invite=which, most=most)


def _kind(was: CodeState, now: CodeState) -> NoticeKind | None:
    if now.max_uses >= FEWEST_FOR_EXHAUSTED and is_spent(now):
        return None if is_spent(was) else NoticeKind.EXHAUSTED
    if now.status is not CodeStatus.ACTIVE:
        return None
    if now.max_uses >= FEWEST_FOR_NEAR and _is_near(now) and not _is_near(was):
        return NoticeKind.NEAR
    return NoticeKind.SOON if now.warned and not was.warned else None


def _is_near(state: CodeState) -> bool:
    left = state.max_uses - (state.uses or 0)
    return left <= max(1, state.max_uses // 10)


def _life(state: CodeState) -> timedelta:
    if state.created_at is not None and state.expires_at is not None:
        return state.expires_at - state.created_at
    return timedelta(seconds=state.max_age)


def _effect_id(guild_id: GuildId, notice: Notice) -> str:
    named = "|".join(["notice", guild_id, notice.code, notice.kind.value])
    return sha256(named.encode()).hexdigest()[:EFFECT_ID_LENGTH]
