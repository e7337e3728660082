"""/invite rewards: ranks on and off, with Discord's policy, and what keeps them from working."""

from enum import StrEnum
from typing import Annotated, Final

from usher.asking import LATER
from usher.ids import ChannelId
from usher.invites.group import invite
from usher.rewards import problems
from usher.rewards.commands import BLURPLE, UNREADABLE
from usher.rewards.queries import Managed, put
from usher.rewards.ranks import Mode, rank_setting
from usher.rewards.settings import ADMIN_CHANNEL, ON, RANK_MODE, REWARDS, RewardSettings
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Link, Row, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import later, say, say_count

POLICY: Final = later(
    "**Before you switch rewards on:** Discord's rules against platform manipulation forbid "
    "inflating a server's membership, and have been read to forbid rewards for invites. Whoever "
    "breaks them may lose server or account. Keep to roles that say thanks, never to money or "
    "anything that can be sold; count only members who stay; and do not ask people to join for "
    "the sake of joining. You answer for how your server uses this."
)
GUIDELINES: Final = "https://discord.com/guidelines"


class Switch(StrEnum):
    """On or off."""

    ON = "ON"
    OFF = "OFF"


@invite.command(
    "rewards",
    "Show or set whether ranks give roles, which, and where problems are told",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def rewards(
    ctx: Ctx[Managed],
    status: Annotated[Switch | None, Opt("Whether ranks give roles")] = None,
    mode: Annotated[Mode | None, Opt("Roles of all ranks reached, or of the highest")] = None,
    channel: Annotated[ChannelId | None, Opt("Where admins are told of problems")] = None,
) -> Reply:
    """Set what is given, and show what is set."""
    settings = ctx.services.rewards.settings(ctx.guild_id)
    wanted: dict[str, str | None] = {}
    if mode is not None and mode is not settings.mode:
        wanted[RANK_MODE] = None if mode is Mode.STACK else mode.value
    if channel is not None and channel != settings.admin_channel_id:
        wanted[ADMIN_CHANNEL] = channel
    if status is Switch.OFF and settings.on:
        wanted[REWARDS] = None
    if wanted and not put(ctx, wanted):
        return sentence(say(LATER))
    if status is Switch.ON and not settings.on:
        yes = Button(say("Switch rewards on"), switch_on.press(), Style.SUCCESS)
        rows: tuple[Row, ...] = ((yes, Link(say("Discord's guidelines"), GUIDELINES)),)
        return Reply(say(POLICY), ephemeral=True, rows=rows)
    return _panel(ctx)


@action("rewards.on", defer=True, permissions=Permission.MANAGE_GUILD)
def switch_on(ctx: Ctx[Managed]) -> Reply:
    """Switch rewards on, after the policy was shown."""
    if not put(ctx, {REWARDS: ON}):
        return sentence(say(LATER))
    return _panel(ctx)


@action("rewards.retry", defer=True, permissions=Permission.MANAGE_GUILD)
def retry(ctx: Ctx[Managed]) -> Reply:
    """Have everybody looked at now, as switching on does."""
    if not ctx.services.rewards.settings(ctx.guild_id).on:
        return _panel(ctx)
    if not put(ctx, {REWARDS: ON}):
        return sentence(say(LATER))
    return sentence(
        say(
            "Everybody's roles are being looked at. What still cannot be given shows in "
            "`/invite rewards`."
        )
    )


@action("rewards.forget", defer=True, permissions=Permission.MANAGE_GUILD)
def forget(ctx: Ctx[Managed]) -> Reply:
    """Remove the ranks whose roles are deleted: no option can name those."""
    hall = ctx.services.halls.hall(ctx.guild_id, fresh=True)
    if hall is None:
        raise UserError(say(UNREADABLE))
    settings = ctx.services.rewards.settings(ctx.guild_id)
    gone = [one.role_id for one in settings.ranks if one.role_id not in hall.roles]
    if gone and not put(ctx, {rank_setting(role): None for role in gone}):
        return sentence(say(LATER))
    return _panel(ctx)


def _panel(ctx: Ctx[Managed]) -> Reply:
    settings = ctx.services.rewards.settings(ctx.guild_id)
    hall = ctx.services.halls.hall(ctx.guild_id)
    lasting = ctx.services.rewards.problems(ctx.guild_id) if settings.on else ()
    gone = hall is not None and any(one.role_id not in hall.roles for one in settings.ranks)
    buttons: list[Button] = []
    if lasting:
        buttons.append(Button(say("Try again now"), retry.press(), Style.PRIMARY))
    if gone:
        forgetting = Button(say("Forget ranks of deleted roles"), forget.press(), Style.DANGER)
        buttons.append(forgetting)
    state = say("Rewards are **off**: no role is given.")
    if settings.on:
        state = say("Rewards are **on**.")
    if settings.on and not settings.ranks:
        state += " " + say("Add a rank with `/invite rank add`.")
    for problem in lasting:
        state += f"\n\n⚠️ {problems.sentence(problem)}"
    embed = Embed(state, say("Invite rewards"), _fields(settings), color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True, rows=(tuple(buttons),) if buttons else ())


def _fields(settings: RewardSettings) -> tuple[Field, ...]:
    channel = settings.admin_channel_id
    stack = settings.mode is Mode.STACK
    ranks = say_count("{number} rank", "{number} ranks", len(settings.ranks))
    which = say("of all ranks reached") if stack else say("of the highest")
    where = text.channel(channel) if channel else say("no channel yet")
    return (
        Field(say("Ranks"), ranks, inline=True),
        Field(say("Roles"), which, inline=True),
        Field(say("Problems are told in"), where, inline=True),
    )
