"""/setup: the steps of a new server, each by a click, over settings that commands set too."""

from typing import Annotated, Final

from usher.attribution.backfill_words import BEGUN
from usher.credit.fake import FAKE, Rule
from usher.doctor.commands import examined
from usher.doctor.setup_asking import WRITABLE, Services, chosen_channel, put, standing
from usher.doctor.setup_form import ask
from usher.doctor.setup_pages import END, overview, page
from usher.doctor.setup_steps import Standing, Step
from usher.greeting import desk as greetings
from usher.greeting.settings import Occasion, setting
from usher.ids import RoleId
from usher.slash.actions import action
from usher.slash.buttons import Button, Kind, Pick, Press, Row, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply, sentence
from usher.slash.say import ENGLISH, say

MANAGE: Final = Permission.MANAGE_GUILD
MOST_ROLES: Final = 10
YOUNG_DAYS: Final = 3
GONE_HOURS: Final = 1
STRICT: Final = {
    f"{FAKE}#{Rule.YOUNG_ACCOUNT}": str(YOUNG_DAYS),
    f"{FAKE}#{Rule.LEFT_WITHIN}": str(GONE_HOURS),
}


@command(
    "setup", "Set this server up, step by step", defer=True, ephemeral=True, permissions=MANAGE
)
def setup(
    ctx: Ctx[Services], step: Annotated[Step | None, Opt("Which step; all if left out")] = None
) -> Reply:
    """Show all steps, or one."""
    return shown(ctx, "" if step is None else step.value)


@action("setup.go", defer=True, permissions=MANAGE)
def go(ctx: Ctx[Services], step: str) -> Reply:
    """Go to a step, or to the one that was chosen."""
    return shown(ctx, ctx.chosen[0] if ctx.chosen else step)


@action("setup.log", defer=True, permissions=MANAGE)
def team(ctx: Ctx[Services]) -> Reply:
    """Tell the team in the chosen channel, in the language of who says so."""
    channel = chosen_channel(ctx)
    wanted: dict[str, str | None] = {
        "mod#log_channel_id": channel,
        "mod#locale": None if ctx.locale == ENGLISH else ctx.locale,
        "guild#notice_channel_id": channel,
        "guild#admin_channel_id": channel,
    }
    return shown(ctx, Step.LOG, put(ctx, wanted))


@action("setup.joins", defer=True, permissions=MANAGE)
def joins(ctx: Ctx[Services]) -> Reply:
    """Tell of every join in the chosen channel."""
    return shown(ctx, Step.LOG, put(ctx, {"guild#join_log_channel_id": chosen_channel(ctx)}))


@action("setup.welcome", defer=True, permissions=MANAGE)
def welcome(ctx: Ctx[Services]) -> Reply:
    """Welcome newcomers in the chosen channel, in the language of who says so."""
    wanted: dict[str, str | None] = {
        setting(Occasion.WELCOME, "state"): "on",
        setting(Occasion.WELCOME, "channel_id"): chosen_channel(ctx),
        setting(Occasion.WELCOME, "locale"): None if ctx.locale == ENGLISH else ctx.locale,
    }
    return shown(ctx, Step.WELCOME, put(ctx, wanted))


@action("setup.unwelcome", defer=True, permissions=MANAGE)
def unwelcome(ctx: Ctx[Services]) -> Reply:
    """Welcome nobody; the rest stays as it is set."""
    return shown(ctx, Step.WELCOME, put(ctx, {setting(Occasion.WELCOME, "state"): None}))


@action("setup.preview", defer=True, permissions=MANAGE, anew=True)
def preview(ctx: Ctx[Services]) -> Reply:
    """Show what would be said, were the asker new."""
    return greetings.preview(ctx, Occasion.WELCOME)


@action("setup.mods", defer=True, permissions=MANAGE)
def mods(ctx: Ctx[Services]) -> Reply:
    """Make the chosen roles the moderators'."""
    return shown(ctx, Step.STAFF, put(ctx, {"mod#roles": ",".join(_roles(ctx)) or None}))


@action("setup.staff", defer=True, permissions=MANAGE)
def staff(ctx: Ctx[Services]) -> Reply:
    """Make the chosen role the staff's."""
    roles = _roles(ctx)
    return shown(ctx, Step.STAFF, put(ctx, {"guild#staff_role_id": roles[0] if roles else None}))


@action("setup.fake", defer=True, permissions=MANAGE)
def strict(ctx: Ctx[Services], on: bool) -> Reply:
    """Count strictly, or as is usual; other rules stay as they are."""
    wanted = {name: value if on else None for name, value in STRICT.items()}
    return shown(ctx, Step.FAKE, put(ctx, wanted))


@action("setup.import", defer=True, permissions=MANAGE, anew=True)
def import_(ctx: Ctx[Services]) -> Reply:
    """Have an import begin, unless one is under way; its progress has a message of its own."""
    state = ctx.services.imports.state(ctx.guild_id)
    if state is not None and state.running(ctx.now) and state.run != ctx.interaction_id:
        raise UserError(say("An import is under way: `/invite import` shows how it stands."))
    ctx.services.imports.begin(
        ctx.guild_id, ctx.interaction_id, None, ctx.user_id, ctx.now, ctx.token
    )
    return sentence(say(BEGUN))


def shown(ctx: Ctx[Services], step: str, words: str = "") -> Reply:
    """Show a step as it stands now, the overview for none, or the doctor at the end."""
    if step == END:
        return examined(ctx, rows=((Button(say("Back to the setup"), _to("")),),))
    now = standing(ctx)
    if step not in [*Step]:
        return overview(now, _to)
    at = Step(step)
    return page(at, now, _controls(at, now), _to, words)


def _to(step: str) -> Press:
    return go.press(step=step)


def _controls(step: Step, now: Standing) -> tuple[Row, ...]:
    match step:
        case Step.LOG:
            return (_channel(team.press(), say("Channel for the team")),
                    _channel(joins.press(), say("Channel for joins")))  # fmt: skip
        case Step.WELCOME:
            off = now.welcome.get("state") != "on"
            buttons = (
                Button(say("Preview"), preview.press()),
                Button(say("Switch off"), unwelcome.press(), disabled=off),
            )
            return _channel(welcome.press(), say("Channel for welcomes")), buttons
        case Step.STAFF:
            return (_role(mods.press(), say("Moderators' roles"), MOST_ROLES),
                    _role(staff.press(), say("Role for logs and reports"), 1))  # fmt: skip
        case Step.FAKE:
            usual = now.rules.young_account is None and now.rules.left_within is None
            stricter = Button(say("Be stricter"), strict.press(on=True), disabled=not usual)
            standard = Button(say("As is usual"), strict.press(on=False), disabled=usual)
            return ((stricter, standard),)
        case Step.IMPORT:
            return ((Button(say("Read Discord's record"), import_.press(), Style.SUCCESS),),)
        case Step.LINK:
            return ((Button(say("Make a link"), ask.press(), Style.SUCCESS),),)
        case Step.RANKS:
            return ()


def _channel(press: Press, placeholder: str) -> Row:
    return (Pick(Kind.CHANNELS, press, placeholder, types=WRITABLE),)


def _role(press: Press, placeholder: str, most: int) -> Row:
    return (Pick(Kind.ROLES, press, placeholder, min=0, max=most),)


def _roles(ctx: Ctx[Services]) -> list[RoleId]:
    """Read which roles were chosen, none for none; raises UserError for everybody's."""
    roles = [RoleId(one) for one in ctx.chosen]
    if RoleId(ctx.guild_id) in roles:
        raise UserError(say("Everybody has that role. Please choose another one."))
    return sorted(roles)
