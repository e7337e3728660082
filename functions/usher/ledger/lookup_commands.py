"""/lookup_user_invite, and putting a VIP upgrade to a staff member's account (SPEC 3.3)."""

from typing import Annotated, Final, Protocol

from usher.asking import LATER, Deeds
from usher.contracts.deeds import UpgradeAssigned
from usher.ids import UserId
from usher.ledger.lookup_found import Asked, Found, Lookups, Missing
from usher.ledger.lookup_words import tell_found, tell_missing
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Reply
from usher.slash.say import later, say
from usher.staff.access import SHOWN_TO, admit
from usher.staff.mapping import write_value
from usher.staff.queries import StaffReads
from usher.times import format_time, parse_time

ASSIGN: Final = later("Assign to IB")
ASSIGNED: Final = later("Assigned to IB")


class Services(Protocol):
    """What this command calls."""

    @property
    def staff(self) -> StaffReads:
        """The staff list and role."""
        ...

    @property
    def lookups(self) -> Lookups:
        """The record of joins."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What records upgrades."""
        ...


@command(
    "lookup_user_invite",
    "Show by which invite a member came, and who referred them",
    defer=True,
    ephemeral=True,
    shown_to=SHOWN_TO,
)
def lookup_user_invite(ctx: Ctx[Services], user: Annotated[UserId, Opt("Which member")]) -> Reply:
    """Show a member's join as it is on record."""
    admit(ctx)
    resolved = ctx.users.get(user)
    asked = Asked(user) if resolved is None else Asked(user, resolved.bot, resolved.joined_at)
    return _show(ctx, asked)


@action("lookup.assign", defer=True)
def assign(ctx: Ctx[Services], user_id: str, joined_at: str | None, staff_id: str) -> Reply:
    """Record a member's VIP upgrade for the staff member who brought them, once."""
    admit(ctx)
    asked = Asked(UserId(user_id), joined_at=None if joined_at is None else parse_time(joined_at))
    found = ctx.services.lookups.find(ctx.guild_id, asked, ctx.now)
    if isinstance(found, Missing) or found.word.inviter_id != staff_id:
        raise UserError(say("The record has changed meanwhile. Please look the member up again."))
    if found.staff is None:
        raise UserError(
            say("{user} is not on the staff list any more.", user=text.user(UserId(staff_id)))
        )
    for upgrade in found.upgrades:
        if upgrade.staff_id == staff_id:
            when = f" {text.when(upgrade.at, 'f')}" if upgrade.at else ""
            by = f" {say('by {user}', user=text.user(upgrade.by))}" if upgrade.by else ""
            raise UserError(
                say("That is done already: it was recorded{by}{when}.", by=by, when=when)
            )
    deed = UpgradeAssigned(
        id=ctx.interaction_id,
        user_id=asked.user_id,
        staff_id=found.staff.user_id,
        mapping=write_value(found.staff.mapping),
        by=ctx.user_id,
        at=ctx.now,
    )
    if not ctx.services.deeds.do(ctx.guild_id, deed):
        raise UserError(say(LATER))
    return _show(ctx, asked)


def _show(ctx: Ctx[Services], asked: Asked) -> Reply:
    found = ctx.services.lookups.find(ctx.guild_id, asked, ctx.now)
    if isinstance(found, Missing):
        return Reply(embeds=(tell_missing(asked.user_id, found),), ephemeral=True)
    rows = _buttons(asked, found)
    return Reply(embeds=(tell_found(found),), ephemeral=True, rows=rows)


def _buttons(asked: Asked, found: Found) -> tuple[Row, ...]:
    member = found.staff
    if member is None:
        return ()
    done = any(upgrade.staff_id == member.user_id for upgrade in found.upgrades)
    press = assign.press(
        user_id=found.user_id,
        joined_at=None if asked.joined_at is None else format_time(asked.joined_at),
        staff_id=member.user_id,
    )
    label, style = (ASSIGNED, Style.SECONDARY) if done else (ASSIGN, Style.SUCCESS)
    return ((Button(say(label), press, style, disabled=done),),)
