"""/invite ranks, /invite rank add and remove (SPEC 2.4, 3.1, 3.2)."""

from typing import Annotated, Final

from usher.asking import LATER
from usher.ids import RoleId
from usher.invites.group import invite
from usher.rewards.hierarchy import Hall, Obstacle, dangers, obstacle, outranks
from usher.rewards.problems import Problem, remedy
from usher.rewards.queries import Asked, Managed, put
from usher.rewards.ranks import (
    MOST_INVITES,
    MOST_RANKS,
    Mode,
    Rank,
    rank_setting,
    roles_due,
    write_rank,
)
from usher.rewards.settings import RewardSettings
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission, allows
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import later, say, say_count

BLURPLE: Final = 0x5865F2
UNREADABLE: Final = later(
    "I cannot read this server's roles just now. Please try again in a minute."
)

rank = invite.group("rank", "Roles for a number of invites")


@invite.command("ranks", "Show which roles invites earn, and how far you are")
def ranks(ctx: Ctx[Asked]) -> Reply:
    """Show all ranks, those reached and the next one."""
    settings = ctx.services.rewards.settings(ctx.guild_id)
    manager = allows(ctx.permissions, Permission.MANAGE_GUILD)
    if not settings.ranks:
        none = say("There are no ranks in this server yet.")
        hint = " " + say("Add one with `/invite rank add`.") if manager else ""
        return Reply(embeds=(Embed(none + hint, say("Invite ranks"), color=BLURPLE),))
    tally = ctx.services.credit.tally(ctx.guild_id, ctx.user_id)
    lines = [_progress(settings, tally.effective), ""]
    lines += [_line(one, tally.effective) for one in settings.ranks]
    embed = Embed("\n".join(lines), say("Invite ranks"), footer=_footer(settings), color=BLURPLE)
    return Reply(embeds=(embed,))


@rank.command(
    "add",
    "Give a role for a number of invites, or change the number",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def add_rank(
    ctx: Ctx[Managed],
    role: Annotated[RoleId, Opt("Which role")],
    invites: Annotated[int, Opt("Effective invites that earn it", min=1, max=MOST_INVITES)],
) -> Reply:
    """Make a rank, after a look at whether the role can be given and may be by the asker."""
    settings = ctx.services.rewards.settings(ctx.guild_id)
    if role not in {one.role_id for one in settings.ranks} and len(settings.ranks) >= MOST_RANKS:
        raise UserError(
            say("A server has at most {most} ranks. Remove one first.", most=MOST_RANKS)
        )
    hall = _admit(ctx, role)
    named = dangers(hall.roles[role])
    if not named:
        return _save(ctx, settings, Rank(role, invites))
    harm = say(
        "{role} carries {permissions}: who earns it by invites can harm you.",
        role=text.role(role),
        permissions=", ".join(named),
    )
    if ctx.user_id != hall.owner_id:
        only = say("Only the server's owner can make a rank of it.")
        raise UserError(f"{harm} {only}")
    press = trust.press(role=role, invites=invites)
    yes = Button(say("Make it a rank anyway"), press, Style.DANGER)
    return Reply(harm, ephemeral=True, rows=((yes,),))


@action("ranks.trust", defer=True, permissions=Permission.MANAGE_GUILD)
def trust(ctx: Ctx[Managed], role: str, invites: int) -> Reply:
    """Make a rank of a role with dangerous permissions, as the owner wants."""
    role_id, settings = RoleId(role), ctx.services.rewards.settings(ctx.guild_id)
    hall = _admit(ctx, role_id)
    if ctx.user_id != hall.owner_id:
        raise UserError(say("Only the server's owner can make a rank of a role that can harm it."))
    return _save(ctx, settings, Rank(role_id, invites, trusted=True))


@rank.command(
    "remove",
    "Make a role no rank any more, and take it from those who earned it",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def remove_rank(ctx: Ctx[Managed], role: Annotated[RoleId, Opt("Which role")]) -> Reply:
    """Remove a rank."""
    settings = ctx.services.rewards.settings(ctx.guild_id)
    if role not in {one.role_id for one in settings.ranks}:
        raise UserError(
            say("{role} is no rank. `/invite ranks` shows those there are.", role=text.role(role))
        )
    if not put(ctx, {rank_setting(role): None}):
        return sentence(say(LATER))
    said = say("{role} is no rank any more.", role=text.role(role))
    if settings.on:
        said += " " + say("It is being taken from members who have invites.")
    return sentence(said)


def _save(ctx: Ctx[Managed], settings: RewardSettings, one: Rank) -> Reply:
    if not put(ctx, {rank_setting(one.role_id): write_rank(one)}):
        return sentence(say(LATER))
    said = say_count(
        "{role} is the rank for **{number} invite** now.",
        "{role} is the rank for **{number} invites** now.",
        one.invites,
        role=text.role(one.role_id),
    )
    more = say("Ranks are switched off: `/invite rewards status: ON` switches them on.")
    if settings.on:
        more = say("Who has them is given the role in a moment.")
    return sentence(f"{said} {more}")


def _admit(ctx: Ctx[Managed], role: RoleId) -> Hall:
    """Look whether Usher can give a role and the asker stands above it; raises UserError."""
    if role == RoleId(ctx.guild_id):
        raise UserError(say("@everyone cannot be a rank: every member has it."))
    hall = ctx.services.halls.hall(ctx.guild_id, fresh=True)
    if hall is None:
        raise UserError(say(UNREADABLE))
    found = obstacle(hall, role, trusted=True, giving=True)
    if found is Obstacle.GONE:
        raise UserError(say("That role is deleted."))
    if found is not None:
        raise UserError(remedy(Problem(role, found)))
    if not outranks(hall, ctx.user_id, ctx.roles, role):
        raise UserError(
            say(
                "{role} is not below your own highest role, so you cannot have it given.",
                role=text.role(role),
            )
        )
    return hall


def _footer(settings: RewardSettings) -> str:
    if not settings.on:
        return say("Ranks are switched off: nobody is given a role at present.")
    if settings.mode is Mode.HIGHEST:
        return say("You hold the role of the highest rank that you have reached.")
    return ""


def _progress(settings: RewardSettings, invites: int) -> str:
    have = say_count("You have **{number} invite**.", "You have **{number} invites**.", invites)
    coming = [one for one in settings.ranks if one.invites > invites]
    if not coming:
        return f"{have} " + say("You have reached every rank.")
    more, role = coming[0].invites - invites, text.role(coming[0].role_id)
    return f"{have} " + say_count(
        "{number} more for {role}.", "{number} more for {role}.", more, role=role
    )


def _line(one: Rank, invites: int) -> str:
    reached = one.role_id in roles_due((one,), invites, Mode.STACK)
    mark = "✅" if reached else "▫️"
    needed = say_count("{number} invite", "{number} invites", one.invites)
    return f"{mark} {text.role(one.role_id)} · {needed}"
