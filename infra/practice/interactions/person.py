"""What a member can do with the application: type commands, use them on people and messages."""

from infra.practice.command_checks import ON_MESSAGE, ON_USER
from infra.practice.commands import CHAT_INPUT, usable_commands
from infra.practice.content.body import Upload
from infra.practice.core import Core
from infra.practice.entities import Command, Guild
from infra.practice.interactions.desk import Desk
from infra.practice.interactions.options import OptionValue, descend, fill_options, nested
from infra.practice.interactions.outcome import Outcome
from infra.practice.interactions.records import Interaction, InteractionType
from infra.practice.interactions.resolving import (
    NotSendableError,
    Place,
    Resolved,
    resolved_json,
)
from infra.practice.json_types import JsonObject
from infra.practice.payloads.messages import message_json
from infra.practice.permissions import Permission


class Person:
    """One member at one channel. Waiting is in seconds."""

    def __init__(self, core: Core, desk: Desk, place: Place) -> None:
        self._core = core
        self._desk = desk
        self._world = core.world
        self._place = place

    async def run(
        self, line: str, options: dict[str, OptionValue], follow_ups: int, patience: float
    ) -> Outcome:
        """Run a command such as `/invite view`; NotSendableError where the client would not."""
        interaction, data = self._prepare(InteractionType.COMMAND, line, options)
        await self._desk.send(interaction, data)
        return await self._desk.settle(interaction, follow_ups, patience)

    async def suggest(
        self, line: str, options: dict[str, OptionValue], focused: str
    ) -> list[JsonObject]:
        """Ask for the choices of an option while it is being typed."""
        interaction, data = self._prepare(InteractionType.AUTOCOMPLETE, line, options, focused)
        await self._desk.send(interaction, data)
        return interaction.choices

    async def use_on_user(self, name: str, user_id: str, patience: float) -> Outcome:
        """Use a command of the context menu of a user."""
        resolved = Resolved(users=[self._world.user(user_id)])
        return await self._use_on(ON_USER, name, user_id, resolved, patience)

    async def use_on_message(self, name: str, message_id: str, patience: float) -> Outcome:
        """Use a command of the context menu of a message, whose content it carries whole."""
        message = self._desk.visible_message(self._place, message_id)
        shown = message_json(self._world, message, self._core.postbox.origin)
        resolved = Resolved(messages=[shown])
        return await self._use_on(ON_MESSAGE, name, message_id, resolved, patience)

    def may_use(self, command: Command) -> bool:
        """Tell whether Discord offers a command to this member.

        Source: Application Commands, Permissions: all of `default_member_permissions` are
        needed; "0" leaves it to administrators.
        """
        guild = self._guild()
        held = self._world.permissions(
            guild, guild.members[self._place.user_id], self._place.channel
        )
        if not held & Permission.USE_APPLICATION_COMMANDS:
            return False
        needed = command.body.get("default_member_permissions")
        if needed is None:
            return True
        bits = int(str(needed))
        if bits == 0:
            return bool(held & Permission.ADMINISTRATOR)
        return held & bits == bits

    async def _use_on(
        self, kind: int, name: str, target_id: str, resolved: Resolved, patience: float
    ) -> Outcome:
        command = self._command(name, kind)
        interaction = self._desk.open(InteractionType.COMMAND, name, self._place)
        interaction.command_type = kind
        interaction.target_id = target_id
        data = self._named(command, resolved)
        data["target_id"] = target_id
        await self._desk.send(interaction, data)
        return await self._desk.settle(interaction, 0, patience)

    def _prepare(
        self,
        kind: InteractionType,
        line: str,
        options: dict[str, OptionValue],
        focused: str | None = None,
    ) -> tuple[Interaction, JsonObject]:
        words = line.strip().removeprefix("/").split()
        command = self._command(words[0] if words else "", CHAT_INPUT)
        path, declared = descend(command, words[1:])
        filled, resolved = fill_options(
            self._world, self._place, declared, options, keep=self._keep, focused=focused
        )
        name = " ".join([str(command.body["name"]), *path])
        interaction = self._desk.open(kind, name, self._place)
        data = self._named(command, resolved)
        inside = nested(path, filled)
        if inside:
            data["options"] = inside
        return interaction, data

    def _named(self, command: Command, resolved: Resolved) -> JsonObject:
        data: JsonObject = {
            "id": command.id,
            "name": command.body["name"],
            "type": command.body["type"],
        }
        if command.guild_id is not None:
            data["guild_id"] = command.guild_id
        things = resolved_json(self._world, self._place, resolved)
        if things:
            data["resolved"] = things
        return data

    def _keep(self, upload: Upload) -> JsonObject:
        return self._core.postbox.keep_file(self._place.channel.id, upload)

    def _command(self, name: str, kind: int) -> Command:
        shown = f"/{name}" if kind == CHAT_INPUT else name
        for command in usable_commands(self._world, self._guild().id):
            if command.body["name"] == name and command.body["type"] == kind:
                if not self.may_use(command):
                    raise NotSendableError(f"you do not have permission to use {shown}")
                return command
        raise NotSendableError(f"there is no command {shown}")

    def _guild(self) -> Guild:
        if self._place.guild is None:
            raise NotSendableError("the application has no commands in direct messages")
        return self._place.guild
