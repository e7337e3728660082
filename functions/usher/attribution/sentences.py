"""An outcome in plain words, for members."""

from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import MemberOrigin, OutcomeName
from usher.credit.fake_names import names_of
from usher.ids import VANITY
from usher.slash import text
from usher.slash.replies import Embed, Field
from usher.slash.say import later, say

GREEN: Final = 0x57F287
YELLOW: Final = 0xFEE75C
GREY: Final = 0x99AAB5
CANDIDATES_SHOWN: Final = 20

_CONFIDENCE: Final = {
    Confidence.DETERMINISTIC: later("Certain: nothing else was possible by design"),
    Confidence.CONFIRMED: later("Certain: Discord's own record of the join says so"),
    Confidence.EXACT: later("Exact: it is the only possibility that fits the evidence"),
    Confidence.INFERRED: later("Inferred: it holds if nobody else used the invite unseen"),
    Confidence.AMBIGUOUS: later("Open: several possibilities fit the evidence"),
    Confidence.NONE: later("Unknown"),
}
_METHOD: Final = {
    Method.USE_COUNT: later("the invite's use count rose"),
    Method.LAST_USE: later("the invite vanished with its last use"),
    Method.VANITY_COUNT: later("the vanity link's use count rose"),
    Method.SAME_INVITER: later("every invite that fits belongs to the same inviter"),
    Method.MEMBERS_SEARCH: later("Discord's member search names it"),
    Method.TARGETED: later("the invite was made for this person alone"),
    Method.ADDED: later("Usher let them in at their own request"),
}
_REASON: Final = {
    Reason.BOT_ADDED: later("Bots are added with a permission link, never by an invite."),
    Reason.NO_BASELINE: later("It was the first look at this server, with nothing to compare."),
    Reason.LOOK_FAILED: later("Discord did not list the invites at that time."),
    Reason.NOT_LOOKED: later(
        "The invites have not been looked at since; please ask again in a moment."
    ),
    Reason.USES_HIDDEN: later("Discord hid the use counts: I need the Manage Server permission."),
    Reason.NO_USE_SEEN: later(
        "No invite's use count rose: Server Discovery, an app or a late count."
    ),
    Reason.SEVERAL_POSSIBLE: later("Several invites fit the evidence equally."),
    Reason.AFTER_GAP: later(
        "The counts rose while Usher was away, so others may have used the invite."
    ),
    Reason.MAYBE_REVOKED: later("The invite ended unseen: used up, or revoked by somebody."),
    Reason.NOT_BY_INVITE: later("Discord's own record names another way than an invite."),
    Reason.NOT_ON_RECORD: later("They joined unseen by Usher, and Discord kept no record of how."),
}
_KIND: Final = {
    Kind.DISCOVERY: later("They came by Server Discovery."),
    Kind.BOT: later("Bots are added with a permission link, never by an invite."),
    Kind.API: later("An app added them."),
    Kind.HUB: later("They came by a Student Hub."),
}

_CAUSE: Final = {
    Cause.KICKED: later("Kicked"),
    Cause.BANNED: later("Banned"),
    Cause.PRUNED: later("Pruned"),
}
_LEFT: Final = later("Left")
_UNTRACKED: Final = later("Nobody gets credit: tracking was off when they joined.")
_PENDING: Final = later("Pending: it will count against whoever turns out to have invited them.")


def reason_of(reason: Reason) -> str:
    """Say why a join is not attributed."""
    return say(_REASON[reason])


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
        head = say("{user} came by this server's own vanity link.", user=subject)
    elif origin.inviter_id is None and origin.kind is Kind.API:
        head = say("{user} was let in by Usher at their own request.", user=subject)
    elif origin.inviter_id is None:
        head = say("{user} came by an invite that has no inviter.", user=subject)
    else:
        by = text.user(origin.inviter_id)
        head = say("{user} was invited by {inviter}.", user=subject, inviter=by)
    fields = []
    if origin.code:
        fields.append(Field(say("Code"), text.code(origin.code), inline=True))
    elif origin.candidates:
        fields.append(Field(say("One of these codes"), _codes(origin), inline=True))
    sure = say(_CONFIDENCE[origin.confidence])
    fields += [*_moments(origin), Field(say("How sure"), f"{sure}.")]
    if origin.method:
        fields.append(Field(say("Evidence"), say(_METHOD[origin.method])))
    return Embed(head, say("Inviter"), tuple(fields), color=GREEN)


def _ambiguous(origin: MemberOrigin) -> Embed:
    why = say(_REASON[origin.reason or Reason.SEVERAL_POSSIBLE])
    head = say(
        "It is open who brought {user}. {why}\n"
        "Nothing is guessed: the candidates stand until evidence decides.",
        user=text.user(origin.user_id),
        why=why,
    )
    candidates = Field(say("Candidate codes"), _codes(origin) or say("none"))
    return Embed(head, say("Inviter"), (candidates, *_moments(origin)), color=YELLOW)


def _unattributed(origin: MemberOrigin) -> Embed:
    why = _KIND.get(origin.kind) or (_REASON[origin.reason] if origin.reason else "")
    known = say("No invite is known for {user}.", user=text.user(origin.user_id))
    head = f"{known} {say(why)}" if why else known
    return Embed(head, say("Inviter"), tuple(_moments(origin)), color=GREY)


def _moments(origin: MemberOrigin) -> list[Field]:
    moments = []
    if origin.joined_at:
        stamp = f"{text.when(origin.joined_at, 'f')} ({text.when(origin.joined_at)})"
        moments.append(Field(say("Joined"), stamp, inline=True))
    if origin.left_at:
        how = say(_CAUSE.get(origin.cause or Cause.UNKNOWN, _LEFT))
        when = text.when(origin.left_at)
        if origin.removed_by:
            by = text.user(origin.removed_by)
            when = say("{time} by {moderator}", time=when, moderator=by)
        moments.append(Field(how, when, inline=True))
    if origin.pending:
        moments.append(Field(say("The leave"), say(_PENDING)))
    if origin.untracked:
        moments.append(Field(say("Credit"), say(_UNTRACKED)))
    elif origin.verdict and origin.kind is not Kind.BOT:
        why = names_of(origin.verdict)
        known = origin.outcome is OutcomeName.ATTRIBUTED
        held = "" if known else f". {say(_PENDING)}"
        moments.append(Field(say("Fake"), f"{why}{held}"))
    return moments


def _codes(origin: MemberOrigin) -> str:
    shown = ", ".join(text.code(code) for code in origin.candidates[:CANDIDATES_SHOWN])
    more = len(origin.candidates) - CANDIDATES_SHOWN
    if more <= 0:
        return shown
    return say("{shown} and {number} more", shown=shown, number=f"{more:,}")
