"""What the invite commands ask of Discord and of the settings."""

from collections.abc import Callable
from math import ceil
from typing import Protocol

from usher.asking import Deeds, SettingReads
from usher.attribution.code_choices import CodeChoices
from usher.attribution.code_records import CodeRecords
from usher.attribution.queries import InviteReads
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, InviteCode
from usher.slash.errors import UserError
from usher.slash.say import later, say, say_count


class DeskError(Exception):
    """Discord did not do what was asked."""

    words = later("Discord did not answer. Please try again in a moment.")

    @property
    def sentence(self) -> str:
        """What the member may read."""
        return say(self.words)


class DeskRefusedError(DeskError):
    """A permission is missing, or the channel is gone."""

    words = later("Discord does not let me do that: a permission is missing there.")


class DeskWrongError(DeskError):
    """Discord does not take what was asked, for example an invite to a category."""

    words = later("Discord does not take that. Is it a channel that people can be invited to?")


class DeskFullError(DeskError):
    """The guild has as many invites as Discord allows (1,000)."""

    words = later("This server has as many invites as Discord allows. Revoke some first.")


class DeskTokenError(DeskError):
    """Discord refuses the bot's token: only the operator can help."""

    words = later("Discord refuses my token: whoever runs Usher must renew it.")


class DeskLimitedError(DeskError):
    """Discord asks to wait."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"{retry_after} s")
        self.seconds = ceil(retry_after)

    @property
    def sentence(self) -> str:
        """What the member may read."""
        return say_count(
            "Discord asks me to wait {number} second. Please try again then.",
            "Discord asks me to wait {number} seconds. Please try again then.",
            self.seconds,
        )


@frozen
class Wish:
    """The invite that is wanted."""

    channel_id: ChannelId
    max_age: int
    """Seconds; 0 for no end."""
    max_uses: int
    """0 for no limit."""
    temporary: bool
    unique: bool
    """Never one that there is already."""


class InviteDesk(Protocol):
    """Discord, with the bot's token. Every method raises DeskError."""

    def count(self, guild_id: GuildId) -> int | None:
        """Count the guild's invites; None where Discord does not show them."""
        ...

    def create(self, wish: Wish, reason: str) -> InviteCode:
        """Make an invite."""
        ...

    def revoke(self, code: InviteCode, reason: str) -> bool:
        """Revoke an invite; False where it was gone already."""
        ...

    def post(self, channel_id: ChannelId, words: str, message_id: str) -> None:
        """Post a message mentioning nobody, once for its id."""
        ...


class Services(Protocol):
    """What the invite commands call."""

    @property
    def desk(self) -> InviteDesk:
        """Discord."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes settings and ledger."""
        ...

    @property
    def settings(self) -> SettingReads:
        """The guild's settings."""
        ...

    @property
    def records(self) -> CodeRecords:
        """Invite records."""
        ...

    @property
    def codes(self) -> CodeChoices:
        """Codes to suggest."""
        ...

    @property
    def invites(self) -> InviteReads:
        """Whose codes are which."""
        ...


def asking[T](ask: Callable[[], T]) -> T:
    """Ask Discord; raises UserError with what the member may read."""
    try:
        return ask()
    except DeskError as error:
        raise UserError(error.sentence) from None
