"""The word on a join as the fields of a line, or of another JSON object."""

from collections.abc import Mapping
from typing import Final

from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.ids import InviteCode, UserId


def word_fields(word: Word | None) -> dict[str, object]:
    """Write a word as the fields of a line, all null for None."""
    if word is None:
        return dict.fromkeys(_WORD_FIELDS)
    return {
        "outcome": word.outcome.value,
        "kind": word.kind.value,
        "invite_code": word.code,
        "staff_id": word.inviter_id,
        "uses_before": word.uses_before,
        "uses_after": word.uses_after,
        "confidence": word.confidence.value,
        "method": None if word.method is None else word.method.value,
        "candidates": list(word.candidates),
        "reason": None if word.reason is None else word.reason.value,
        # Told only where there is one: lines and ids of words without stay as they were.
        **({"link": word.link} if word.link is not None else {}),
    }


def read_word(fields: Mapping[str, object]) -> Word | None:
    """Read what `word_fields` wrote; raises KeyError and ValueError."""
    if fields["outcome"] is None:
        return None
    method, reason, candidates = fields["method"], fields["reason"], fields["candidates"]
    code = optional_text(fields["invite_code"])
    return Word(
        outcome=OutcomeName(str(fields["outcome"])),
        kind=Kind(str(fields["kind"])),
        code=None if code is None else InviteCode(code),
        inviter_id=optional_user(fields["staff_id"]),
        confidence=Confidence(str(fields["confidence"])),
        method=None if method is None else Method(str(method)),
        candidates=tuple(
            InviteCode(str(code)) for code in (candidates if isinstance(candidates, list) else ())
        ),
        reason=None if reason is None else Reason(str(reason)),
        uses_before=_number(fields["uses_before"]),
        uses_after=_number(fields["uses_after"]),
        link=optional_text(fields.get("link")),
    )


def optional_text(value: object) -> str | None:
    """Read a text; None for anything else."""
    return value if isinstance(value, str) else None


def optional_user(value: object) -> UserId | None:
    """Read a user id; None for anything else."""
    return UserId(value) if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


_WORD_FIELDS: Final = (
    "outcome",
    "kind",
    "invite_code",
    "staff_id",
    "uses_before",
    "uses_after",
    "confidence",
    "method",
    "candidates",
    "reason",
)
