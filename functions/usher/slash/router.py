"""Everything that is declared, held together: registered with Discord, and found by name."""

from collections.abc import Iterable
from typing import Final

from usher.slash.actions import Action
from usher.slash.commands import Command, Group
from usher.slash.errors import DeclarationError
from usher.slash.menus import MENUS_LIMIT, MESSAGE, USER, Menu
from usher.slash.options import Json
from usher.slash.routes import Routes

COMMANDS_LIMIT: Final = 100
"""Chat input commands an application may register globally (Discord docs)."""


class Router(Routes):
    """Routes over its own declarations. Duplicates raise DeclarationError."""

    def __init__(
        self,
        declared: Iterable[Command | Group],
        actions: Iterable[Action] = (),
        menus: Iterable[Menu] = (),
    ) -> None:
        super().__init__(self)
        self.declared = tuple(declared)
        self.menus = tuple(menus)
        _check_menus(self.menus)
        self._actions: dict[str, Action] = {}
        for one in actions:
            if one.name in self._actions:
                raise DeclarationError(one.name, "declared twice")
            self._actions[one.name] = one
        tops = [one.path[0] for one in self.declared]
        for name in tops:
            if tops.count(name) > 1:
                raise DeclarationError(name, "declared twice")
        if len(tops) > COMMANDS_LIMIT:
            raise DeclarationError(tops[-1], f"more than {COMMANDS_LIMIT} commands")
        self._commands = {one.path: one for one in self.commands()}
        self._menus = {(one.kind, one.name): one for one in self.menus}

    def commands(self) -> Iterable[Command]:
        """Every command, those in groups included."""
        for one in self.declared:
            if isinstance(one, Command):
                yield one
            else:
                yield from one.commands()

    def registration(self) -> list[Json]:
        """Write what Discord takes to register the commands globally."""
        return [one.to_json() for one in (*self.declared, *self.menus)]

    def command(self, path: tuple[str, ...]) -> Command | None:
        """Find a command by its names from the top down."""
        return self._commands.get(path)

    def action(self, name: str) -> Action | None:
        """Find what a button, a select or a form does."""
        return self._actions.get(name)

    def menu(self, kind: int, name: str) -> Menu | None:
        """Find an entry of a menu."""
        return self._menus.get((kind, name))

    def actions(self) -> Iterable[Action]:
        """Everything that buttons, selects and forms do."""
        return self._actions.values()


def _check_menus(menus: tuple[Menu, ...]) -> None:
    for kind in (USER, MESSAGE):
        shown = [one.name for one in menus if one.kind == kind]
        if len(shown) > MENUS_LIMIT:
            raise DeclarationError(shown[-1], f"more than {MENUS_LIMIT} entries of a menu")
        if len(set(shown)) < len(shown):
            raise DeclarationError(shown[-1], "an entry of a menu declared twice")
