"""The ids of buttons: opaque, bound to one member of one guild, and short-lived.

Discord sends back whatever id a button has and asks nobody for permission, so an id must not say
what it does nor serve anybody else (SPEC 12). What it stands for is kept in a table.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final, Protocol

from usher.ids import GuildId, UserId
from usher.slash import text
from usher.slash.buttons import Press, draw, presses
from usher.slash.errors import UserError
from usher.slash.interaction import Interaction
from usher.slash.replies import Reply

LIFE: Final = timedelta(hours=1)

_EXPIRED: Final = "That button has expired. Please run the command again."


def new_token() -> str:
    """Make a token that cannot be guessed: 24 characters."""
    return token_urlsafe(18)


@dataclass(frozen=True, slots=True)
class KeptPresses:
    """What the buttons of one message do, by their numbers."""

    guild_id: GuildId
    user_id: UserId
    """Whom they serve."""
    expires_at: datetime
    presses: tuple[Press, ...]


class PressStore(Protocol):
    """Keeps presses by token. Every method may raise an error of its store."""

    def keep(self, token: str, kept: KeptPresses) -> None:
        """Keep presses until they expire."""
        ...

    def find(self, token: str) -> KeptPresses | None:
        """Find presses; None when there are none, perhaps no more."""
        ...


@dataclass(frozen=True, slots=True)
class Presses:
    """Gives buttons their ids, and finds again what an id stands for."""

    store: PressStore
    new_token: Callable[[], str]

    def drawn(self, reply: Reply, guild_id: GuildId, user_id: UserId, now: datetime) -> Reply:
        """Turn the rows of a reply into components that serve this member alone."""
        if not reply.rows:
            return reply
        token, kept = self.new_token(), presses(reply.rows)
        if kept:
            self.store.keep(token, KeptPresses(guild_id, user_id, now + LIFE, kept))
        return replace(reply, rows=(), components=(*reply.components, *draw(reply.rows, token)))

    def pressed(self, interaction: Interaction, now: datetime) -> Press:
        """Find what a member has pressed; raises UserError when it is not theirs, or too old."""
        token, _, number = str(interaction.data.get("custom_id")).partition(":")
        kept = self.store.find(token)
        if kept is None or kept.expires_at <= now or kept.guild_id != interaction.guild_id:
            raise UserError(_EXPIRED)
        if kept.user_id != interaction.user_id:
            raise UserError(
                f"That button is for {text.user(kept.user_id)}. Run the command to get your own."
            )
        if not number.isdecimal() or int(number) >= len(kept.presses):
            raise UserError(_EXPIRED)
        return kept.presses[int(number)]
