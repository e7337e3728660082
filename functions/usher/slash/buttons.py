"""Buttons under a reply, and what pressing them does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

type Argument = str | int | bool | None | list[Argument]
"""What JSON keeps as it is."""
type Json = dict[str, object]

ROW_LIMIT: Final = 5
"""Buttons of an action row (Discord docs: Action Row)."""
ROWS_LIMIT: Final = 5
LABEL_LIMIT: Final = 80
_ACTION_ROW: Final = 1
_BUTTON: Final = 2


class Style(IntEnum):
    """Discord's button styles, the one of links apart."""

    PRIMARY = 1
    SECONDARY = 2
    SUCCESS = 3
    DANGER = 4


@dataclass(frozen=True, slots=True)
class Press:
    """An action with its arguments. Discord knows it by an id that says nothing."""

    action: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a reply. A disabled one does nothing and shows that there is nothing to do."""

    label: str
    press: Press
    style: Style = Style.SECONDARY
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A button that leads to a page."""

    label: str
    url: str


type Row = tuple[Button | Link, ...]


def draw(rows: tuple[Row, ...], token: str) -> tuple[Json, ...]:
    """Write rows as Discord's components; the n-th press of all rows gets the id `<token>:<n>`."""
    numbers = iter(range(ROWS_LIMIT * ROW_LIMIT))
    drawn: list[Json] = []
    for row in rows:
        buttons: list[Json] = [
            {"type": _BUTTON, "style": 5, "label": one.label[:LABEL_LIMIT], "url": one.url}
            if isinstance(one, Link)
            else {
                "type": _BUTTON,
                "style": int(one.style),
                "label": one.label[:LABEL_LIMIT],
                "custom_id": f"{token}:{next(numbers)}",
                "disabled": one.disabled,
            }
            for one in row
        ]
        drawn.append({"type": _ACTION_ROW, "components": buttons})
    return tuple(drawn)


def presses(rows: tuple[Row, ...]) -> tuple[Press, ...]:
    """Collect what the buttons do, in the order in which `draw` numbers them."""
    return tuple(one.press for row in rows for one in row if isinstance(one, Button))
