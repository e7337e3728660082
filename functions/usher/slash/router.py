"""From an interaction to the command it names, with typed arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from usher.ids import GuildId, UserId
from usher.slash.actions import Action
from usher.slash.buttons import Press
from usher.slash.commands import Command, Group
from usher.slash.completing import Completer, Suggestion, Typing
from usher.slash.context import Ctx
from usher.slash.errors import DeclarationError, UserError
from usher.slash.interaction import Interaction
from usher.slash.options import Json, Option, OptionType
from usher.slash.permissions import allows, names
from usher.slash.replies import Reply
from usher.slash.say import later, say

COMMANDS_LIMIT: Final = 100
"""Chat input commands an application may register globally (Discord docs)."""
SUGGESTION_LIMIT: Final = 100
"""Characters of a suggested text (Discord docs: Application Command Option Choice)."""

_UNKNOWN: Final = later(
    "I do not know that command. It may have changed; please try again in a minute."
)
_GUILD_ONLY: Final = later("My commands work in a server, not in direct messages.")
_OUTDATED: Final = later("That button is of an older release. Please run the command again.")
_NESTED: Final = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)


@dataclass(frozen=True, slots=True)
class Call:
    """A command that a member may run, with its arguments."""

    command: Command | Action
    interaction: Interaction
    guild_id: GuildId
    user_id: UserId
    arguments: Mapping[str, object] = field(default_factory=dict)

    def run[S](self, services: S, now: datetime) -> Reply:
        """Run the command; raises what the command raises, UserError among it."""
        ctx = Ctx(
            services=services,
            guild_id=self.guild_id,
            user_id=self.user_id,
            now=now,
            interaction_id=self.interaction.id,
            locale=self.interaction.locale,
            permissions=self.interaction.permissions,
            roles=self.interaction.roles,
            channel_id=self.interaction.channel_id,
            app_permissions=self.interaction.app_permissions,
            attachment_limit=self.interaction.attachment_limit,
            users=self.interaction.users,
            token=self.interaction.token,
        )
        return self.command.run(ctx, **self.arguments)


@dataclass(frozen=True, slots=True)
class Completion:
    """An option that a member is typing, of a command that they may run."""

    option: Option
    completer: Completer
    interaction: Interaction
    guild_id: GuildId
    user_id: UserId
    typed: str

    def run[S](self, services: S, now: datetime) -> list[Suggestion]:
        """Ask the completer; what the option itself would refuse is left out."""
        held = self.interaction
        typing = Typing(
            services, self.guild_id, self.user_id, now, self.typed, held.permissions, held.roles
        )
        return [one for one in self.completer(typing) if _fits(self.option, one)]


class Router:
    """Knows commands by their paths, actions by their names. Duplicates raise DeclarationError."""

    def __init__(self, declared: Iterable[Command | Group], actions: Iterable[Action] = ()) -> None:
        self.declared = tuple(declared)
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
        return [one.to_json() for one in self.declared]

    def route(self, interaction: Interaction) -> Call:
        """Find the command and check permission and options; raises UserError."""
        if interaction.guild_id is None or interaction.user_id is None:
            raise UserError(say(_GUILD_ONLY))
        if interaction.data.get("type", 1) != 1:  # user and message menus: none declared yet
            raise UserError(say(_UNKNOWN))
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

    def press(self, interaction: Interaction, press: Press) -> Call:
        """Find what a button does and check permission again; raises UserError."""
        if interaction.guild_id is None or interaction.user_id is None:
            raise UserError(say(_GUILD_ONLY))
        action = self._actions.get(press.action)
        if action is None or not action.takes(press.arguments):
            raise UserError(say(_OUTDATED))
        if not allows(interaction.permissions, action.permissions):
            needed = names(action.permissions)
            raise UserError(say("You need {permissions} for that button.", permissions=needed))
        return Call(action, interaction, interaction.guild_id, interaction.user_id, press.arguments)


def _fits(option: Option, suggestion: Suggestion) -> bool:
    name, value = suggestion
    try:
        option.read(value)
    except UserError:
        return False
    return bool(name) and (not isinstance(value, str) or 1 <= len(value) <= SUGGESTION_LIMIT)


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
