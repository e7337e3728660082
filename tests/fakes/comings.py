"""Ledger lines of people who come and go, told in one line each."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.builders import GUILD, by
from usher.attribution.causes import Cause
from usher.attribution.outcomes import Outcome, Reason, Unattributed
from usher.attribution.wording import Word, word_of
from usher.ids import UserId
from usher.ledger.lines import (
    Line,
    LineType,
    correction_id,
    join_id,
    leave_cause_id,
    leave_id,
)

UNKNOWN = Unattributed(Reason.NO_USE_SEEN)


def came(
    user: str, joined_at: datetime, outcome: Outcome | None = None, *, seen: datetime | None = None
) -> Line:
    """A join, seen at once unless told otherwise."""
    id_ = join_id(GUILD, UserId(user), joined_at)
    word = word_of(outcome or by("900"))
    return Line(LineType.JOIN, id_, seen or joined_at, GUILD, UserId(user), joined_at, word)


def later_word(join: Line, outcome: Outcome, at: datetime, previous: Word | None = None) -> Line:
    """A correction."""
    assert join.user_id is not None
    assert join.joined_at is not None
    word = word_of(outcome)
    id_ = correction_id(GUILD, join.user_id, join.joined_at, word, at.isoformat())
    before = previous or join.word
    return replace(
        join,
        type=LineType.CORRECTION,
        event_id=id_,
        timestamp=at,
        word=word,
        corrects=join.event_id,
        previous=before,
    )


def went(join: Line, after: timedelta, cause: Cause = Cause.LEFT) -> Line:
    """A leave."""
    assert join.user_id is not None
    assert join.joined_at is not None
    at = join.joined_at + after
    id_ = leave_id(GUILD, join.user_id, join.joined_at)
    return replace(join, type=LineType.LEAVE, event_id=id_, timestamp=at, cause=cause)


def because(leave: Line, cause: Cause, after: timedelta, who: str | None = "500") -> Line:
    """A later word on why."""
    assert leave.user_id is not None
    assert leave.joined_at is not None
    by_ = None if who is None else UserId(who)
    id_ = leave_cause_id(GUILD, leave.user_id, leave.joined_at, cause, by_)
    return replace(
        leave,
        type=LineType.LEAVE_CAUSE,
        event_id=id_,
        timestamp=leave.timestamp + after,
        corrects=leave.event_id,
        cause=cause,
        by=by_,
    )
