"""/sync_member_invites (SPEC 3.5)."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Final, Protocol

from usher.asking import LATER
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
from usher.slash.say import later, say, say_count
from usher.staff.access import SHOWN_TO, admit
from usher.staff.queries import StaffReads

SHOWN: Final = 20
GREEN: Final = 0x57F287
YELLOW: Final = 0xFEE75C
_NO_COUNTS: Final = later(
    "Discord does not show me the use counts of this server: please give my role the permission "
    "**Manage Server**, without which no join here can be attributed."
)
_NO_INVITES: Final = later(
    "Discord does not show me the invites of this server: please give my role the permission "
    "**Manage Server**, without which no join here can be attributed."
)


_FAULTS: Final = {
    Fault.MISSING: later("Usher does not know it; Discord has {theirs}"),
    Fault.ENDED: later("it has ended; Usher holds it for active"),
    Fault.REVIVED: later("Discord lists it; Usher was told that it ended"),
    Fault.BEHIND: later("Discord has {theirs}, Usher {ours}"),
    Fault.AHEAD: later("Discord shows {theirs}; Usher has seen {ours}"),
    Fault.NO_INVITER: later("Usher does not know who made it; Discord does"),
}


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
        raise UserError(say(_NO_COUNTS))
    head = say_count(
        "Discord lists {number} invite, Usher holds {active}.",
        "Discord lists {number} invites, Usher holds {active}.",
        found.listed,
        active=say_count("{number} active one", "{number} active ones", found.active),
    )
    if not found.differences:
        return _told(f"{head}\n{say('They agree.')}", GREEN)
    many = say_count("{number} difference", "{number} differences", len(found.differences))
    told = f"{head} **{many}**:"
    note = say(
        "A join of this very moment shows as a difference until it is recorded. Repair takes "
        "Discord's counts over; nobody gets credit for uses that nobody saw."
    )
    embed = Embed(_listing(told, found.differences), say("Invites"), footer=note, color=YELLOW)
    able = len(lasting(found.differences)) < len(found.differences)
    button = Button(say("Repair"), repair.press(), Style.PRIMARY, disabled=not able)
    return Reply(embeds=(embed,), ephemeral=True, rows=((button,),))


@action("sync.repair", defer=True)
def repair(ctx: Ctx[Services]) -> Reply:
    """Take Discord's counts over, as they are now."""
    admit(ctx)
    done = looking(lambda: ctx.services.syncs.repair(ctx.guild_id, ctx.interaction_id))
    if done is None:
        raise UserError(say(LATER))
    head = say_count(
        "Repaired **{number} difference**.",
        "Repaired **{number} differences**.",
        len(done.repaired),
    )
    lines = [_listing(head, done.repaired)]
    if done.left:
        stay = say("These stand, since counts never fall and ends stay:")
        lines.append(_listing(stay, done.left))
    return _told("\n".join(lines), YELLOW if done.left else GREEN)


def looking[T](ask: Callable[[], T]) -> T:
    """Look at the invites; raises UserError with what the member may read."""
    try:
        return ask()
    except LookRefusedError:
        raise UserError(say(_NO_INVITES)) from None
    except LookLimitedError as error:
        raise UserError(
            say_count(
                "Discord asks me to wait {number} second. Please try again then.",
                "Discord asks me to wait {number} seconds. Please try again then.",
                ceil(error.retry_after),
            )
        ) from None
    except TokenRefusedError:
        raise UserError(
            say("Discord refuses my token: whoever runs Usher must renew it.")
        ) from None
    except LookError:
        raise UserError(say("Discord did not answer. Please try again in a moment.")) from None


def _told(words: str, color: int) -> Reply:
    return Reply(embeds=(Embed(words, say("Invites"), color=color),), ephemeral=True)


def _listing(head: str, differences: Sequence[Difference]) -> str:
    lines = [head, *(_line(one) for one in differences[:SHOWN])]
    if len(differences) > SHOWN:
        more = len(differences) - SHOWN
        lines.append(say_count("and {number} more", "and {number} more", more))
    return "\n".join(lines)


def _line(one: Difference) -> str:
    theirs = say("uses hidden") if one.listed is None else _uses(one.listed.uses)
    said = say(_FAULTS[one.fault], theirs=theirs, ours=_ours(one.held))
    return f"{text.code(one.code)}{_by(one)}: {said}"


def _by(one: Difference) -> str:
    inviter = (one.listed and one.listed.inviter_id) or (one.held and one.held.inviter_id)
    if not inviter:
        return ""
    if inviter == VANITY:
        return f" ({say('vanity')})"
    return f" {say('by {user}', user=text.user(inviter))}"


def _ours(held: Held | None) -> str:
    return _uses(None if held is None else held.uses)


def _uses(uses: int | None) -> str:
    if uses is None:
        return say("uses unknown")
    return say_count("{number} use", "{number} uses", uses)
