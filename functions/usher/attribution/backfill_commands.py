"""/invite import (SPEC 1.6, 3.2)."""

from datetime import datetime
from typing import Annotated, Protocol

from usher.attribution import backfill_words as words
from usher.attribution.backfill_state import Backfill
from usher.ids import GuildId, UserId
from usher.invites.group import invite
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply, sentence
from usher.slash.say import say


class Imports(Protocol):
    """Guilds' backfills. Methods may raise AWS errors."""

    def state(self, guild_id: GuildId) -> Backfill | None:
        """Read how the guild's backfill stands."""
        ...

    def begin(
        self,
        guild_id: GuildId,
        run: str,
        user_id: UserId | None,
        started_by: UserId,
        now: datetime,
        token: str,
    ) -> None:
        """Have a run begin, for everybody or for one member.

        The same `run` begins once. `token` is the interaction's, for showing progress.
        """
        ...


class Services(Protocol):
    """What this command calls."""

    @property
    def imports(self) -> Imports:
        """Backfills."""
        ...


@invite.command(
    "import",
    "Learn from Discord's own record who invited the members of this server",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def import_(
    ctx: Ctx[Services],
    user: Annotated[UserId | None, Opt("Only this member; everybody when left out")] = None,
) -> Reply:
    """Begin an import, or say how the one under way stands. May be repeated."""
    imports = ctx.services.imports
    standing = None if user is not None else imports.state(ctx.guild_id)
    if standing is not None and (standing.running(ctx.now) or standing.run == ctx.interaction_id):
        return words.describe(standing, ctx.now)
    imports.begin(ctx.guild_id, ctx.interaction_id, user, ctx.user_id, ctx.now, ctx.token)
    return sentence(say(words.BEGUN if user is None else words.ASKED))
