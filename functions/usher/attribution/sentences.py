"""An outcome in plain words, for members."""

from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import MemberOrigin, OutcomeName
from usher.ids import VANITY
from usher.slash import text
from usher.slash.replies import Embed, Field

GREEN: Final = 0x57F287
YELLOW: Final = 0xFEE75C
GREY: Final = 0x99AAB5
CANDIDATES_SHOWN: Final = 20

_CONFIDENCE: Final = {
    Confidence.DETERMINISTIC: "Certain: nothing else was possible by design",
    Confidence.CONFIRMED: "Certain: Discord's own record of the join says so",
    Confidence.EXACT: "Exact: it is the only possibility that fits the evidence",
    Confidence.INFERRED: "Inferred: it holds if nobody else used the invite unseen",
    Confidence.AMBIGUOUS: "Open: several possibilities fit the evidence",
    Confidence.NONE: "Unknown",
}
_METHOD: Final = {
    Method.USE_COUNT: "the invite's use count rose",
    Method.LAST_USE: "the invite vanished with its last use",
    Method.VANITY_COUNT: "the vanity link's use count rose",
    Method.SAME_INVITER: "every invite that fits belongs to the same inviter",
    Method.MEMBERS_SEARCH: "Discord's member search names it",
    Method.TARGETED: "the invite was made for this person alone",
    Method.ADDED: "Usher let them in at their own request",
}
_REASON: Final = {
    Reason.BOT_ADDED: "Bots are added with a permission link, never by an invite.",
    Reason.NO_BASELINE: "It was the first look at this server, with nothing to compare.",
    Reason.LOOK_FAILED: "Discord did not list the invites at that time.",
    Reason.NOT_LOOKED: "The invites have not been looked at since; please ask again in a moment.",
    Reason.USES_HIDDEN: "Discord hid the use counts: I need the Manage Server permission.",
    Reason.NO_USE_SEEN: "No invite's use count rose: Server Discovery, an app or a late count.",
    Reason.SEVERAL_POSSIBLE: "Several invites fit the evidence equally.",
    Reason.AFTER_GAP: "The counts rose while Usher was away, so others may have used the invite.",
    Reason.MAYBE_REVOKED: "The invite ended unseen: used up, or revoked by somebody.",
    Reason.NOT_BY_INVITE: "Discord's own record names another way than an invite.",
    Reason.NOT_ON_RECORD: "They joined unseen by Usher, and Discord kept no record of how.",
}
_KIND: Final = {
    Kind.DISCOVERY: "They came by Server Discovery.",
    Kind.BOT: "Bots are added with a permission link, never by an invite.",
    Kind.API: "An app added them.",
    Kind.HUB: "They came by a Student Hub.",
}

_CAUSE: Final = {
    Cause.KICKED: "Kicked",
    Cause.BANNED: "Banned",
    Cause.PRUNED: "Pruned",
}
_PENDING: Final = "Pending: it will count against whoever turns out to have invited them."


def describe(origin: MemberOrigin) -> Embed:
    """Say who brought a member, or why nobody is named."""
    match origin.outcome:
        case OutcomeName.ATTRIBUTED:
            return _attributed(origin)
        case OutcomeName.AMBIGUOUS:
            return _ambiguous(origin)
        case OutcomeName.UNATTRIBUTED:
            return _unattributed(origin)


def _attributed(origin: MemberOrigin) -> Embed:
    subject = text.user(origin.user_id)
    if origin.inviter_id == VANITY:
        head = f"{subject} came by this server's own vanity link."
    elif origin.inviter_id is None and origin.kind is Kind.API:
        head = f"{subject} was let in by Usher at their own request."
    elif origin.inviter_id is None:
        head = f"{subject} came by an invite that has no inviter."
    else:
        head = f"{subject} was invited by {text.user(origin.inviter_id)}."
    fields = []
    if origin.code:
        fields.append(Field("Code", text.code(origin.code), inline=True))
    elif origin.candidates:
        fields.append(Field("One of these codes", _codes(origin), inline=True))
    sure = _CONFIDENCE[origin.confidence]
    how = f": {_METHOD[origin.method]}" if origin.method else ""
    fields += [*_moments(origin), Field("How sure", f"{sure}."), Field("Evidence", how[2:])]
    kept = tuple(field for field in fields if field.value)
    return Embed(head, "Inviter", kept, color=GREEN)


def _ambiguous(origin: MemberOrigin) -> Embed:
    why = _REASON[origin.reason or Reason.SEVERAL_POSSIBLE]
    head = (
        f"It is open who brought {text.user(origin.user_id)}. {why}\n"
        "Nothing is guessed: the candidates stand until evidence decides."
    )
    fields = (Field("Candidate codes", _codes(origin) or "none"), *_moments(origin))
    return Embed(head, "Inviter", fields, color=YELLOW)


def _unattributed(origin: MemberOrigin) -> Embed:
    why = _KIND.get(origin.kind) or (_REASON[origin.reason] if origin.reason else "")
    head = f"No invite is known for {text.user(origin.user_id)}. {why}".strip()
    return Embed(head, "Inviter", tuple(_moments(origin)), color=GREY)


def _moments(origin: MemberOrigin) -> list[Field]:
    moments = []
    if origin.joined_at:
        stamp = f"{text.when(origin.joined_at, 'f')} ({text.when(origin.joined_at)})"
        moments.append(Field("Joined", stamp, inline=True))
    if origin.left_at:
        name = _CAUSE.get(origin.cause or Cause.UNKNOWN, "Left")
        by = f" by {text.user(origin.removed_by)}" if origin.removed_by else ""
        moments.append(Field(name, f"{text.when(origin.left_at)}{by}", inline=True))
    if origin.pending:
        moments.append(Field("The leave", _PENDING))
    return moments


def _codes(origin: MemberOrigin) -> str:
    shown = ", ".join(text.code(code) for code in origin.candidates[:CANDIDATES_SHOWN])
    more = len(origin.candidates) - CANDIDATES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
