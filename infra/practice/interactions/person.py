"""What a member can do with the application: type commands, press buttons, fill in forms."""

from infra.practice.commands import usable_commands
from infra.practice.content.components import walk
from infra.practice.core import Core
from infra.practice.entities import Command, Guild
from infra.practice.errors import UNKNOWN_MESSAGE, ApiError
from infra.practice.interactions.desk import Desk
from infra.practice.interactions.options import (
    NotSendableError,
    OptionValue,
    descend,
    fill_options,
    nested,
    resolved_json,
)
from infra.practice.interactions.outcome import Outcome
from infra.practice.interactions.records import Interaction, InteractionType
from infra.practice.json_types import JsonObject, as_object, as_objects
from infra.practice.payloads.messages import message_json
from infra.practice.permissions import Permission, channel_permissions

TEXT_INPUT = 4
LABEL = 18


class Person:
    """One member at one channel. Waiting is in seconds."""

    def __init__(self, core: Core, desk: Desk, guild: Guild, user_id: str, channel_id: str) -> None:
        self._core = core
        self._desk = desk
        self._world = core.world
        self._guild = guild
        self._user_id = user_id
        self._channel_id = channel_id
        self._world.member(guild, user_id)

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

    async def click(
        self, message_id: str, custom_id: str, values: list[str], patience: float
    ) -> Outcome:
        """Press a button or choose from a menu of a message that the member can see."""
        message = self._world.message(self._channel_id, message_id)
        if message.visible_to not in (None, self._user_id):
            raise ApiError(UNKNOWN_MESSAGE)
        component = next(
            (it for it in walk(message.components) if it.get("custom_id") == custom_id), None
        )
        if component is None or component.get("disabled"):
            raise NotSendableError(f"the message has no usable component {custom_id}")
        data: JsonObject = {
            "component_type": component["type"],
            "custom_id": custom_id,
            "id": component["id"],
        }
        if component["type"] != 2:
            data["values"] = values
        interaction = self._desk.open(
            InteractionType.COMPONENT, custom_id, self._user_id, self._channel_id, message_id
        )
        shown = message_json(self._world, message, self._core.postbox.origin)
        await self._desk.send(interaction, data, shown)
        return await self._desk.settle(interaction, 0, patience)

    async def submit(self, opened_by: str, values: dict[str, str], patience: float) -> Outcome:
        """Submit the modal that an earlier interaction opened; `values` are by custom id."""
        earlier = self._world.state.interactions.get(opened_by)
        if earlier is None or earlier.modal is None or earlier.user_id != self._user_id:
            raise NotSendableError("no modal is open")
        modal = earlier.modal
        components = [_submitted(row, values) for row in as_objects(modal.get("components"))]
        data: JsonObject = {"custom_id": modal["custom_id"], "components": components}
        source = earlier.source_message_id
        interaction = self._desk.open(
            InteractionType.MODAL, str(modal["custom_id"]), self._user_id, self._channel_id, source
        )
        shown = None
        if source is not None:
            message = self._world.message(self._channel_id, source)
            shown = message_json(self._world, message, self._core.postbox.origin)
        await self._desk.send(interaction, data, shown)
        return await self._desk.settle(interaction, 0, patience)

    def _prepare(
        self,
        kind: InteractionType,
        line: str,
        options: dict[str, OptionValue],
        focused: str | None = None,
    ) -> tuple[Interaction, JsonObject]:
        words = line.strip().removeprefix("/").split()
        command = self._command(words[0] if words else "")
        path, declared = descend(command, words[1:])
        filled, resolved = fill_options(
            self._world, self._guild, declared, options, focused=focused
        )
        name = " ".join([str(command.body["name"]), *path])
        interaction = self._desk.open(kind, name, self._user_id, self._channel_id)
        data: JsonObject = {
            "id": command.id,
            "name": command.body["name"],
            "type": 1,
            "options": nested(path, filled),
        }
        if not data["options"]:
            del data["options"]
        if command.guild_id is not None:
            data["guild_id"] = command.guild_id
        things = resolved_json(self._world, self._guild, resolved, self._user_id)
        if things:
            data["resolved"] = things
        return interaction, data

    def _command(self, name: str) -> Command:
        for command in usable_commands(self._world, self._guild.id):
            if command.body["name"] == name and command.body["type"] == 1:
                if not self.may_use(command):
                    raise NotSendableError(f"you do not have permission to use /{name}")
                return command
        raise NotSendableError(f"there is no command /{name}")

    def may_use(self, command: Command) -> bool:
        """Tell whether Discord offers a command to this member.

        Source: Application Commands, Permissions: all of `default_member_permissions` are
        needed; "0" leaves it to administrators.
        """
        channel = self._guild.channels[self._channel_id]
        held = channel_permissions(self._guild, self._guild.members[self._user_id], channel)
        if not held & Permission.USE_APPLICATION_COMMANDS:
            return False
        needed = command.body.get("default_member_permissions")
        if needed is None:
            return True
        bits = int(str(needed))
        if bits == 0:
            return bool(held & Permission.ADMINISTRATOR)
        return held & bits == bits


def _submitted(row: JsonObject, values: dict[str, str]) -> JsonObject:
    if row.get("type") == LABEL:
        inner = _field(as_object(row.get("component")), values)
        return {"type": LABEL, "id": row.get("id") or 1, "component": inner}
    fields = [_field(item, values) for item in as_objects(row.get("components"))]
    return {"type": row.get("type", 1), "id": row.get("id") or 1, "components": fields}


def _field(component: JsonObject, values: dict[str, str]) -> JsonObject:
    custom_id = str(component.get("custom_id"))
    value = values.get(custom_id, str(component.get("value") or ""))
    if component.get("type") == TEXT_INPUT and component.get("required") is not False and not value:
        raise NotSendableError(f"{component.get('label') or custom_id} is required")
    body: JsonObject = {
        "type": component.get("type", TEXT_INPUT),
        "id": component.get("id") or 1,
        "custom_id": custom_id,
    }
    if component.get("type", TEXT_INPUT) == TEXT_INPUT:
        body["value"] = value
    else:
        body["values"] = [item for item in value.split(",") if item]
    return body
