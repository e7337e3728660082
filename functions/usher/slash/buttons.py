"""Buttons and selects under a message, and what pressing or choosing does."""

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId

type Argument = str | int | bool | None | list[Argument]
"""What JSON keeps as it is."""
type Json = dict[str, object]

ROW_LIMIT: Final = 5
"""Buttons of an action row (Discord docs: Action Row)."""
ROWS_LIMIT: Final = 5
LABEL_LIMIT: Final = 80
CHOICES_LIMIT: Final = 25
CHOICE_LIMIT: Final = 100
"""Characters of a choice's label, value and description (Discord docs: Select Menu)."""
PLACEHOLDER_LIMIT: Final = 150
_ACTION_ROW: Final = 1
_BUTTON: Final = 2
_STRING_SELECT: Final = 3
_ELLIPSIS: Final = "…"


class Style(IntEnum):
    """Discord's button styles, the one of links apart."""

    PRIMARY = 1
    SECONDARY = 2
    SUCCESS = 3
    DANGER = 4


class Kind(IntEnum):
    """What a `Pick` offers: Discord's component types."""

    USERS = 5
    ROLES = 6
    CHANNELS = 8


@frozen
class Press:
    """An action with its arguments. Discord knows it by an id that says nothing."""

    action: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    guild_id: GuildId | None = None
    """The guild that it is about, where it was pressed in a direct message."""


@frozen
class Button:
    """A button of a reply. A disabled one does nothing and shows that there is nothing to do."""

    label: str
    press: Press
    style: Style = Style.SECONDARY
    disabled: bool = False

    def component(self, custom_id: str) -> Json:
        """Write it in Discord's shape."""
        return {
            "type": _BUTTON,
            "style": int(self.style),
            "label": self.label[:LABEL_LIMIT],
            "custom_id": custom_id,
            "disabled": self.disabled,
        }


@frozen
class Link:
    """A button that leads to a page."""

    label: str
    url: str


@frozen
class Choice:
    """One of the values that a select offers."""

    label: str
    value: str
    description: str = ""
    chosen: bool = False
    """Whether it is chosen at first."""

    def to_json(self) -> Json:
        """Write it in Discord's shape."""
        body: Json = {"label": _cut(self.label), "value": self.value}
        if self.description:
            body["description"] = _cut(self.description)
        return body | ({"default": True} if self.chosen else {})


@frozen
class Select:
    """A row of its own: a choice among at most 25, done at once when it is made."""

    choices: tuple[Choice, ...]
    press: Press
    placeholder: str = ""
    min: int = 1
    max: int = 1

    def component(self, custom_id: str) -> Json:
        """Write it in Discord's shape."""
        options = [one.to_json() for one in self.choices[:CHOICES_LIMIT]]
        most = min(self.max, len(options))
        return _select(_STRING_SELECT, custom_id, self.placeholder, self.min, most) | {
            "options": options
        }


@frozen
class Pick:
    """A row of its own: users, roles or channels of the guild, whose ids are chosen."""

    kind: Kind
    press: Press
    placeholder: str = ""
    min: int = 1
    max: int = 1
    types: tuple[int, ...] = ()
    """Of channels: which of Discord's channel types are offered; empty for all."""

    def component(self, custom_id: str) -> Json:
        """Write it in Discord's shape."""
        body = _select(int(self.kind), custom_id, self.placeholder, self.min, self.max)
        return body | ({"channel_types": list(self.types)} if self.types else {})


type Row = tuple[Button | Link | Select | Pick, ...]
"""Up to five buttons, or one select."""


def draw(rows: tuple[Row, ...], token: str) -> tuple[Json, ...]:
    """Write rows as Discord's components; the n-th press of all rows gets the id `<token>:<n>`."""
    numbers = iter(range(ROWS_LIMIT * ROW_LIMIT))
    drawn: list[Json] = []
    for row in rows:
        components: list[Json] = [
            {"type": _BUTTON, "style": 5, "label": one.label[:LABEL_LIMIT], "url": one.url}
            if isinstance(one, Link)
            else one.component(f"{token}:{next(numbers)}")
            for one in row
        ]
        drawn.append({"type": _ACTION_ROW, "components": components})
    return tuple(drawn)


def presses(rows: tuple[Row, ...]) -> tuple[Press, ...]:
    """Collect what the rows do, in the order in which `draw` numbers them."""
    return tuple(one.press for row in rows for one in row if not isinstance(one, Link))


def _select(kind: int, custom_id: str, placeholder: str, least: int, most: int) -> Json:
    body: Json = {"type": kind, "custom_id": custom_id, "min_values": least, "max_values": most}
    return body | ({"placeholder": placeholder[:PLACEHOLDER_LIMIT]} if placeholder else {})


def _cut(text: str) -> str:
    return text if len(text) <= CHOICE_LIMIT else text[: CHOICE_LIMIT - 1] + _ELLIPSIS
