"""Where everything is declared, so that a door imports the room of what it is asked for alone.

An index is made of the declarations themselves (usher/indexing.py); nobody keeps it by hand.
"""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from usher.frozen import frozen
from usher.slash.actions import Action
from usher.slash.commands import Command
from usher.slash.menus import Menu

type Places = Mapping[str, str]
"""By a name, `module:attribute`."""


@frozen
class Index:
    """Implements Directory: imports a declaration's module when it is asked for."""

    commands: Places
    """By the names from the top down, with blanks between them."""
    actions: Places
    menus: Places
    """By kind and name: `2 Moderate`."""

    @classmethod
    def read(cls, text: str) -> "Index":
        """Read what `write` wrote."""
        return cls(**json.loads(text))

    def write(self) -> str:
        """Write it as JSON."""
        held = {"commands": self.commands, "actions": self.actions, "menus": self.menus}
        return json.dumps(held, indent=1)

    def command(self, path: tuple[str, ...]) -> Command | None:
        """Find a command by its names from the top down."""
        return _declared(self.commands.get(" ".join(path)), Command)

    def action(self, name: str) -> Action | None:
        """Find what a button, a select or a form does."""
        return _declared(self.actions.get(name), Action)

    def menu(self, kind: int, name: str) -> Menu | None:
        """Find an entry of a menu."""
        return _declared(self.menus.get(f"{kind} {name}"), Menu)


def _declared[T](place: str | None, kind: type[T]) -> T | None:
    if place is None:
        return None
    module, _, name = place.partition(":")
    found: Any = getattr(import_module(module), name)
    if not isinstance(found, kind):
        raise TypeError(place)
    return found
