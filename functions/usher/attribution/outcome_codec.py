"""An outcome as a short JSON array, for the stored state of a guild."""

from collections.abc import Sequence
from typing import Any

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


def write_outcome(outcome: Outcome) -> list[object]:
    """Write an outcome as a short JSON array."""
    match outcome:
        case Attributed():
            return [
                "A",
                outcome.kind.value,
                outcome.code,
                outcome.inviter_id,
                outcome.confidence.value,
                outcome.method.value,
                list(outcome.candidates),
                outcome.uses_before,
                outcome.uses_after,
                *([outcome.link] if outcome.link is not None else []),
            ]
        case Ambiguous():
            return ["M", outcome.kind.value, outcome.reason.value, list(outcome.candidates)]
        case Unattributed():
            return ["U", outcome.kind.value, outcome.reason.value, outcome.confidence.value]


def read_outcome(items: Sequence[Any]) -> Outcome:
    """Read what `write_outcome` wrote; raises ValueError and TypeError for anything else."""
    tag, kind, *rest = items
    if tag == "A":
        code, inviter, confidence, method, candidates, before, after, *link = rest
        return Attributed(
            kind=Kind(kind),
            code=code,
            inviter_id=inviter,
            confidence=Confidence(confidence),
            method=Method(method),
            candidates=tuple(candidates),
            uses_before=before,
            uses_after=after,
            link=link[0] if link else None,
        )
    if tag == "M":
        reason, candidates = rest
        return Ambiguous(tuple(candidates), Reason(reason), Kind(kind))
    if tag == "U":
        reason, *more = rest
        confidence = Confidence(more[0]) if more else Confidence.NONE
        return Unattributed(Reason(reason), Kind(kind), confidence)
    raise ValueError("tag of an outcome")
