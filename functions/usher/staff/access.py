"""Who may run the log and staff commands: Manage Server, or the configured staff role (SPEC 3).

Discord can hide a command behind permissions, not behind a role that Usher knows of. So these
commands are registered for Manage Server, a server's admins open them to the staff role in
Discord's own settings (Integrations), and here it is decided, at every use and at every press of a
button: what Discord shows is a courtesy, and admins can override it for anybody.
"""

from typing import Final, Protocol

from usher.slash import text
from usher.slash.completing import Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.permissions import Permission, allows
from usher.slash.say import say
from usher.staff.queries import StaffReads

SHOWN_TO: Final = Permission.MANAGE_GUILD
"""Whom Discord offers these commands to unless a server's admins say otherwise."""


class Services(Protocol):
    """What tells staff from others."""

    @property
    def staff(self) -> StaffReads:
        """The staff list and role."""
        ...


type Asking = Ctx[Services] | Typing[Services]
"""Somebody who runs a command, or is typing one."""


def is_manager(ctx: Asking) -> bool:
    """Whether the member holds Manage Server."""
    return allows(ctx.permissions, Permission.MANAGE_GUILD)


def admit_manager(ctx: Asking) -> None:
    """Let managers through; raises UserError."""
    if not is_manager(ctx):
        raise UserError(say("You need Manage Server for that."))


def admit(ctx: Asking) -> None:
    """Let managers and staff through; raises UserError."""
    if is_manager(ctx):
        return
    role = ctx.services.staff.role(ctx.guild_id)
    if role is None:
        raise UserError(
            say(
                "You need Manage Server for that, or the staff role once an admin has named one "
                "with `/staff role`."
            )
        )
    if role not in ctx.roles:
        raise UserError(
            say("You need Manage Server or the staff role {role} for that.", role=text.role(role))
        )
