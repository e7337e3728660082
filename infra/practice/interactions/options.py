"""From `/invite view` and its options to the `data` of an interaction, checked as a client does."""

from collections.abc import Callable

from infra.practice.content.body import Upload
from infra.practice.entities import Command
from infra.practice.interactions.resolving import (
    NotSendableError,
    Place,
    Resolved,
    find_channel,
    find_role,
    find_user,
    plain_name,
)
from infra.practice.json_types import Json, JsonObject, as_list, as_objects
from infra.practice.world import World

SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
type OptionValue = str | int | float | bool | Upload
type Keep = Callable[[Upload], JsonObject]


def descend(command: Command, words: list[str]) -> tuple[list[str], list[JsonObject]]:
    """Follow subcommand words; return the path taken and the options declared at its end."""
    path: list[str] = []
    options = as_objects(command.body.get("options"))
    while any(item.get("type") in (SUBCOMMAND, SUBCOMMAND_GROUP) for item in options):
        named = words[len(path)] if len(path) < len(words) else None
        chosen = next((item for item in options if item.get("name") == named), None)
        if chosen is None:
            known = ", ".join(str(item.get("name")) for item in options)
            raise NotSendableError(f"/{command.body['name']} needs one of: {known}")
        path.append(str(named))
        options = as_objects(chosen.get("options"))
    if len(words) > len(path):
        raise NotSendableError(f"/{command.body['name']} has no subcommand {words[len(path)]}")
    return path, options


def fill_options(
    world: World,
    place: Place,
    declared: list[JsonObject],
    given: dict[str, OptionValue],
    *,
    keep: Keep,
    focused: str | None = None,
) -> tuple[list[JsonObject], Resolved]:
    """Type the given values as declared; with `focused`, half-typed values pass (autocomplete).

    `keep` takes a file and returns the attachment that stands for it.
    """
    unknown = set(given) - {str(item["name"]) for item in declared}
    if unknown:
        raise NotSendableError(f"no such option: {', '.join(sorted(unknown))}")
    if focused is not None and not any(
        item["name"] == focused and item.get("autocomplete") for item in declared
    ):
        raise NotSendableError(f"{focused} suggests nothing")
    resolved = Resolved()
    filled: list[JsonObject] = []
    for option in declared:
        name = str(option["name"])
        if name not in given and name != focused:
            if option.get("required") and focused is None:
                raise NotSendableError(f"{name} is required")
            continue
        if focused is not None and name == focused:
            typed: Json = str(given.get(name, ""))
            filled.append({"name": name, "type": option["type"], "value": typed, "focused": True})
            continue
        value = given[name]
        if isinstance(value, Upload):
            typed = _attached(option, keep(value), resolved)
        else:
            typed = _typed(world, place, option, value, resolved)
        filled.append({"name": name, "type": option["type"], "value": typed})
    return filled, resolved


def nested(path: list[str], options: list[JsonObject]) -> list[JsonObject]:
    """Wrap options in their subcommand and group."""
    kind = SUBCOMMAND
    for word in reversed(path):
        options = [{"name": word, "type": kind, "options": options}]
        kind = SUBCOMMAND_GROUP
    return options


def _attached(option: JsonObject, attachment: JsonObject, resolved: Resolved) -> Json:
    if option["type"] != ATTACHMENT:
        raise NotSendableError(f"{option['name']} takes no file")
    resolved.attachments.append(attachment)
    return attachment["id"]


def _typed(
    world: World,
    place: Place,
    option: JsonObject,
    value: str | float | bool,
    resolved: Resolved,
) -> Json:
    kind = option["type"]
    if kind in (STRING, INTEGER, NUMBER):
        return _plain(option, value)
    if kind == BOOLEAN:
        return value if isinstance(value, bool) else str(value).lower() in ("true", "yes", "1")
    found = _named(world, place, option, plain_name(str(value)), resolved)
    if found is None:
        raise NotSendableError(f"{option['name']}: nothing here is called {value}")
    return found


def _named(
    world: World, place: Place, option: JsonObject, wanted: str, resolved: Resolved
) -> str | None:
    kind, guild = option["type"], place.guild
    if kind in (USER, MENTIONABLE):
        user = find_user(world, guild, wanted)
        if user is not None:
            resolved.users.append(user)
            return user.id
    if guild is not None and kind in (ROLE, MENTIONABLE):
        role_id = find_role(guild, wanted)
        if role_id is not None:
            resolved.role_ids.append(role_id)
            return role_id
    if guild is not None and kind == CHANNEL:
        channel = find_channel(guild, wanted)
        types = as_list(option.get("channel_types"))
        if channel is not None and (not types or channel.type in types):
            resolved.channels.append(channel)
            return channel.id
    return None


def _plain(option: JsonObject, value: str | float | bool) -> Json:
    name, kind = option["name"], option["type"]
    choices = as_objects(option.get("choices"))
    for choice in choices:
        if value in (choice["value"], choice["name"]) or str(choice["value"]) == str(value):
            return choice["value"]
    if choices:
        raise NotSendableError(f"{name}: choose one of its choices")
    if kind == STRING:
        text = str(value)
        low, high = option.get("min_length"), option.get("max_length")
        if isinstance(low, int) and len(text) < low:
            raise NotSendableError(f"{name}: at least {low} characters")
        if isinstance(high, int) and len(text) > high:
            raise NotSendableError(f"{name}: at most {high} characters")
        return text
    try:
        number = int(value) if kind == INTEGER else float(value)
    except ValueError:
        raise NotSendableError(f"{name}: {value} is not a number") from None
    least, most = option.get("min_value"), option.get("max_value")
    if isinstance(least, int | float) and number < least:
        raise NotSendableError(f"{name}: at least {least}")
    if isinstance(most, int | float) and number > most:
        raise NotSendableError(f"{name}: at most {most}")
    return number
