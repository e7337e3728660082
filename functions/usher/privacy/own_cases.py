"""What of a case is theirs to read whom it is about. Pure.

What they were told and what they said, and when it changed. Not who decided, nor evidence or what
moderators write to each other about it: that is about others too.
"""

from datetime import datetime

from usher.ids import UserId
from usher.moderation.model import Case
from usher.times import format_time


def own_case(case: Case) -> dict[str, object]:
    """Write a case for whom it is about."""
    appeal = case.appeal
    return {
        "case": case.number,
        "kind": case.kind.value,
        "state": case.status.value,
        "reason": case.reason,
        "at": format_time(case.at),
        "until": _time(case.until),
        "points": case.points,
        "follows_from_case": case.about,
        "by": _who(case.by, case),
        "evidence": len(case.evidence),
        "appeal": None
        if appeal is None
        else {"text": appeal.text, "at": format_time(appeal.at), "ruling": appeal.ruling.value},
        "history": [
            {
                "at": format_time(entry.at),
                "change": entry.change.value,
                "by": _who(entry.by, case),
            }
            for entry in case.entries
        ],
    }


def _who(user_id: UserId | None, case: Case) -> str:
    if user_id is None:
        return "Usher"
    return user_id if user_id == case.user_id else "somebody else"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
