"""Invite codes suggested while one is typed, most used first."""

from collections.abc import Iterable
from typing import Final, Protocol

from usher.frozen import frozen
from usher.ids import GuildId, InviteCode
from usher.slash.completing import Suggestion
from usher.slash.say import say, say_count

SUGGESTED: Final = 25
"""Discord shows no more (docs: Autocomplete)."""
CODE_LIMIT: Final = 60
"""Characters of a code that is suggested: longer ones would push out what is said of it."""


@frozen
class CodeChoice:
    """A code that may be meant."""

    code: InviteCode
    uses: int | None
    active: bool
    changed: int = 0
    """The version of the guild's head at its last change: higher is later."""
    vanity: bool = False
    label: str | None = None


class CodeChoices(Protocol):
    """The codes of a guild as one types. May raise an error of the store."""

    def choices(self, guild_id: GuildId, typed: str) -> tuple[CodeChoice, ...]:
        """Read the codes that may be meant, in no order; others may be among them."""
        ...


def suggest(choices: Iterable[CodeChoice], typed: str) -> list[Suggestion]:
    """Suggest what fits the text typed: by the code's beginning, or by a word of its label.

    Active codes come first, then the most used, then those that changed last.
    """
    wanted = typed.strip().rpartition("/")[2].casefold()
    fitting = [one for one in choices if _fits(one, wanted)]
    fitting.sort(key=lambda one: (not one.active, -(one.uses or 0), -one.changed, one.code))
    return [(_line(one), one.code) for one in fitting[:SUGGESTED]]


def _fits(choice: CodeChoice, wanted: str) -> bool:
    if len(choice.code) > CODE_LIMIT:
        return False
    words = (choice.label or "").casefold()
    begins = words.startswith(wanted) or f" {wanted}" in words
    return choice.code.casefold().startswith(wanted) or begins


def _line(choice: CodeChoice) -> str:
    parts = [str(choice.code)]
    if choice.label:
        parts.append(choice.label)
    uses = say("uses unknown")
    if choice.uses is not None:
        uses = say_count("{number} use", "{number} uses", choice.uses)
    parts.append(uses)
    if choice.vanity:
        parts.append(say("vanity"))
    if not choice.active:
        parts.append(say("ended"))
    return " · ".join(parts)
