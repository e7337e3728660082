"""From an interaction to the command it names, with typed arguments."""

from collections.abc import Mapping
from typing import Final, Protocol

from usher.ids import GuildId, UserId
from usher.slash.actions import Action
from usher.slash.buttons import Press
from usher.slash.calls import Call, Completion
from usher.slash.commands import Command
from usher.slash.errors import UserError
from usher.slash.interaction import Interaction
from usher.slash.menus import USER, Menu
from usher.slash.options import OptionType
from usher.slash.permissions import allows, names
from usher.slash.resolved import MessageId
from usher.slash.say import later, say

_UNKNOWN: Final = later(
    "I do not know that command. It may have changed; please try again in a minute."
)
_GUILD_ONLY: Final = later("My commands work in a server, not in direct messages.")
_OUTDATED: Final = later("That button is of an older release. Please run the command again.")
_NESTED: Final = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)


class Directory(Protocol):
    """Where declarations are found; None for what there is not."""

    def command(self, path: tuple[str, ...]) -> Command | None:
        """Find a command by its names from the top down."""
        ...

    def action(self, name: str) -> Action | None:
        """Find what a button, a select or a form does."""
        ...

    def menu(self, kind: int, name: str) -> Menu | None:
        """Find an entry of the menu on members or messages."""
        ...


class Routes:
    """Finds what an interaction asks for, and checks that it may be had."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def route(self, interaction: Interaction) -> Call:
        """Find the command and check permission and options; raises UserError."""
        if interaction.guild_id is None or interaction.user_id is None:
            raise UserError(say(_GUILD_ONLY))
        if interaction.data.get("type", 1) != 1:
            return self._open(interaction, interaction.guild_id, interaction.user_id)
        path, given = _walk(interaction.data)
        command = self.directory.command(path)
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
        command = self.directory.command(path)
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
        menu = self.directory.menu(kind, str(name)) if isinstance(kind, int) else None
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
        action = self.directory.action(press.action)
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
