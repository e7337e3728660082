"""A lookup in plain words."""

from dataclasses import replace
from typing import Final

from usher.attribution.queries import MemberOrigin
from usher.attribution.sentences import describe
from usher.ids import VANITY, UserId
from usher.ledger.lookup_found import Doubt, Found, Missing, Source, WhyNone
from usher.slash import text
from usher.slash.replies import Embed, Field
from usher.staff.queries import Upgrade

GREY: Final = 0x99AAB5

_IMPORT: Final = "`/invite import` finds what Discord has on record of them."
_DOUBT: Final = {
    Doubt.LEDGER_DOWN: "The ledger did not answer, so this is what the database holds.",
    Doubt.NO_LINE: "The ledger has no line of this join, so this is what the database holds.",
    Doubt.DATABASE_DOWN: (
        "The database did not answer: when they left, and a word of more than a day later, may be "
        "missing."
    ),
}


def tell_found(found: Found) -> Embed:
    """Show a join with its evidence, the staff member behind it, and where it was found."""
    told = describe(_origin(found))
    fields = [
        _user(found),
        *told.fields,
        Field("Joined (UTC)", f"{found.joined_at:%Y-%m-%d %H:%M:%S}", inline=True),
        Field("Uses before", _count(found.word.uses_before), inline=True),
        Field("Uses after", _count(found.word.uses_after), inline=True),
        *_staff(found),
        Field("VIP upgrade", "\n".join(map(_upgrade, found.upgrades))),
        Field("Data source", _source(found)),
    ]
    return replace(
        told, title="Join record", fields=tuple(field for field in fields if field.value)
    )


def tell_missing(user_id: UserId, missing: Missing) -> Embed:
    """Say that nothing is on record, and why."""
    why = _why(missing)
    if missing.tracking_off:
        why += " Tracking is turned off in this server."
    return Embed(f"No join of {text.user(user_id)} is on record. {why}", "Join record", color=GREY)


def _why(missing: Missing) -> str:
    since = "" if missing.since is None else f" ({text.when(missing.since, 'f')})"
    return {
        WhyNone.BOT: "Bots are added with a permission link, never by an invite.",
        WhyNone.GUILD_UNSEEN: "Usher has not seen this server yet: its listener must run first.",
        WhyNone.BEFORE_USHER: (f"They joined before Usher first saw this server{since}. {_IMPORT}"),
        WhyNone.JUST_NOW: "They have only just joined: please ask again in a moment.",
        WhyNone.MISSED: (
            f"They joined while Usher was away, and have not been found since. {_IMPORT}"
        ),
        WhyNone.NO_MEMBER: (
            "They are no member now, and none of their joins was seen while Usher watches this "
            f"server{since and f', since {since[2:-1]}'}."
        ),
    }[missing.why]


def _origin(found: Found) -> MemberOrigin:
    word = found.word
    return MemberOrigin(
        user_id=found.user_id,
        joined_at=found.joined_at,
        left_at=found.left_at,
        outcome=word.outcome,
        kind=word.kind,
        code=word.code,
        inviter_id=word.inviter_id,
        confidence=word.confidence,
        method=word.method,
        candidates=word.candidates,
        reason=word.reason,
        verdict=found.verdict,
        untracked=found.untracked,
    )


def _user(found: Found) -> Field:
    names = [name for name in dict.fromkeys((found.display_name, found.username)) if name]
    shown = " · ".join(text.escape(name) for name in names)
    if found.erased:
        return Field("User", f"{text.code(found.user_id)} · names erased")
    return Field("User", f"{shown} · {text.code(found.user_id)}" if shown else found.user_id)


def _count(uses: int | None) -> str:
    return "unknown" if uses is None else f"{uses:,}"


def _staff(found: Found) -> list[Field]:
    inviter, staff = found.word.inviter_id, found.staff
    if inviter is None or inviter == VANITY:
        return [Field("Referring staff member", "none")]
    if staff is None:
        down = found.doubt is Doubt.DATABASE_DOWN
        why = "the staff list did not answer" if down else "not on the staff list (`/staff set`)"
        return [Field("Referring staff member", f"{text.user(inviter)}: {why}")]
    return [
        Field("Referring staff member", f"{text.user(inviter)} · {text.code(inviter)}"),
        Field("IB link", f"<{staff.mapping.ib_link}>"),
        Field("IB code", text.code(staff.mapping.ib_code), inline=True),
    ]


def _upgrade(upgrade: Upgrade) -> str:
    by = f" by {text.user(upgrade.by)}" if upgrade.by else ""
    at = f" {text.when(upgrade.at, 'f')}" if upgrade.at else ""
    return f"Recorded for {text.user(upgrade.staff_id)}{by}{at}."


def _source(found: Found) -> str:
    said = []
    if found.source is Source.LEDGER:
        said.append(f"Ledger, line {text.code(found.event_id or '')}: written once, never changed.")
        if found.corrected:
            said.append("A later line corrects what was first said of it.")
    else:
        said.append("Database.")
    if found.doubt is not None:
        said.append(_DOUBT[found.doubt])
    if found.rejoined_at is not None:
        again = text.when(found.rejoined_at, "f")
        said.append(f"They joined again {again}; that join is not on record (yet).")
    return " ".join(said)
