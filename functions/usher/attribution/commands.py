"""/invite inviter and /invite codes (SPEC 3.1)."""

from typing import Annotated, Final, Protocol

from usher.attribution import sentences
from usher.attribution.queries import CodeSummary, InviteReads
from usher.ids import UserId
from usher.invites.group import BLURPLE, invite
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply
from usher.slash.say import say, say_count

CODES_SHOWN: Final = 20


class Services(Protocol):
    """What these commands call."""

    @property
    def invites(self) -> InviteReads:
        """Origins of members and codes."""
        ...


@invite.command("inviter", "Show who brought a member")
def inviter(
    ctx: Ctx[Services],
    user: Annotated[UserId | None, Opt("Which member; you when left out")] = None,
) -> Reply:
    """Show a member's inviter with the evidence for it."""
    subject = user or ctx.user_id
    origin = ctx.services.invites.origin(ctx.guild_id, subject)
    if origin is None:
        unseen = say("{user} joined before Usher watched, or never.", user=text.user(subject))
        return Reply(embeds=(Embed(unseen, color=BLURPLE),))
    return Reply(embeds=(sentences.describe(origin),))


@invite.command("codes", "Show a member's active invite codes")
def codes(
    ctx: Ctx[Services],
    user: Annotated[UserId | None, Opt("Whose codes; yours when left out")] = None,
) -> Reply:
    """List a member's active codes, most used first."""
    subject = user or ctx.user_id
    found = ctx.services.invites.codes_of(ctx.guild_id, subject, ctx.now)
    if not found:
        none = say("{user} has no active invite codes.", user=text.user(subject))
        return Reply(embeds=(Embed(none, color=BLURPLE),))
    lines = [_line(code) for code in found[:CODES_SHOWN]]
    if len(found) > CODES_SHOWN:
        lines.append(say("and {number} more", number=f"{len(found) - CODES_SHOWN:,}"))
    head = say_count(
        "{user} has **{number} active code**.",
        "{user} has **{number} active codes**.",
        len(found),
        user=text.user(subject),
    )
    title = say("Invite codes")
    return Reply(embeds=(Embed("\n".join((head, "", *lines)), title, color=BLURPLE),))


def _line(code: CodeSummary) -> str:
    parts = [_uses(code), say_count("{number} join", "{number} joins", code.joins)]
    if code.expires_at:
        parts.append(say("expires {time}", time=text.when(code.expires_at)))
    else:
        parts.append(say("never expires"))
    if code.channel_id:
        parts.append(text.channel(code.channel_id))
    return f"{text.code(code.code)}: {' · '.join(parts)}"


def _uses(code: CodeSummary) -> str:
    if code.uses is None:
        return say("uses unknown")
    if code.max_uses:
        spent = f"{code.uses:,}"
        return say_count(
            "{spent} of {number} use", "{spent} of {number} uses", code.max_uses, spent=spent
        )
    return say_count("{number} use", "{number} uses", code.uses)
