"""What to say of each join, given what all best explanations have in common."""

from collections.abc import Sequence

from usher.attribution.matching import Solution
from usher.attribution.model import OpenJoin, Pin, Use, Weight
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
from usher.ids import VANITY, InviteCode


def outcome_of(
    j: int, join: OpenJoin, solution: Solution, uses: Sequence[Use], silence: Reason
) -> Outcome:
    """The outcome for join `j`; `silence` says why, where no use fits it."""
    if join.pin is not None:
        return pinned(join.pin, [uses[u] for u in solution.options[j]])
    named = [uses[u] for u in solution.options[j]]
    inviters = {use.inviter_id for use in named}
    if not solution.unexplained[j]:
        candidates = _codes(named)
        if len(candidates) == 1:
            return _one_code(named, join)
        if len(inviters) == 1 and None not in inviters:
            return _one_inviter(named, candidates)
        by_vanity = VANITY in inviters
        kind = Kind.UNKNOWN if by_vanity else Kind.INVITE
        return Ambiguous(candidates, Reason.SEVERAL_POSSIBLE, kind)
    maybe = [uses[u] for u in solution.maybe[j]]
    named.extend(use for use in maybe if use.weight is not Weight.HIDDEN)
    candidates = _codes(named)
    if not candidates:
        return Unattributed(Reason.NO_BASELINE if maybe else silence)
    reason = named[0].reason if len(candidates) == 1 else Reason.SEVERAL_POSSIBLE
    return Ambiguous(candidates, reason)


def _codes(named: Sequence[Use]) -> tuple[InviteCode, ...]:
    return tuple(sorted({use.code for use in named}))


def _one_inviter(named: Sequence[Use], candidates: tuple[InviteCode, ...]) -> Attributed:
    """Several codes are possible, all of one inviter."""
    return Attributed(
        kind=Kind.INVITE,
        code=None,
        inviter_id=named[0].inviter_id,
        confidence=Confidence.EXACT,
        method=Method.SAME_INVITER,
        candidates=candidates,
    )


def pinned(pin: Pin, named: Sequence[Use]) -> Outcome:
    """The counts that a known use moved are told with it, where they are known."""
    if pin.code is None and pin.method is not Method.ADDED:
        return Unattributed(Reason.NOT_BY_INVITE, pin.kind, pin.confidence)
    before, after = _counts(named)
    candidates = () if pin.code is None else (pin.code,)
    return Attributed(
        kind=pin.kind,
        code=pin.code,
        inviter_id=pin.inviter_id,
        confidence=pin.confidence,
        method=pin.method,
        candidates=candidates,
        uses_before=before,
        uses_after=after,
        link=pin.link,
    )


def _counts(named: Sequence[Use]) -> tuple[int | None, int | None]:
    """The counts before and after what several uses of one code show together."""
    before = [use.uses_before for use in named if use.uses_before is not None]
    after = [use.uses_before + use.count for use in named if use.uses_before is not None]
    return min(before, default=None), max(after, default=None)


def _one_code(named: Sequence[Use], join: OpenJoin) -> Attributed:
    """Every explanation names the same code."""
    first = named[0]
    confidence = Confidence.EXACT
    if first.inviter_id == VANITY:
        kind, method = Kind.VANITY, Method.VANITY_COUNT
    elif all(use.weight is Weight.LAST for use in named):
        kind, method = Kind.INVITE, Method.LAST_USE
    else:
        kind, method = Kind.INVITE, Method.USE_COUNT
    if all(use.only == (join.person.user_id,) for use in named):
        method, confidence = Method.TARGETED, Confidence.DETERMINISTIC
    before, after = _counts(named)
    return Attributed(
        kind=kind,
        code=first.code,
        inviter_id=first.inviter_id,
        confidence=confidence,
        method=method,
        candidates=(first.code,),
        uses_before=before,
        uses_after=after,
    )


def names_same(before: Outcome, after: Outcome) -> bool:
    """Whether two outcomes name the same road and code, however sure each is of it."""
    if isinstance(before, Attributed) and isinstance(after, Attributed):
        said, now = ((o.code, o.inviter_id, o.kind, o.link) for o in (before, after))
        return said == now
    if isinstance(before, Unattributed) and isinstance(after, Unattributed):
        return before.kind == after.kind
    return False


def same_word(before: Outcome, after: Outcome) -> bool:
    """Whether two outcomes say the same, apart from their candidates."""
    if isinstance(before, Ambiguous) or isinstance(after, Ambiguous):
        return isinstance(before, Ambiguous) and isinstance(after, Ambiguous)
    return names_same(before, after) and before.confidence is after.confidence


def candidates_of(outcome: Outcome) -> frozenset[InviteCode]:
    """The codes between which an outcome leaves the choice."""
    return frozenset(() if isinstance(outcome, Unattributed) else outcome.candidates)


def details_of(outcome: Outcome) -> tuple[object, ...]:
    """What an outcome tells beside the word itself."""
    if isinstance(outcome, Ambiguous):
        return candidates_of(outcome), outcome.kind, outcome.reason
    return (candidates_of(outcome),)


def silence_of(join: OpenJoin, failed: Reason | None) -> Reason:
    """Why nothing fits a join: what is known now, else what was said before."""
    if failed is not None:
        return failed
    if isinstance(join.outcome, Unattributed):
        return join.outcome.reason
    return Reason.NO_USE_SEEN
