"""/invite policy: who may make invites, and of which kind (SPEC 2.7)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from usher.asking import LATER
from usher.contracts.deeds import SettingChanged
from usher.ids import RoleId
from usher.invites.group import BLURPLE, invite
from usher.invites.ports import Services
from usher.policy.rules import (
    LONGEST,
    MOST_ACTIVE,
    MOST_USES,
    ROLE,
    SETTINGS,
    Policy,
    duration,
    read_policy,
)
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission, allows
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import later, say, say_count

policy = invite.group("policy", "Who may make invites, and of which kind")

NOTE: Final = later(
    "Invites that break it are revoked as they are made, and their makers told why. Whoever has "
    "Manage Server is above it, and so are bots. Who joins before that happens still counts."
)


class Longest(StrEnum):
    """How long members' invites may last: seconds, as Discord's own client offers them."""

    HALF_AN_HOUR = "1800"
    ONE_HOUR = "3600"
    SIX_HOURS = "21600"
    TWELVE_HOURS = "43200"
    ONE_DAY = "86400"
    SEVEN_DAYS = "604800"


@policy.command(
    "show",
    "Show the invite policy",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def show(ctx: Ctx[Services]) -> Reply:
    """Show what is asked of members' invites."""
    return _now(ctx)


@policy.command(
    "set",
    "Ask something of members' invites; what you leave out stays",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def set_(
    ctx: Ctx[Services],
    role: Annotated[RoleId | None, Opt("Only members with this role may make invites")] = None,
    life: Annotated[Longest | None, Opt("How long an invite may last")] = None,
    uses: Annotated[int | None, Opt("How many uses an invite may have", min=1, max=100)] = None,
    active: Annotated[
        int | None, Opt("How many invites a member may have at a time", min=1, max=1000)
    ] = None,
) -> Reply:
    """Change parts of the policy."""
    if str(role) == ctx.guild_id:
        raise UserError(say("Every member has @everyone: it asks nothing."))
    asked = {
        ROLE: role,
        LONGEST: None if life is None else life.value,
        MOST_USES: None if uses is None else str(uses),
        MOST_ACTIVE: None if active is None else str(active),
    }
    wanted = {name: str(value) for name, value in asked.items() if value is not None}
    if not wanted:
        raise UserError(
            say("Please say what is to be asked of invites: at least one of the options.")
        )
    return _changed(ctx, wanted)


@policy.command(
    "clear",
    "Ask nothing of members' invites any more",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def clear(ctx: Ctx[Services]) -> Reply:
    """Forget the policy."""
    if not read_policy(ctx.services.settings.group(ctx.guild_id, "guild")):
        raise UserError(say("There is no invite policy."))
    return _changed(ctx, dict.fromkeys(SETTINGS))


def _changed(ctx: Ctx[Services], wanted: Mapping[str, str | None]) -> Reply:
    deeds = [
        SettingChanged(f"{ctx.interaction_id}.{name}", name, value, ctx.user_id, ctx.now)
        for name, value in wanted.items()
    ]
    if not ctx.services.deeds.do(ctx.guild_id, *deeds):
        return sentence(say(LATER))
    return _now(ctx)


def _now(ctx: Ctx[Services]) -> Reply:
    held = read_policy(ctx.services.settings.group(ctx.guild_id, "guild"))
    able = Permission.MANAGE_GUILD
    return _shown(held, able=not ctx.app_permissions or allows(ctx.app_permissions, able))


def _shown(held: Policy, *, able: bool) -> Reply:
    lines: list[str] = []
    if held.role_id is not None:
        role = text.role(held.role_id)
        lines.append(say("Only members with {role} may make invites.", role=role))
    if held.longest is not None:
        longest = duration(held.longest)
        lines.append(say("An invite may last at most **{longest}**.", longest=longest))
    if held.most_uses is not None:
        lines.append(
            say_count(
                "An invite may have at most **{number} use**.",
                "An invite may have at most **{number} uses**.",
                held.most_uses,
            )
        )
    if held.most_active is not None:
        lines.append(
            say_count(
                "A member may have at most **{number} active invite**.",
                "A member may have at most **{number} active invites**.",
                held.most_active,
            )
        )
    if not lines:
        return sentence(
            say("There is no invite policy: members make invites as Discord lets them.")
        )
    if not able:
        lines.append(say("**I need Manage Server to revoke invites, and do not have it.**"))
    words = "\n".join((*lines, "", say(NOTE)))
    return Reply(embeds=(Embed(words, say("Invite policy"), color=BLURPLE),), ephemeral=True)
