"""An outcome as one flat record: the shape that ledger lines and member rows share."""

from typing import assert_never

from usher.attribution.outcomes import (
    Ambiguous,
    Attributed,
    Confidence,
    Kind,
    Method,
    Outcome,
    Reason,
    Unattributed,
)
from usher.attribution.queries import OutcomeName
from usher.frozen import frozen
from usher.ids import InviteCode, UserId


@frozen
class Word:
    """What was said of a join; the fields that an outcome does not have are None or empty."""

    outcome: OutcomeName
    kind: Kind
    code: InviteCode | None = None
    inviter_id: UserId | None = None
    """`VANITY` for the vanity code."""
    confidence: Confidence = Confidence.NONE
    method: Method | None = None
    candidates: tuple[InviteCode, ...] = ()
    reason: Reason | None = None
    uses_before: int | None = None
    uses_after: int | None = None
    link: str | None = None
    """The referral link of whom Usher added itself; an invite's link is in its note."""


def word_of(outcome: Outcome) -> Word:
    """Flatten an outcome."""
    match outcome:
        case Attributed():
            return Word(
                outcome=OutcomeName.ATTRIBUTED,
                kind=outcome.kind,
                code=outcome.code,
                inviter_id=outcome.inviter_id,
                confidence=outcome.confidence,
                method=outcome.method,
                candidates=outcome.candidates,
                uses_before=outcome.uses_before,
                uses_after=outcome.uses_after,
                link=outcome.link,
            )
        case Ambiguous():
            return Word(
                outcome=OutcomeName.AMBIGUOUS,
                kind=outcome.kind,
                confidence=Confidence.AMBIGUOUS,
                candidates=outcome.candidates,
                reason=outcome.reason,
            )
        case Unattributed():
            return Word(
                outcome=OutcomeName.UNATTRIBUTED,
                kind=outcome.kind,
                confidence=outcome.confidence,
                reason=outcome.reason,
            )
        case _:
            assert_never(outcome)


def outcome_of(word: Word) -> Outcome:
    """Undo `word_of`; raises ValueError for a word that no outcome gives."""
    match word.outcome:
        case OutcomeName.ATTRIBUTED:
            if word.method is None:
                raise ValueError("attributed without a method")
            return Attributed(
                kind=word.kind,
                code=word.code,
                inviter_id=word.inviter_id,
                confidence=word.confidence,
                method=word.method,
                candidates=word.candidates,
                uses_before=word.uses_before,
                uses_after=word.uses_after,
                link=word.link,
            )
        case OutcomeName.AMBIGUOUS | OutcomeName.UNATTRIBUTED:
            if word.reason is None:
                raise ValueError(f"{word.outcome} without a reason")
            if word.outcome is OutcomeName.AMBIGUOUS:
                return Ambiguous(word.candidates, word.reason, word.kind)
            return Unattributed(word.reason, word.kind, word.confidence)
        case _:
            assert_never(word.outcome)
