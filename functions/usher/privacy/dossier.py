"""The file that `/privacy export` hands over: all that is kept of a member in a server. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime

from usher.attribution.queries import CodeSummary, MemberOrigin
from usher.credit.queries import Tally
from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.moderation.model import Case
from usher.onboarding.model import Record
from usher.privacy.own_cases import own_case
from usher.privacy.queries import Kept
from usher.staff.queries import StaffMember, Upgrade
from usher.times import format_time


@frozen
class Dossier:
    """What the stores know of one member."""

    guild_id: GuildId
    user_id: UserId
    origin: MemberOrigin | None
    tally: Tally
    codes: tuple[CodeSummary, ...]
    staff: StaffMember | None
    upgrades: tuple[Upgrade, ...]
    kept: Kept
    cases: tuple[Case, ...] = ()
    """Of moderation, as far as they are theirs to see, newest first."""
    draft: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What they have typed into an onboarding that is under way, by the question's id."""


def write_dossier(
    dossier: Dossier, lines: Iterable[dict[str, object]], exported_at: datetime
) -> bytes:
    """Write it as JSON; times are UTC, ISO 8601."""
    tally, kept = dossier.tally, dossier.kept
    fields = {
        "guild_id": dossier.guild_id,
        "user_id": dossier.user_id,
        "exported_at": format_time(exported_at),
        "latest_membership": None if dossier.origin is None else _origin(dossier.origin),
        "invites": {
            "tracked": tally.tracked,
            "added": tally.added,
            "fake": tally.fake,
            "left": tally.left,
            "effective": tally.effective,
        },
        "active_codes": [
            {"code": code.code, "uses": code.uses, "expires_at": _time(code.expires_at)}
            for code in dossier.codes
        ],
        "staff": None
        if dossier.staff is None
        else {
            "ib_link": dossier.staff.mapping.ib_link,
            "ib_code": dossier.staff.mapping.ib_code,
        },
        "vip_upgrades": [
            {"staff_id": upgrade.staff_id, "at": _time(upgrade.at)} for upgrade in dossier.upgrades
        ],
        "names": [
            {
                "username": name.username,
                "display_name": name.display_name,
                "discriminator": name.discriminator,
                "beside": "a join by your invite" if name.inviter else "your join",
                "joined_at": _time(name.joined_at),
            }
            for name in kept.names
        ],
        "names_not_listed": kept.unread,
        "erasure": None
        if kept.erasure is None
        else {
            "asked_at": _time(kept.erasure.at),
            "for_good": kept.erasure.for_good,
            "destroyed_at": _time(kept.swept_at),
        },
        "onboarding": [_answers(one) for one in kept.answers],
        "onboarding_draft": {name: list(values) for name, values in dossier.draft.items()},
        "moderation": [own_case(case) for case in dossier.cases],
        "not_included": ["what moderators have noted for themselves", "evidence, but its number"],
        "ledger_lines": list(lines),
    }
    return json.dumps(fields, indent=2, ensure_ascii=True).encode() + b"\n"


def _answers(record: Record) -> dict[str, object]:
    return {
        "campaign": record.campaign,
        "joined_at": _time(record.stay.joined_at),
        "completed_at": _time(record.completed_at),
        "answers": [{"question": one.label, "answer": list(one.values)} for one in record.answers],
    }


def _origin(origin: MemberOrigin) -> dict[str, object]:
    return {
        "joined_at": _time(origin.joined_at),
        "left_at": _time(origin.left_at),
        "left_because": None if origin.cause is None else origin.cause.value,
        "outcome": origin.outcome.value,
        "kind": origin.kind.value,
        "invite_code": origin.code,
        "inviter_id": origin.inviter_id,
        "confidence": origin.confidence.value,
        "method": None if origin.method is None else origin.method.value,
        "candidates": list(origin.candidates),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
