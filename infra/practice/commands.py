"""The commands that an application registers, checked as Discord checks them.

Source: Discord API reference, "Application Commands".
"""

from infra.practice.command_checks import (
    check_bare,
    check_description,
    check_name,
    check_options,
    size_of,
)
from infra.practice.entities import Command
from infra.practice.errors import TOO_MANY_COMMANDS, UNKNOWN_COMMAND, ApiError, FormErrors
from infra.practice.json_types import Json, JsonObject, as_list, as_object, as_objects
from infra.practice.world import World

CHAT_INPUT = 1
MOST = {1: 100, 2: 15, 3: 15}
CHARACTERS = 8_000


def commands_of(world: World, guild_id: str | None) -> list[Command]:
    """List the commands of a guild, or the global ones for None."""
    return [item for item in world.state.commands.values() if item.guild_id == guild_id]


def usable_commands(world: World, guild_id: str) -> list[Command]:
    """List what can be typed in a guild: its own commands hide global ones of the same name."""
    own = commands_of(world, guild_id)
    names = {(item.body["name"], item.body["type"]) for item in own}
    everywhere = commands_of(world, None)
    return own + [
        item for item in everywhere if (item.body["name"], item.body["type"]) not in names
    ]


def find_command(world: World, guild_id: str | None, command_id: str) -> Command:
    """Find a command in its scope (404, 10063)."""
    command = world.state.commands.get(command_id)
    if command is None or command.guild_id != guild_id:
        raise ApiError(UNKNOWN_COMMAND)
    return command


def register(world: World, guild_id: str | None, declared: JsonObject) -> tuple[Command, bool]:
    """Register one command; the same name and type replaces it. Tells whether it is new."""
    errors = FormErrors()
    body = _read(declared, errors, "")
    errors.raise_if_any()
    for command in commands_of(world, guild_id):
        if _key(command.body) == _key(body):
            return _replace(world, command, body), False
    alike = [item for item in commands_of(world, guild_id) if item.body["type"] == body["type"]]
    if len(alike) >= MOST.get(_kind(body), 1):
        raise ApiError(TOO_MANY_COMMANDS)
    return _new(world, guild_id, body), True


def overwrite(world: World, guild_id: str | None, declared: Json) -> list[Command]:
    """Make the commands of a scope exactly these; those that stay keep their ids."""
    errors = FormErrors()
    bodies = [
        _read(as_object(item), errors, f"{index}.") for index, item in enumerate(as_list(declared))
    ]
    keys = [_key(body) for body in bodies]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            errors.add(
                f"{index}.name",
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
    errors.raise_if_any()
    for kind, most in MOST.items():
        if sum(body["type"] == kind for body in bodies) > most:
            raise ApiError(TOO_MANY_COMMANDS)
    present = {_key(command.body): command for command in commands_of(world, guild_id)}
    for key, command in present.items():
        if key not in keys:
            del world.state.commands[command.id]
    return [
        _replace(world, present[key], body) if key in present else _new(world, guild_id, body)
        for key, body in zip(keys, bodies, strict=True)
    ]


def edit(world: World, command: Command, changes: JsonObject) -> Command:
    """Change parts of a command."""
    errors = FormErrors()
    body = _read({**command.body, **changes}, errors, "")
    errors.raise_if_any()
    return _replace(world, command, body)


def _new(world: World, guild_id: str | None, body: JsonObject) -> Command:
    command = Command(id=world.new_id(), guild_id=guild_id, version=world.new_id(), body=body)
    world.state.commands[command.id] = command
    return command


def _replace(world: World, command: Command, body: JsonObject) -> Command:
    if command.body != body:
        command.body = body
        command.version = world.new_id()
    return command


def _key(body: JsonObject) -> tuple[Json, Json]:
    return body["name"], body["type"]


def _kind(body: JsonObject) -> int:
    kind = body.get("type")
    return kind if isinstance(kind, int) else CHAT_INPUT


def _read(declared: JsonObject, errors: FormErrors, at: str) -> JsonObject:
    kind = _kind(declared)
    check_name(declared, errors, at, chat_input=kind == CHAT_INPUT)
    if kind == CHAT_INPUT:
        check_description(declared, errors, at)
        check_options(declared, errors, at)
        if size_of(declared) > CHARACTERS:
            errors.add(
                f"{at}name",
                "APPLICATION_COMMAND_TOO_LARGE",
                f"Command exceeds maximum size ({CHARACTERS})",
            )
    else:
        check_bare(declared, errors, at)
    permissions = declared.get("default_member_permissions")
    body: JsonObject = {
        "type": kind,
        "name": declared.get("name"),
        "name_localizations": declared.get("name_localizations"),
        "description": declared.get("description") or "",
        "description_localizations": declared.get("description_localizations"),
        "default_member_permissions": None if permissions is None else str(permissions),
        "dm_permission": declared.get("dm_permission") is not False,
        "contexts": declared.get("contexts"),
        "integration_types": declared.get("integration_types") or [0],
        "nsfw": bool(declared.get("nsfw")),
    }
    options = [_option(item) for item in as_objects(declared.get("options"))]
    if options:
        body["options"] = options
    return body


def _option(declared: JsonObject) -> JsonObject:
    body: JsonObject = {key: it for key, it in declared.items() if it is not None}
    if "options" in body:
        body["options"] = [_option(item) for item in as_objects(body["options"])]
    return body
