"""/invite create: an invite made by Usher, which counts for a member (SPEC 3.2)."""

from enum import StrEnum
from typing import Annotated, Final

from usher.ids import ChannelId, InviteCode, UserId
from usher.invites.codes import noted, reason
from usher.invites.group import invite
from usher.invites.label_commands import SHORT
from usher.invites.notes import CodeNote, read_note
from usher.invites.ports import Services, Wish, asking
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission, allows
from usher.slash.replies import Reply, sentence
from usher.slash.say import say, say_count

MOST: Final = 1_000
"""Invites that Discord lets a guild have (30016, Maximum number of invites reached)."""
MOST_USES: Final = 100
"""Discord's own limit (API reference: Create Channel Invite); 0 lifts it."""


class Life(StrEnum):
    """How long an invite lasts: seconds, as Discord's own client offers them."""

    HALF_AN_HOUR = "1800"
    ONE_HOUR = "3600"
    SIX_HOURS = "21600"
    TWELVE_HOURS = "43200"
    ONE_DAY = "86400"
    SEVEN_DAYS = "604800"
    FOR_EVER = "0"


@invite.command(
    "create",
    "Make an invite that counts for a member",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def create(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("Where it leads; here when left out")] = None,
    life: Annotated[Life, Opt("How long it lasts; 7 days when left out")] = Life.SEVEN_DAYS,
    uses: Annotated[int, Opt("How many can use it; 0 for no limit", min=0, max=MOST_USES)] = 0,
    user: Annotated[UserId | None, Opt("For whom its joins count; you when left out")] = None,
    label: Annotated[str | None, Opt("A short name for it", max_length=SHORT)] = None,
    temporary: Annotated[bool, Opt("Who gets no role leaves when they go offline")] = False,
    unique: Annotated[bool, Opt("Always a new one, also where there is one like it")] = True,
) -> Reply:
    """Make an invite and tell its link."""
    where, whose = channel or ctx.channel_id, user or ctx.user_id
    if where is None:
        raise UserError(say("Please name the channel that it is to lead to."))
    wish = Wish(where, int(life), uses, temporary, unique)
    if (made := _made_before(ctx)) is not None:
        return sentence(_told(wish, made, whose, None, done=True))
    resolved = ctx.users.get(whose)
    if resolved is not None and resolved.bot:
        raise UserError(say("Bots invite nobody: name a member, or leave `user` out."))
    if where == ctx.channel_id and not allows(
        ctx.app_permissions, Permission.CREATE_INSTANT_INVITE
    ):
        raise UserError(
            say("I need the permission Create Invite in {channel}.", channel=text.channel(where))
        )
    present = asking(lambda: ctx.services.desk.count(ctx.guild_id))
    if present is not None and present >= MOST:
        raise UserError(
            say(
                "This server has {number} invites, as many as Discord allows. Revoke some first: "
                "`/invite revoke`.",
                number=f"{present:,}",
            )
        )
    code = asking(lambda: ctx.services.desk.create(wish, reason("Made by Usher", ctx.user_id)))
    note = CodeNote(
        label=" ".join((label or "").split()) or None, made_for=whose, made_by=ctx.interaction_id
    )
    deed = noted(ctx.interaction_id, code, note, ctx.user_id, ctx.now)
    done = ctx.services.deeds.do(ctx.guild_id, deed)
    return sentence(_told(wish, code, whose, present, done=done))


def _made_before(ctx: Ctx[Services]) -> InviteCode | None:
    """Find what this interaction has made already: its answer may have been lost on the way."""
    for code, note in ctx.services.settings.group(ctx.guild_id, "code").items():
        if read_note(note).made_by == ctx.interaction_id:
            return InviteCode(code)
    return None


def _told(wish: Wish, code: InviteCode, whose: UserId, present: int | None, *, done: bool) -> str:
    life = say("never expires")
    if wish.max_age:
        life = say("lasts {time}", time=_life(wish.max_age))
    uses = say("any number of uses")
    if wish.max_uses:
        uses = say_count("{number} use", "{number} uses", wish.max_uses)
    leads = say(
        "It leads to {channel}, {life} and has {uses}. Its joins count for {user}.",
        channel=text.channel(wish.channel_id),
        life=life,
        uses=uses,
        user=text.user(whose),
    )
    lines = [f"<https://discord.gg/{code}>", leads]
    if not done:
        lines.append(
            say("Until the event worker has noted that, in a moment, they count for nobody.")
        )
    if present is not None and present >= MOST * 0.9:
        lines.append(
            say_count(
                "Discord allows this server {number} more invite.",
                "Discord allows this server {number} more invites.",
                MOST - present - 1,
            )
        )
    return "\n".join(lines)


def _life(seconds: int) -> str:
    if seconds >= 86_400:
        return say_count("{number} day", "{number} days", seconds // 86_400)
    if seconds >= 3_600:
        return say_count("{number} hour", "{number} hours", seconds // 3_600)
    return say_count("{number} minute", "{number} minutes", seconds // 60)
