"""From an interaction to the command it names, with typed arguments."""

from collections.abc import Iterable, Mapping
from typing import Final

from usher.ids import GuildId, UserId
from usher.slash.actions import Action
from usher.slash.buttons import Press
from usher.slash.calls import Call, Completion
from usher.slash.commands import Command, Group
from usher.slash.errors import DeclarationError, UserError
from usher.slash.interaction import Interaction
from usher.slash.menus import MENUS_LIMIT, MESSAGE, USER, Menu
from usher.slash.options import Json, OptionType
from usher.slash.permissions import allows, names
from usher.slash.resolved import MessageId
from usher.slash.say import later, say

COMMANDS_LIMIT: Final = 100
"""Chat input commands an application may register globally (Discord docs)."""

_UNKNOWN: Final = later(
    "I do not know that command. It may have changed; please try again in a minute."
)
_GUILD_ONLY: Final = later("My commands work in a server, not in direct messages.")
_OUTDATED: Final = later("That button is of an older release. Please run the command again.")
_NESTED: Final = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)


class Router:
    """Knows commands by their paths, actions by their names. Duplicates raise DeclarationError."""

    def __init__(
        self,
        declared: Iterable[Command | Group],
        actions: Iterable[Action] = (),
        menus: Iterable[Menu] = (),
    ) -> None:
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

    def route(self, interaction: Interaction) -> Call:
        """Find the command and check permission and options; raises UserError."""
        if interaction.guild_id is None or interaction.user_id is None:
            raise UserError(say(_GUILD_ONLY))
        if interaction.data.get("type", 1) != 1:
            return self._open(interaction, interaction.guild_id, interaction.user_id)
        path, given = _walk(interaction.data)
        command = self._commands.get(path)
        if command is None:
            raise UserError(say(_UNKNOWN))
        if not allows(interaction.permissions, command.permissions):
            needed = names(command.permissions)
            raise UserError(
                say("You need {permissions} for `/{name}`.", permissions=needed, name=command.name)
            )
        arguments = _arguments(command, given)
        return Call(command, interaction, interaction.guild_id, interaction.user_id, arguments)

    def complete(self, interaction: Interaction) -> Completion | None:
        """Find what is being typed; None where this member is to be suggested nothing."""
        if interaction.guild_id is None or interaction.user_id is None:
            return None
        path, given = _walk(interaction.data)
        command = self._commands.get(path)
        if command is None or not allows(interaction.permissions, command.permissions):
            return None
        here = [one for one in given if isinstance(one, dict) and one.get("focused") is True]
        for option in command.options:
            if option.opt.complete and here and here[0].get("name") == option.name:
                return Completion(
                    option,
                    option.opt.complete,
                    interaction,
                    interaction.guild_id,
                    interaction.user_id,
                    str(here[0].get("value", "")),
                )
        return None

    def _open(self, interaction: Interaction, guild_id: GuildId, user_id: UserId) -> Call:
        """Find the entry of a menu; raises UserError."""
        kind, name = interaction.data.get("type"), interaction.data.get("name")
        menu = next((one for one in self.menus if (one.kind, one.name) == (kind, name)), None)
        target = str(interaction.data.get("target_id"))
        named = interaction.resolved
        on = named.users if kind == USER else named.messages
        if menu is None or target not in on:
            raise UserError(say(_UNKNOWN))
        if not allows(interaction.permissions, menu.permissions):
            needed = names(menu.permissions)
            raise UserError(
                say("You need {permissions} for “{name}”.", permissions=needed, name=menu.name)
            )
        what = UserId(target) if kind == USER else named.messages[MessageId(target)]
        return Call(menu, interaction, guild_id, user_id, target=(what,))

    def press(self, interaction: Interaction, press: Press) -> Call:
        """Find what a button does and check permission again; raises UserError."""
        action = self._actions.get(press.action)
        direct = action is not None and action.direct
        guild_id = interaction.guild_id or (press.guild_id if direct else None)
        if guild_id is None or interaction.user_id is None:
            raise UserError(say(_GUILD_ONLY))
        if action is None or not action.takes(press.arguments):
            raise UserError(say(_OUTDATED))
        if not allows(interaction.permissions, action.permissions):
            needed = names(action.permissions)
            raise UserError(say("You need {permissions} for that button.", permissions=needed))
        return Call(action, interaction, guild_id, interaction.user_id, press.arguments)


def _check_menus(menus: tuple[Menu, ...]) -> None:
    for kind in (USER, MESSAGE):
        shown = [one.name for one in menus if one.kind == kind]
        if len(shown) > MENUS_LIMIT:
            raise DeclarationError(shown[-1], f"more than {MENUS_LIMIT} entries of a menu")
        if len(set(shown)) < len(shown):
            raise DeclarationError(shown[-1], "an entry of a menu declared twice")


def _walk(data: Mapping[str, object]) -> tuple[tuple[str, ...], list[object]]:
    """Follow subcommands down to the options that carry values."""
    path: list[str] = []
    node: Mapping[str, object] = data
    while len(path) < 3:
        name, options = node.get("name"), node.get("options", [])
        if not isinstance(name, str) or not isinstance(options, list):
            raise UserError(say(_UNKNOWN))
        path.append(name)
        inner = options[0] if len(options) == 1 else None
        if not isinstance(inner, dict) or inner.get("type") not in _NESTED:
            return tuple(path), options
        node = inner
    raise UserError(say(_UNKNOWN))


def _arguments(command: Command, given: list[object]) -> dict[str, object]:
    values: dict[str, object] = {}
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise UserError(say(_UNKNOWN))
        values[one["name"]] = one.get("value")
    arguments: dict[str, object] = {}
    for option in command.options:
        if option.name in values:
            arguments[option.parameter] = option.read(values.pop(option.name))
        elif option.required:
            raise UserError(say("`{option}` is missing.", option=option.name))
    if values:
        raise UserError(say(_UNKNOWN))  # an option we do not know: registered by another release
    return arguments
