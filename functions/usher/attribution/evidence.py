"""From what Discord shows of a guild's invites to the uses that joins must have made."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.code_book import CodeBook
from usher.attribution.model import CodeState, CodeStatus, Use, Weight
from usher.attribution.outcomes import Reason
from usher.attribution.watching import Watch
from usher.contracts.observation import InviteLook, InviteRow, VanityLook
from usher.ids import VANITY, InviteCode, UserId

UNLIMITED: Final = 10_000
"""Stands for the unknown number of uses of an ended invite without a limit."""

LOOK_DURATION: Final = timedelta(seconds=15)
"""The longest time between Discord's reading of the counts and the end of the look."""


def read_look(
    book: CodeBook, look: InviteLook, looked_at: datetime | None, watch: Watch
) -> list[Use]:
    """Compare a good look with the book; return the uses it reveals and bring the book up to it.

    `looked_at` is the end of the last look that showed counts, None before the first. Counts never
    fall: a lower one belongs to an older look. A hidden count is no observation of that code.
    """
    found: list[Use] = []
    for row in look.rows:
        found.extend(_read_row(book, row, look.at, looked_at, watch))
    if looked_at is not None and look.at < looked_at:
        return found
    for state in _vanished(book, look, watch):
        found.extend(end_code(book, state, look.at, watch))
    return found


def _read_row(
    book: CodeBook, row: InviteRow, at: datetime, looked_at: datetime | None, watch: Watch
) -> Iterable[Use]:
    known = book.get(row.code)
    before = uses_before(row, known, looked_at)
    uses = row.uses if known is None or known.uses is None else max(row.uses or 0, known.uses)
    if row.uses is None:
        uses = known.uses if known else None
    risen = uses - before if uses is not None and before is not None else 0
    listed = state_of(row)
    if known is not None and _outlived(known, at):
        listed = known
    # Without Manage Server the row lacks limits too.
    elif known is not None and row.uses is None:
        listed = replace(known, status=CodeStatus.ACTIVE, ended_at=None)
    made_for = known.made_for if known else None
    inviter_id = made_for or row.inviter_id
    book.put(
        replace(
            listed,
            inviter_id=made_for or listed.inviter_id,
            uses=uses,
            created_at=row.created_at or (known.created_at if known else None),
            only=known.only if known else (),
            joins=(known.joins if known else 0) + risen,
            last_used_at=at if risen else known.last_used_at if known else None,
            named=known.named if known else 0,
            counted=known.counted if known else 0,
            warned=known.warned if known else False,
            made_for=made_for,
        )
    )
    if risen:
        only = known.only if known else ()
        ended_at = known.ended_at if known is not None and known.told else None
        until = min(at, ended_at or at)
        use = seen(row.code, inviter_id, risen, until, watch, row.created_at)
        yield replace(use, uses_before=before, only=only)


def seen(
    code: InviteCode,
    inviter_id: UserId | None,
    count: int,
    at: datetime,
    watch: Watch,
    created_at: datetime | None = None,
) -> Use:
    """Uses that a count shows: they convince where everybody who can have made them is known."""
    since = watch.since(at, created_at)
    trusted = watch.trusts(since)
    return Use(
        code=code,
        inviter_id=inviter_id,
        count=count,
        weight=Weight.SEEN if trusted else Weight.MAYBE,
        since=since,
        until=at,
        uses_before=None,
        reason=Reason.SEVERAL_POSSIBLE if trusted else Reason.AFTER_GAP,
    )


def _outlived(known: CodeState, at: datetime) -> bool:
    """Whether the code has ended for all that a look of that time shows: it is late, or it lags."""
    return known.told or (known.ended_at is not None and at <= known.ended_at)


def state_of(row: InviteRow) -> CodeState:
    """A listed or just created invite as a code's first state."""
    return CodeState(
        code=row.code,
        inviter_id=row.inviter_id,
        channel_id=row.channel_id,
        uses=row.uses,
        max_uses=row.max_uses,
        max_age=row.max_age,
        temporary=row.temporary,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def uses_before(row: InviteRow, known: CodeState | None, looked_at: datetime | None) -> int | None:
    """The count that the row is compared with; None when there is none to trust."""
    if row.uses is None:
        return None
    if known is not None and known.uses is not None:
        return known.uses
    created_unseen = (
        looked_at is not None
        and row.created_at is not None
        and row.created_at > looked_at - LOOK_DURATION
    )
    return 0 if created_unseen else None


def _vanished(book: CodeBook, look: InviteLook, watch: Watch) -> list[CodeState]:
    if look.full:
        listed = {row.code for row in look.rows}
        return [
            state
            for state in book.active()
            if state.code not in listed
            and state.inviter_id != VANITY
            and not _just_made(state, look, watch)
        ]
    gone = [book.get(code) for code in look.gone]
    return [s for s in gone if s is not None and s.status is CodeStatus.ACTIVE]


def _just_made(state: CodeState, look: InviteLook, watch: Watch) -> bool:
    """Whether it may not be listed because Discord was answering already when it was made.

    Its deletion, if there is one, will be told, unless it came during an absence.
    """
    made = state.created_at
    return made is not None and made > look.at - LOOK_DURATION and watch.trusts(made)


def end_code(
    book: CodeBook,
    state: CodeState,
    at: datetime,
    watch: Watch,
    *,
    told: bool = False,
    revoked: bool = False,
    unseen: bool = False,
) -> list[Use]:
    """Record that a code is no more, and return the uses that its end may hide.

    `told` says that Discord sent INVITE_DELETE, which it does not on expiry; `revoked`, that the
    audit log names a person who deleted it (entry 42). A limited code that a person ended had a use
    left; one that ended otherwise may have spent all that remained, an expired one too while its
    deletion may come late. A code without a limit may have served any number of joins since its
    count was last seen. `unseen` says
    that it ended when neither joins nor deletions were seen.
    """
    expired = not told and not revoked and state.expires_at is not None and state.expires_at <= at
    if revoked or state.status is CodeStatus.REVOKED:
        status = CodeStatus.REVOKED
    else:
        status = CodeStatus.EXPIRED if expired else CodeStatus.GONE
    ended_at = state.expires_at if expired and state.expires_at else at
    book.put(replace(state, status=status, ended_at=ended_at, told=told or revoked or state.told))
    if state.uses is None:
        return []
    left = state.max_uses - state.uses if state.max_uses else UNLIMITED
    if state.max_uses and status is CodeStatus.REVOKED:
        left -= 1
    if left <= 0:
        return []
    since = watch.since(ended_at, state.created_at)
    unseen = unseen or not watch.trusts(since)
    return [
        Use(
            code=state.code,
            inviter_id=state.inviter_id,
            count=left,
            weight=Weight.LAST
            if status is CodeStatus.GONE and state.max_uses and not unseen
            else Weight.MAYBE,
            since=since,
            until=ended_at,
            uses_before=state.uses,
            reason=Reason.AFTER_GAP if unseen else Reason.MAYBE_REVOKED,
            only=state.only,
        )
    ]


def read_vanity(book: CodeBook, look: VanityLook, watch: Watch) -> list[Use]:
    """Compare a good look at the vanity counter with the book; a new code gives no use."""
    if look.code is None or look.uses is None:
        return []
    known = book.get(look.code)
    before = known.uses if known is not None and known.inviter_id == VANITY else None
    uses = look.uses if before is None else max(look.uses, before)
    risen = 0 if before is None else uses - before
    book.put(
        CodeState(
            code=look.code,
            inviter_id=VANITY,
            channel_id=None,
            uses=uses,
            max_uses=0,
            max_age=0,
            temporary=False,
            created_at=None,
            expires_at=None,
            joins=(known.joins if known else 0) + risen,
            last_used_at=look.at if risen else known.last_used_at if known else None,
            named=known.named if known else 0,
            counted=known.counted if known else 0,
        )
    )
    if not risen:
        return []
    return [replace(seen(look.code, VANITY, risen, look.at, watch), uses_before=before)]
