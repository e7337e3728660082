"""The commands that an application registers, checked as Discord checks them.

Source: Discord API reference, "Application Commands".
"""

import re

from infra.practice.entities import Command
from infra.practice.errors import TOO_MANY_COMMANDS, UNKNOWN_COMMAND, ApiError, FormErrors
from infra.practice.interactions.options import (
    INTEGER,
    NUMBER,
    STRING,
    SUBCOMMAND,
    SUBCOMMAND_GROUP,
)
from infra.practice.json_types import Json, JsonObject, as_list, as_object, as_objects
from infra.practice.world import World

CHAT_INPUT, ON_USER, ON_MESSAGE = 1, 2, 3
MOST = {1: 100, 2: 15, 3: 15}
OPTIONS = 25
CHOICES = 25
CHARACTERS = 8_000
_TYPED = (STRING, INTEGER, NUMBER)
_NAME = re.compile(r"[-_'\w]{1,32}")


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
    _check_name(declared, errors, at, chat_input=kind == CHAT_INPUT)
    if kind == CHAT_INPUT:
        _check_description(declared, errors, at)
        _check_options(declared, errors, at)
        if _size(declared) > CHARACTERS:
            errors.add(
                f"{at}name",
                "APPLICATION_COMMAND_TOO_LARGE",
                f"Command exceeds maximum size ({CHARACTERS})",
            )
    else:
        _check_bare(declared, errors, at)
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


def _check_bare(declared: JsonObject, errors: FormErrors, at: str) -> None:
    """Check a command of a context menu, which has neither description nor options."""
    if declared.get("type") not in (ON_USER, ON_MESSAGE):
        errors.choices(f"{at}type", "1, 2, 3")
    for name in ("description", "options"):
        if declared.get(name):
            errors.add(
                f"{at}{name}",
                f"APPLICATION_COMMAND_CONTEXT_MENU_{name.upper()}",
                f"Context menu commands cannot have {name}",
            )


def _option(declared: JsonObject) -> JsonObject:
    body: JsonObject = {key: it for key, it in declared.items() if it is not None}
    if "options" in body:
        body["options"] = [_option(item) for item in as_objects(body["options"])]
    return body


def _check_name(
    declared: JsonObject, errors: FormErrors, at: str, *, chat_input: bool = True
) -> None:
    name = str(declared.get("name") or "")
    if not name:
        errors.required(f"{at}name")
    elif not 1 <= len(name) <= 32:
        errors.bad_length(f"{at}name", 1, 32)
    elif chat_input and (_NAME.fullmatch(name) is None or name != name.lower()):
        errors.add(f"{at}name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_description(declared: JsonObject, errors: FormErrors, at: str) -> None:
    description = str(declared.get("description") or "")
    if not description:
        errors.required(f"{at}description")
    elif len(description) > 100:
        errors.bad_length(f"{at}description", 1, 100)


def _check_options(declared: JsonObject, errors: FormErrors, at: str) -> None:
    options = as_objects(declared.get("options"))
    if len(options) > OPTIONS:
        errors.too_long(f"{at}options", OPTIONS)
    names: set[str] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = f"{at}options.{index}."
        _check_name(option, errors, here)
        _check_description(option, errors, here)
        name = str(option.get("name"))
        if name in names:
            errors.add(
                f"{here}name",
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            )
        names.add(name)
        kind = option.get("type")
        if not isinstance(kind, int) or not 1 <= kind <= 11:
            errors.choices(f"{here}type", ", ".join(map(str, range(1, 12))))
        if kind in (SUBCOMMAND, SUBCOMMAND_GROUP):
            _check_options(option, errors, here)
            continue
        if option.get("required") and optional_seen:
            errors.add(
                f"{here}required",
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
        _check_choices(option, errors, here)


def _check_choices(option: JsonObject, errors: FormErrors, at: str) -> None:
    choices = as_objects(option.get("choices"))
    if option.get("autocomplete") and (choices or option.get("type") not in _TYPED):
        errors.add(
            f"{at}autocomplete",
            "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID",
            "Autocomplete is for text and numbers without choices",
        )
    if len(choices) > CHOICES:
        errors.too_long(f"{at}choices", CHOICES)
    for index, choice in enumerate(choices):
        if not 1 <= len(str(choice.get("name") or "")) <= 100:
            errors.bad_length(f"{at}choices.{index}.name", 1, 100)
        if choice.get("value") is None:
            errors.required(f"{at}choices.{index}.value")


def _size(declared: JsonObject) -> int:
    size = len(str(declared.get("name") or "")) + len(str(declared.get("description") or ""))
    for choice in as_objects(declared.get("choices")):
        size += len(str(choice.get("name"))) + len(str(choice.get("value")))
    return size + sum(_size(option) for option in as_objects(declared.get("options")))
