"""From `/invite view` and its options to the `data` of an interaction, checked as a client does."""

import re
from dataclasses import dataclass, field

from infra.practice.entities import Channel, Command, Guild, User
from infra.practice.json_types import Json, JsonObject, as_objects
from infra.practice.payloads.guilds import role_json
from infra.practice.payloads.people import bare_member_json, user_json
from infra.practice.permissions import channel_permissions, guild_permissions
from infra.practice.world import World

SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(3, 11)
_MENTION = re.compile(r"<(?:@!?|@&|#)(\d+)>")
type OptionValue = str | int | float | bool


class NotSendableError(ValueError):
    """The client would not let this be sent; the text says why."""


@dataclass(slots=True)
class Resolved:
    """The things that options name."""

    users: list[User] = field(default_factory=list)
    role_ids: list[str] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)


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
    guild: Guild,
    declared: list[JsonObject],
    given: dict[str, OptionValue],
    *,
    focused: str | None = None,
) -> tuple[list[JsonObject], Resolved]:
    """Type the given values as declared; with `focused`, half-typed values pass (autocomplete)."""
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
        typed = _typed(world, guild, option, given[name], resolved)
        filled.append({"name": name, "type": option["type"], "value": typed})
    return filled, resolved


def nested(path: list[str], options: list[JsonObject]) -> list[JsonObject]:
    """Wrap options in their subcommand and group."""
    kind = SUBCOMMAND
    for word in reversed(path):
        options = [{"name": word, "type": kind, "options": options}]
        kind = SUBCOMMAND_GROUP
    return options


def resolved_json(world: World, guild: Guild, resolved: Resolved, viewer_id: str) -> JsonObject:
    """Write the `resolved` part; empty when the options name nothing."""
    body: JsonObject = {}
    if resolved.users:
        body["users"] = {user.id: user_json(user) for user in resolved.users}
        members = {
            user.id: {
                **bare_member_json(guild.members[user.id]),
                "permissions": str(int(guild_permissions(guild, guild.members[user.id]))),
            }
            for user in resolved.users
            if user.id in guild.members
        }
        if members:
            body["members"] = members
    if resolved.role_ids:
        body["roles"] = {role: role_json(guild.roles[role]) for role in resolved.role_ids}
    if resolved.channels:
        viewer = guild.members[viewer_id]
        body["channels"] = {
            channel.id: {
                "id": channel.id,
                "name": channel.name,
                "type": channel.type,
                "permissions": str(int(channel_permissions(guild, viewer, channel))),
            }
            for channel in resolved.channels
        }
    return body


def _typed(
    world: World, guild: Guild, option: JsonObject, value: OptionValue, resolved: Resolved
) -> Json:
    kind = option["type"]
    if kind in (STRING, INTEGER, NUMBER):
        return _plain(option, value)
    if kind == BOOLEAN:
        return value if isinstance(value, bool) else str(value).lower() in ("true", "yes", "1")
    wanted = _MENTION.sub(r"\1", str(value)).strip()
    if kind in (USER, MENTIONABLE):
        user = _find_user(world, guild, wanted)
        if user is not None:
            resolved.users.append(user)
            return user.id
    if kind in (ROLE, MENTIONABLE):
        role_id = next((it.id for it in guild.roles.values() if wanted in (it.id, it.name)), None)
        if role_id is not None:
            resolved.role_ids.append(role_id)
            return role_id
    if kind == CHANNEL:
        plain = wanted.removeprefix("#")
        named = [it for it in guild.channels.values() if plain in (it.id, it.name)]
        if named:
            resolved.channels.append(named[0])
            return named[0].id
    raise NotSendableError(f"{option['name']}: nothing here is called {value}")


def _plain(option: JsonObject, value: OptionValue) -> Json:
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


def _find_user(world: World, guild: Guild, wanted: str) -> User | None:
    if wanted in world.state.users:
        return world.state.users[wanted]
    plain = wanted.removeprefix("@").lower()
    for user_id in guild.members:
        user = world.user(user_id)
        if plain in (user.username.lower(), (user.global_name or "").lower()):
            return user
    return None
