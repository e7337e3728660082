"""The ids of buttons, selects and forms: opaque, bound to one member of one guild, and short-lived.

Discord sends back whatever id a button has and asks nobody for permission, so an id must not say
what it does nor serve anybody else (SPEC 12). What it stands for is kept in a table.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final, Protocol

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.slash import text
from usher.slash.buttons import Json, Press, draw, presses
from usher.slash.errors import UserError
from usher.slash.interaction import Interaction
from usher.slash.modals import Modal, opening
from usher.slash.replies import Reply
from usher.slash.say import later, say

LIFE: Final = timedelta(hours=1)

_EXPIRED: Final = later("That button has expired. Please run the command again.")
_OTHERS: Final = later("That button is for {user}. Run the command to get your own.")


def new_token() -> str:
    """Make a token that cannot be guessed: 24 characters."""
    return token_urlsafe(18)


@frozen
class KeptPresses:
    """What the buttons of one message do, by their numbers."""

    guild_id: GuildId
    user_id: UserId | None
    """Whom they serve; None for anybody who holds what the action asks for."""
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


@frozen
class Presses:
    """Gives buttons their ids, and finds again what an id stands for."""

    store: PressStore
    new_token: Callable[[], str]

    def drawn(
        self,
        reply: Reply,
        guild_id: GuildId,
        user_id: UserId | None,
        now: datetime,
        life: timedelta = LIFE,
    ) -> Reply:
        """Turn the rows of a reply into components that serve this member alone, or anybody."""
        if not reply.rows:
            return reply
        token, kept = self.new_token(), presses(reply.rows)
        if kept:
            self.store.keep(token, KeptPresses(guild_id, user_id, now + life, kept))
        return replace(reply, rows=(), components=(*reply.components, *draw(reply.rows, token)))

    def opening(self, modal: Modal, guild_id: GuildId, user_id: UserId, now: datetime) -> Json:
        """Answer with a form that serves this member alone."""
        token = self.new_token()
        self.store.keep(token, KeptPresses(guild_id, user_id, now + LIFE, (modal.press,)))
        return opening(modal, f"{token}:0")

    def pressed(self, interaction: Interaction, now: datetime) -> Press:
        """Find what a member has pressed; raises UserError when it is not theirs, or too old.

        In a direct message it must be bound to them: nobody else can have been meant.
        """
        token, _, number = str(interaction.data.get("custom_id")).partition(":")
        kept = self.store.find(token)
        if kept is None or kept.expires_at <= now or not _is_here(kept, interaction):
            raise UserError(say(_EXPIRED))
        if kept.user_id is not None and kept.user_id != interaction.user_id:
            raise UserError(say(_OTHERS, user=text.user(kept.user_id)))
        if not number.isdecimal() or int(number) >= len(kept.presses):
            raise UserError(say(_EXPIRED))
        press = kept.presses[int(number)]
        return press if interaction.guild_id else replace(press, guild_id=kept.guild_id)


def _is_here(kept: KeptPresses, interaction: Interaction) -> bool:
    if interaction.guild_id is None:
        return kept.user_id is not None
    return kept.guild_id == interaction.guild_id
