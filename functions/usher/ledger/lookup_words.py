"""A lookup in plain words."""

from dataclasses import replace
from typing import Final

from usher.attribution.queries import MemberOrigin
from usher.attribution.sentences import describe
from usher.ids import VANITY, UserId
from usher.ledger.lookup_found import Doubt, Found, Missing, Source, WhyNone
from usher.slash import text
from usher.slash.replies import Embed, Field
from usher.slash.say import later, say
from usher.staff.queries import Upgrade

GREY: Final = 0x99AAB5

_IMPORT: Final = later("`/invite import` finds what Discord has on record of them.")
_DOUBT: Final = {
    Doubt.LEDGER_DOWN: later("The ledger did not answer, so this is what the database holds."),
    Doubt.NO_LINE: later(
        "The ledger has no line of this join, so this is what the database holds."
    ),
    Doubt.DATABASE_DOWN: later(
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
        Field(say("Joined (UTC)"), f"{found.joined_at:%Y-%m-%d %H:%M:%S}", inline=True),
        Field(say("Uses before"), _count(found.word.uses_before), inline=True),
        Field(say("Uses after"), _count(found.word.uses_after), inline=True),
        *_staff(found),
        Field(say("VIP upgrade"), "\n".join(map(_upgrade, found.upgrades))),
        Field(say("Data source"), _source(found)),
    ]
    return replace(
        told, title=say("Join record"), fields=tuple(field for field in fields if field.value)
    )


def tell_missing(user_id: UserId, missing: Missing) -> Embed:
    """Say that nothing is on record, and why."""
    why = _why(missing)
    if missing.tracking_off:
        why += " " + say("Tracking is turned off in this server.")
    none = say("No join of {user} is on record.", user=text.user(user_id))
    return Embed(f"{none} {why}", say("Join record"), color=GREY)


def _why(missing: Missing) -> str:
    since = "" if missing.since is None else text.when(missing.since, "f")
    match missing.why:
        case WhyNone.BOT:
            return say("Bots are added with a permission link, never by an invite.")
        case WhyNone.GUILD_UNSEEN:
            return say("Usher has not seen this server yet: its listener must run first.")
        case WhyNone.BEFORE_USHER:
            before = say("They joined before Usher first saw this server.")
            if since:
                before = say(
                    "They joined before Usher first saw this server ({since}).", since=since
                )
            return f"{before} {say(_IMPORT)}"
        case WhyNone.JUST_NOW:
            return say("They have only just joined: please ask again in a moment.")
        case WhyNone.MISSED:
            away = say("They joined while Usher was away, and have not been found since.")
            return f"{away} {say(_IMPORT)}"
        case WhyNone.NO_MEMBER if since:
            return say(
                "They are no member now, and none of their joins was seen while Usher watches this "
                "server, since {since}.",
                since=since,
            )
        case WhyNone.NO_MEMBER:
            return say(
                "They are no member now, and none of their joins was seen while Usher watches this "
                "server."
            )


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
        return Field(say("User"), f"{text.code(found.user_id)} · {say('names erased')}")
    return Field(say("User"), f"{shown} · {text.code(found.user_id)}" if shown else found.user_id)


def _count(uses: int | None) -> str:
    return say("unknown") if uses is None else f"{uses:,}"


def _staff(found: Found) -> list[Field]:
    inviter, staff = found.word.inviter_id, found.staff
    if inviter is None or inviter == VANITY:
        return [Field(say("Referring staff member"), say("none"))]
    if staff is None:
        down = found.doubt is Doubt.DATABASE_DOWN
        why = say("not on the staff list (`/staff set`)")
        if down:
            why = say("the staff list did not answer")
        return [Field(say("Referring staff member"), f"{text.user(inviter)}: {why}")]
    return [
        Field(say("Referring staff member"), f"{text.user(inviter)} · {text.code(inviter)}"),
        Field(say("IB link"), f"<{staff.mapping.ib_link}>"),
        Field(say("IB code"), text.code(staff.mapping.ib_code), inline=True),
    ]


def _upgrade(upgrade: Upgrade) -> str:
    by = f" {say('by {user}', user=text.user(upgrade.by))}" if upgrade.by else ""
    at = f" {text.when(upgrade.at, 'f')}" if upgrade.at else ""
    return say("Recorded for {user}{by}{when}.", user=text.user(upgrade.staff_id), by=by, when=at)


def _source(found: Found) -> str:
    said = []
    if found.source is Source.LEDGER:
        line = text.code(found.event_id or "")
        said.append(say("Ledger, line {line}: written once, never changed.", line=line))
        if found.corrected:
            said.append(say("A later line corrects what was first said of it."))
    else:
        said.append(say("Database."))
    if found.doubt is not None:
        said.append(say(_DOUBT[found.doubt]))
    if found.rejoined_at is not None:
        again = text.when(found.rejoined_at, "f")
        said.append(say("They joined again {when}; that join is not on record (yet).", when=again))
    return " ".join(said)
