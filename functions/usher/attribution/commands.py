"""/invite inviter and /invite codes (SPEC 3.1), and the group that they share with credit."""

from typing import Annotated, Final, Protocol

from usher.attribution import sentences
from usher.attribution.queries import CodeSummary, InviteReads
from usher.ids import UserId
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply

invite = Group("invite", "Who brings whom")

CODES_SHOWN: Final = 20
BLURPLE: Final = 0x5865F2


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
        unseen = f"{text.user(subject)} joined before Usher watched, or never."
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
        none = f"{text.user(subject)} has no active invite codes."
        return Reply(embeds=(Embed(none, color=BLURPLE),))
    lines = [_line(code) for code in found[:CODES_SHOWN]]
    if len(found) > CODES_SHOWN:
        lines.append(f"and {len(found) - CODES_SHOWN:,} more")
    head = f"{text.user(subject)} has **{text.count(len(found), 'active code')}**."
    return Reply(embeds=(Embed("\n".join((head, "", *lines)), "Invite codes", color=BLURPLE),))


def _line(code: CodeSummary) -> str:
    uses = "uses unknown" if code.uses is None else text.count(code.uses, "use")
    if code.uses is not None and code.max_uses:
        uses = f"{code.uses:,} of {text.count(code.max_uses, 'use')}"
    end = f"expires {text.when(code.expires_at)}" if code.expires_at else "never expires"
    parts = [uses, text.count(code.joins, "join"), end]
    if code.channel_id:
        parts.append(text.channel(code.channel_id))
    return f"{text.code(code.code)}: {' · '.join(parts)}"
