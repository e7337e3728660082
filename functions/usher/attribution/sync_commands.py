"""/sync_member_invites (SPEC 3.5)."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Final, Protocol

from usher.attribution.sync import Difference, Fault, Held, lasting
from usher.attribution.sync_ports import (
    LookError,
    LookLimitedError,
    LookRefusedError,
    Syncs,
    TokenRefusedError,
)
from usher.ids import VANITY
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.replies import Embed, Reply
from usher.staff.access import SHOWN_TO, admit
from usher.staff.queries import StaffReads

SHOWN: Final = 20
GREEN: Final = 0x57F287
YELLOW: Final = 0xFEE75C
LATER: Final = "It is noted and will be done in a moment; the event worker is busy."
_MANAGE: Final = (
    "Discord does not show me {what} of this server: please give my role the permission **Manage "
    "Server**, without which no join here can be attributed."
)


class Services(Protocol):
    """What this command calls."""

    @property
    def staff(self) -> StaffReads:
        """The staff role."""
        ...

    @property
    def syncs(self) -> Syncs:
        """What compares and repairs."""
        ...


@command(
    "sync_member_invites",
    "Compare Discord's invite counts with Usher's",
    defer=True,
    ephemeral=True,
    shown_to=SHOWN_TO,
)
def sync_member_invites(ctx: Ctx[Services]) -> Reply:
    """List the differences, with a button that takes Discord's counts over."""
    admit(ctx)
    found = looking(lambda: ctx.services.syncs.compare(ctx.guild_id))
    if found.hidden:
        raise UserError(_MANAGE.format(what="the use counts"))
    head = (
        f"Discord lists {text.count(found.listed, 'invite')}, Usher holds "
        f"{text.count(found.active, 'active one')}."
    )
    if not found.differences:
        return _told(f"{head}\nThey agree.", GREEN)
    told = f"{head} **{text.count(len(found.differences), 'difference')}**:"
    note = (
        "A join of this very moment shows as a difference until it is recorded. Repair takes "
        "Discord's counts over; nobody gets credit for uses that nobody saw."
    )
    embed = Embed(_listing(told, found.differences), "Invites", footer=note, color=YELLOW)
    able = len(lasting(found.differences)) < len(found.differences)
    button = Button("Repair", repair.press(), Style.PRIMARY, disabled=not able)
    return Reply(embeds=(embed,), ephemeral=True, rows=((button,),))


@action("sync.repair", defer=True)
def repair(ctx: Ctx[Services]) -> Reply:
    """Take Discord's counts over, as they are now."""
    admit(ctx)
    done = looking(lambda: ctx.services.syncs.repair(ctx.guild_id, ctx.interaction_id))
    if done is None:
        raise UserError(LATER)
    head = f"Repaired **{text.count(len(done.repaired), 'difference')}**."
    lines = [_listing(head, done.repaired)]
    if done.left:
        lines.append(_listing("These stand, since counts never fall and ends stay:", done.left))
    return _told("\n".join(lines), YELLOW if done.left else GREEN)


def looking[T](ask: Callable[[], T]) -> T:
    """Look at the invites; raises UserError with what the member may read."""
    try:
        return ask()
    except LookRefusedError:
        raise UserError(_MANAGE.format(what="the invites")) from None
    except LookLimitedError as error:
        seconds = text.count(ceil(error.retry_after), "second")
        raise UserError(f"Discord asks me to wait {seconds}. Please try again then.") from None
    except TokenRefusedError:
        raise UserError("Discord refuses my token: whoever runs Usher must renew it.") from None
    except LookError:
        raise UserError("Discord did not answer. Please try again in a moment.") from None


def _told(words: str, color: int) -> Reply:
    return Reply(embeds=(Embed(words, "Invites", color=color),), ephemeral=True)


def _listing(head: str, differences: Sequence[Difference]) -> str:
    lines = [head, *(_line(one) for one in differences[:SHOWN])]
    if len(differences) > SHOWN:
        lines.append(f"and {len(differences) - SHOWN:,} more")
    return "\n".join(lines)


def _line(one: Difference) -> str:
    theirs = "uses hidden" if one.listed is None else _uses(one.listed.uses)
    said = {
        Fault.MISSING: f"Usher does not know it; Discord has {theirs}",
        Fault.ENDED: "it has ended; Usher holds it for active",
        Fault.REVIVED: "Discord lists it; Usher was told that it ended",
        Fault.BEHIND: f"Discord has {theirs}, Usher {_ours(one.held)}",
        Fault.AHEAD: f"Discord shows {theirs}; Usher has seen {_ours(one.held)}",
        Fault.NO_INVITER: "Usher does not know who made it; Discord does",
    }[one.fault]
    return f"{text.code(one.code)}{_by(one)}: {said}"


def _by(one: Difference) -> str:
    inviter = (one.listed and one.listed.inviter_id) or (one.held and one.held.inviter_id)
    if not inviter:
        return ""
    return " (vanity)" if inviter == VANITY else f" by {text.user(inviter)}"


def _ours(held: Held | None) -> str:
    return _uses(None if held is None else held.uses)


def _uses(uses: int | None) -> str:
    return "uses unknown" if uses is None else text.count(uses, "use")
