"""/campaign roles and /campaign welcome: what newcomers get and are told (SPEC 5.1, 5.6, 5.7)."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Final, Literal

from usher.greeting.values import PLACEHOLDERS
from usher.ids import RoleId
from usher.onboarding.asking import RoleServices
from usher.onboarding.drafting import PLACEHOLDERS as OWN
from usher.onboarding.drafting import greeting_of
from usher.referrals.asking import Services, any_campaign, find_campaign
from usher.referrals.campaign_commands import NAME, campaign, change
from usher.referrals.campaign_edit_commands import CLEAR
from usher.referrals.model import Campaign
from usher.rewards.hierarchy import Obstacle, obstacle, outranks
from usher.rewards.problems import Problem, onboarding_key, remedy
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Reply, sentence
from usher.slash.say import say
from usher.slash.template import placeholders

MOST_ROLES: Final = 25
MESSAGE: Final = 1_500
MOST_VALUE: Final = 1_000_000_000


@campaign.command("roles", "What who completes the onboarding gets", defer=True, ephemeral=True)
def roles(
    ctx: Ctx[RoleServices],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
    add: Annotated[RoleId | None, Opt("A role that they get")] = None,
    remove: Annotated[RoleId | None, Opt("A role that they get no more")] = None,
    given: Annotated[
        Literal["automatically", "by hand"] | None, Opt("By Usher, or by you when you are told")
    ] = None,
) -> Reply:
    """Change a campaign's roles, and show them."""
    before = find_campaign(ctx, campaign)
    held = [one for one in before.role_ids if one != remove]
    if add is not None and add not in held:
        if len(held) >= MOST_ROLES:
            raise UserError(say("A campaign gives at most {most} roles.", most=MOST_ROLES))
        held.append(add)
    automatic = before.automatic_roles if given is None else given == "automatically"
    after = replace(before, role_ids=tuple(held), automatic_roles=automatic)
    turned_on = automatic and not before.automatic_roles
    for role in after.role_ids if turned_on else (() if add is None else (add,)):
        _admit(ctx, role, automatic=automatic)
    if after != before:
        change(ctx, after)
    return sentence(_told(ctx, after))


@campaign.command("welcome", "What newcomers are told with the button", defer=True, ephemeral=True)
def welcome(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
    message: Annotated[
        str | None, Opt(r"\n for a new line; - for the standard one", max_length=MESSAGE)
    ] = None,
) -> Reply:
    """Set the message and show it; without one, show it and which placeholders there are."""
    one = find_campaign(ctx, campaign)
    if message is not None:
        cleared = message.strip() == CLEAR
        written = "" if cleared else message.replace("\\n", "\n").strip()
        one = replace(one, greeting=written, locale=ctx.locale)
        change(ctx, one)
    known = (*OWN, *PLACEHOLDERS)
    lines = [
        say("Who comes by a link of **{name}** is told:", name=text.escape(one.name)),
        f">>> {greeting_of(one).message}",
    ]
    unknown = sorted(placeholders(one.greeting) - set(known))
    notes = [
        say("Placeholders: {known}", known=" ".join(text.code(f"{{{name}}}") for name in known))
    ]
    if unknown:
        listed = " ".join(text.code(f"{{{name}}}") for name in unknown)
        notes.append(say("I do not know {unknown}: that stays as it is typed.", unknown=listed))
    return Reply("\n".join((*notes, *lines)), ephemeral=True)


@campaign.command("value", "What a conversion is worth", defer=True, ephemeral=True)
def value(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
    worth: Annotated[float, Opt("In your own currency", min=0, max=MOST_VALUE)],
) -> Reply:
    """Set what each later conversion counts for."""
    one = replace(find_campaign(ctx, campaign), value=Decimal(str(round(worth, 2))))
    change(ctx, one)
    return sentence(
        say(
            "A conversion by **{name}** is worth {value} from now on.",
            name=text.escape(one.name),
            value=f"{one.value:,}",
        )
    )


def _admit(ctx: Ctx[RoleServices], role: RoleId, *, automatic: bool) -> None:
    """Look whether a role can be given, and may be by the asker; raises UserError."""
    hall = ctx.services.halls.hall(ctx.guild_id, fresh=True)
    if hall is None:
        raise UserError(say("I cannot read this server's roles just now. Please try again."))
    found = obstacle(hall, role, trusted=False, giving=True)
    if found is Obstacle.GONE:
        raise UserError(say("That role is deleted."))
    if found is Obstacle.MANAGED or (found is not None and automatic):
        raise UserError(remedy(Problem(onboarding_key(role), found)))
    if automatic and not outranks(hall, ctx.user_id, ctx.roles, role):
        raise UserError(
            say(
                "{role} is not below your own highest role, so you cannot have it given.",
                role=text.role(role),
            )
        )


def _told(ctx: Ctx[RoleServices], one: Campaign) -> str:
    name = text.escape(one.name)
    if not one.role_ids:
        return say("Who completes the onboarding of **{name}** gets no role.", name=name)
    roles_ = ", ".join(text.role(role) for role in one.role_ids)
    if one.automatic_roles:
        return say("Who completes **{name}** gets {roles}.", name=name, roles=roles_)
    said = say("Who completes **{name}** is to get {roles} from you.", name=name, roles=roles_)
    channel = ctx.services.rewards.settings(ctx.guild_id).admin_channel_id
    if channel is None:
        return f"{said} " + say(
            "Nobody is told of it yet: choose an admin channel with `/invite rewards`."
        )
    return f"{said} " + say("I tell it in {channel}.", channel=text.channel(channel))


EVERY: Final = (roles, welcome, value)
