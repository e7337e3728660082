"""/staff set, remove, list and role (SPEC 3.6)."""

from typing import Annotated, Final, Protocol

from usher.asking import LATER, Deeds
from usher.contracts.deeds import SettingChanged
from usher.ids import RoleId, UserId
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Argument, Button, Row, Style
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say, say_count
from usher.staff.access import SHOWN_TO, admit, admit_manager
from usher.staff.mapping import CODE_LIMIT, LINK_LIMIT, read_mapping, write_value
from usher.staff.queries import ROLE_SETTING, StaffMember, StaffReads, staff_setting

PAGE_SIZE: Final = 10
BLURPLE: Final = 0x5865F2

staff = Group("staff", "Staff members who refer people, and their IB links", shown_to=SHOWN_TO)


class Services(Protocol):
    """What these commands call."""

    @property
    def staff(self) -> StaffReads:
        """The staff list and role."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes them."""
        ...


@staff.command("set", "Name a staff member's IB link and code", defer=True, ephemeral=True)
def set_(
    ctx: Ctx[Services],
    user: Annotated[UserId, Opt("Which staff member")],
    ib_link: Annotated[str, Opt("Their referral link, with https://", max_length=LINK_LIMIT)],
    ib_code: Annotated[str, Opt("Their referral code", max_length=CODE_LIMIT)],
) -> Reply:
    """Put somebody on the staff list, or change their mapping."""
    admit(ctx)
    resolved = ctx.users.get(user)
    if resolved is not None and resolved.bot:
        raise UserError(say("Bots refer nobody, so they cannot be staff."))
    mapping = read_mapping(ib_link, ib_code)
    if not _change(ctx, staff_setting(user), write_value(mapping)):
        return sentence(say(LATER))
    return sentence(f"{say('Saved.')} {_line(StaffMember(user, mapping))}")


@staff.command("remove", "Take somebody off the staff list", defer=True, ephemeral=True)
def remove(ctx: Ctx[Services], user: Annotated[UserId, Opt("Which staff member")]) -> Reply:
    """Forget a mapping; what was recorded with it stays in the ledger."""
    admit(ctx)
    if ctx.services.staff.find(ctx.guild_id, user) is None:
        raise UserError(say("{user} is not on the staff list.", user=text.user(user)))
    if not _change(ctx, staff_setting(user), None):
        return sentence(say(LATER))
    return sentence(
        say("{user} is off the staff list. What was recorded stays.", user=text.user(user))
    )


@staff.command("list", "Show the staff list", defer=True, ephemeral=True)
def list_(ctx: Ctx[Services]) -> Reply:
    """Show the first page of the staff list."""
    admit(ctx)
    return _page(ctx, [])


@action("staff.turn", defer=True)
def turn(ctx: Ctx[Services], trail: list[Argument]) -> Reply:
    """Turn to another page; `trail` holds the last user ids of the pages before it."""
    admit(ctx)
    return _page(ctx, [UserId(str(one)) for one in trail])


@staff.command("role", "Show or name the role that may use these", defer=True, ephemeral=True)
def role(
    ctx: Ctx[Services],
    role: Annotated[RoleId | None, Opt("Which role; shows the present one when left out")] = None,
) -> Reply:
    """Name the staff role. Managers only: who may name it may let anybody in."""
    admit_manager(ctx)
    if role is None:
        return _present_role(ctx)
    if str(role) == ctx.guild_id:
        raise UserError(say("@everyone cannot be the staff role: every member has it."))
    if not _change(ctx, ROLE_SETTING, role):
        return sentence(say(LATER))
    return sentence(
        say(
            "Members with {role} may use the log and staff commands now. Discord shows the "
            "commands to them once you allow the role under Server Settings, Integrations, Usher.",
            role=text.role(role),
        )
    )


@action("staff.clear-role", defer=True)
def clear_role(ctx: Ctx[Services]) -> Reply:
    """Have no staff role any more."""
    admit_manager(ctx)
    if ctx.services.staff.role(ctx.guild_id) is None:
        raise UserError(say("There is no staff role."))
    if not _change(ctx, ROLE_SETTING, None):
        return sentence(say(LATER))
    return sentence(say("There is no staff role any more: only Manage Server counts."))


def _present_role(ctx: Ctx[Services]) -> Reply:
    present = ctx.services.staff.role(ctx.guild_id)
    if present is None:
        return sentence(
            say("There is no staff role: only members with Manage Server may use these.")
        )
    clear = Button(say("Have none"), clear_role.press(), Style.DANGER)
    words = say("The staff role is {role}.", role=text.role(present))
    return Reply(words, ephemeral=True, rows=((clear,),))


def _change(ctx: Ctx[Services], name: str, value: str | None) -> bool:
    deed = SettingChanged(ctx.interaction_id, name, value, ctx.user_id, ctx.now)
    return ctx.services.deeds.do(ctx.guild_id, deed)


def _page(ctx: Ctx[Services], trail: list[UserId]) -> Reply:
    everyone = ctx.services.staff.everyone(ctx.guild_id)
    if not everyone:
        return sentence(say("The staff list is empty. Put somebody on it with `/staff set`."))
    after = int(trail[-1]) if trail else 0
    rest = [member for member in everyone if int(member.user_id) > after]
    shown = rest[:PAGE_SIZE]
    lines = [_line(member) for member in shown] or [say("Nobody comes after that any more.")]
    many = say_count("{number} staff member", "{number} staff members", len(everyone))
    embed = Embed("\n".join((f"**{many}**", "", *lines)), say("Staff list"), color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True, rows=_buttons(trail, shown, len(rest)))


def _buttons(trail: list[UserId], shown: list[StaffMember], rest: int) -> tuple[Row, ...]:
    if not trail and rest <= PAGE_SIZE:
        return ()
    here: list[Argument] = [*trail]
    on = [*here, shown[-1].user_id] if shown else here
    return (
        (
            Button(say("Previous"), turn.press(trail=here[:-1]), disabled=not trail),
            Button(say("Next"), turn.press(trail=on), disabled=rest <= PAGE_SIZE),
        ),
    )


def _line(member: StaffMember) -> str:
    mapping = member.mapping
    return f"{text.user(member.user_id)}: {text.code(mapping.ib_code)} · <{mapping.ib_link}>"
