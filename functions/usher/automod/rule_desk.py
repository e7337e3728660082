"""What the commands ask of Discord about its own rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from usher.automod.rules import Rule
from usher.ids import GuildId
from usher.invites.ports import DeskError, DeskRefusedError, DeskWrongError
from usher.slash.errors import UserError
from usher.slash.say import later, say


class RulesRefusedError(DeskRefusedError):
    """Usher lacks Manage Server."""

    sentence = later("Discord does not let me at this server's rules: I need Manage Server.")


class RuleGoneError(DeskRefusedError):
    """Somebody has deleted the rule."""

    sentence = later("That rule is not there any more.")


class RuleWrongError(DeskWrongError):
    """Discord does not take the rule as it would be."""

    sentence = later("Discord does not take the rule like that. Are all the words in order?")


class RuleDesk(Protocol):
    """A guild's rules, with the bot's token. Every method may raise DeskError."""

    def rules(self, guild_id: GuildId) -> Sequence[Rule]:
        """Read all of them."""
        ...

    def make(self, guild_id: GuildId, body: Mapping[str, object], reason: str) -> Rule:
        """Make a rule, as Discord takes it; it is returned as it is now."""
        ...

    def change(
        self, guild_id: GuildId, rule_id: str, body: Mapping[str, object], reason: str
    ) -> Rule:
        """Change parts of a rule; it is returned as it is now."""
        ...

    def delete(self, guild_id: GuildId, rule_id: str, reason: str) -> None:
        """Delete a rule; one that is gone is no error."""
        ...


def asking[T](ask: Callable[[], T]) -> T:
    """Ask Discord; raises UserError with what the member may read."""
    try:
        return ask()
    except DeskError as error:
        raise UserError(say(error.sentence)) from None
