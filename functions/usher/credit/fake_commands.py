"""/invite fake show, set and recount, and /invite tracking (SPEC 2.3, 3.2)."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Final, Protocol

from usher.asking import LATER, Deeds
from usher.contracts.deeds import SettingChanged
from usher.credit import fake_words as words
from usher.credit.fake import FAKE, Rule, Rules, settings_of, version_of
from usher.credit.fake_names import name_of
from usher.credit.fake_queries import FakeRules
from usher.credit.queries import OFF, TRACKING, CreditReads
from usher.ids import RoleId
from usher.invites.group import invite
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply, sentence
from usher.slash.say import say

MOST_AMOUNT: Final = 3650

fake = invite.group("fake", "Which joins count as fake")


class Choice(StrEnum):
    """The rules that an admin sets here; blocked inviters have commands of their own."""

    SELF_INVITE = "self_invite"
    YOUNG_ACCOUNT = "young_account"
    REJOIN = "rejoin"
    LEFT_WITHIN = "left_within"
    DEFAULT_AVATAR = "default_avatar"
    MISSING_ROLE = "missing_role"


class Switch(StrEnum):
    """Off or on."""

    ON = "on"
    OFF = "off"


class Status(StrEnum):
    """As SPEC writes it."""

    ON = "ON"
    OFF = "OFF"


class Services(Protocol):
    """What these commands call."""

    @property
    def credit(self) -> CreditReads:
        """Whether joins are credited at present."""
        ...

    @property
    def fakes(self) -> FakeRules:
        """Rules and recounts."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes them."""
        ...


@fake.command(
    "show",
    "Show what counts as fake",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def show(ctx: Ctx[Services]) -> Reply:
    """Show every rule as it is."""
    return words.show(ctx.services.fakes.rules(ctx.guild_id))


@fake.command(
    "set",
    "Turn a rule on or off",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def set_(
    ctx: Ctx[Services],
    rule: Annotated[Choice, Opt("Which rule")],
    switch: Annotated[Switch, Opt("On or off; on when left out")] = Switch.ON,
    amount: Annotated[
        int | None,
        Opt("Days for young_account, hours for left_within", min=1, max=MOST_AMOUNT),
    ] = None,
    role: Annotated[RoleId | None, Opt("The role for missing_role")] = None,
) -> Reply:
    """Set one rule; what was judged before stands until a recount."""
    which = Rule(rule.value)
    _check(ctx, which, switch, amount, role)
    now = ctx.services.fakes.rules(ctx.guild_id)
    wanted = _with(now, which, amount, role, on=switch is Switch.ON)
    default, value = settings_of(Rules())[which], settings_of(wanted)[which]
    if not _change(ctx, f"{FAKE}#{which}", None if value == default else value):
        return sentence(say(LATER))
    said = f"**{name_of(which)}**: {words.says(which, wanted)}."
    return sentence(f"{said} {words.past(which, wanted)}")


def _check(
    ctx: Ctx[Services], rule: Rule, switch: Switch, amount: int | None, role: RoleId | None
) -> None:
    """Refuse what does not go with a rule; raises UserError."""
    on = switch is Switch.ON
    takes_amount = on and rule in (Rule.YOUNG_ACCOUNT, Rule.LEFT_WITHIN)
    takes_role = on and rule is Rule.MISSING_ROLE
    if amount is not None and not takes_amount:
        raise UserError(say("`amount` goes with young_account and left_within, turned on."))
    if role is not None and not takes_role:
        raise UserError(say("`role` goes with missing_role, turned on."))
    if takes_amount and amount is None:
        raise UserError(
            say("This rule needs `amount`: days for young_account, hours for left_within.")
        )
    if takes_role and role is None:
        raise UserError(say("This rule needs `role`: members without it count as fake."))
    if role is not None and str(role) == str(ctx.guild_id):
        raise UserError(say("@everyone cannot be required: every member has it."))


def _with(now: Rules, rule: Rule, amount: int | None, role: RoleId | None, *, on: bool) -> Rules:
    """Put together the rules with one changed."""
    match rule:
        case Rule.SELF_INVITE:
            return replace(now, self_invite=on)
        case Rule.YOUNG_ACCOUNT:
            return replace(now, young_account=amount)
        case Rule.REJOIN:
            return replace(now, rejoin=on)
        case Rule.LEFT_WITHIN:
            return replace(now, left_within=amount)
        case Rule.DEFAULT_AVATAR:
            return replace(now, default_avatar=on)
        case _:
            return replace(now, missing_role=role)


@fake.command(
    "recount",
    "See what judging the past by the present rules would change, and do it",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def recount(ctx: Ctx[Services]) -> Reply:
    """Show what would change, with a button that has it done."""
    rules = ctx.services.fakes.rules(ctx.guild_id)
    found = ctx.services.fakes.survey(ctx.guild_id, rules)
    embed = words.surveyed(found)
    if not found.changes and found.whole:
        return Reply(embeds=(embed,), ephemeral=True)
    button = Button(say("Apply"), apply.press(rules=version_of(rules)), Style.PRIMARY)
    return Reply(embeds=(embed,), ephemeral=True, rows=((button,),))


@action("invite.fake-apply", defer=True, permissions=Permission.MANAGE_GUILD)
def apply(ctx: Ctx[Services], rules: str) -> Reply:
    """Have the past judged by the rules that were shown."""
    present = ctx.services.fakes.rules(ctx.guild_id)
    if version_of(present) != rules:
        raise UserError(say("The rules have changed since. Run `/invite fake recount` again."))
    ctx.services.fakes.begin(
        ctx.guild_id, ctx.interaction_id, ctx.user_id, present, ctx.now, ctx.token
    )
    return sentence(
        say("The recount begins. I show its progress here for 14 minutes; it goes on after that.")
    )


@invite.command(
    "tracking",
    "Turn credit for joins off, or on again",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def tracking(ctx: Ctx[Services], status: Annotated[Status, Opt("ON or OFF")]) -> Reply:
    """Stop or resume credit; the ledger goes on whatever it is."""
    off = status is Status.OFF
    if ctx.services.credit.tracking_off(ctx.guild_id) == off:
        raise UserError(say("Tracking is off already.") if off else say("Tracking is on already."))
    if not _change(ctx, TRACKING, OFF if off else None):
        return sentence(say(LATER))
    if off:
        return sentence(
            say(
                "Tracking is off: joins are recorded as before, and nobody gets credit for them, "
                "now or later. `/invite tracking status: ON` resumes."
            )
        )
    return sentence(
        say(
            "Tracking is on again. Joins from now on are credited; those of the time in between "
            "are not."
        )
    )


def _change(ctx: Ctx[Services], name: str, value: str | None) -> bool:
    deed = SettingChanged(ctx.interaction_id, name, value, ctx.user_id, ctx.now)
    return ctx.services.deeds.do(ctx.guild_id, deed)
