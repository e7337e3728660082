"""What somebody chooses from a menu, checked as a client does."""

from infra.practice.content.selects import (
    CHANNEL_SELECT,
    MENTIONABLE_SELECT,
    ROLE_SELECT,
    STRING_SELECT,
    USER_SELECT,
)
from infra.practice.interactions.resolving import (
    NotSendableError,
    Place,
    Resolved,
    find_channel,
    find_role,
    find_user,
    plain_name,
)
from infra.practice.json_types import JsonObject, as_list, as_objects
from infra.practice.world import World


def choose(
    world: World, place: Place, menu: JsonObject, given: list[str], resolved: Resolved
) -> list[str]:
    """Return the values that a choice sends; users, roles and channels by id, mention or name."""
    values = list(dict.fromkeys(_value(world, place, menu, item, resolved) for item in given))
    low, high = (_number(menu, name) for name in ("min_values", "max_values"))
    if menu.get("required") is False and not values:
        return []
    if not low <= len(values) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise NotSendableError(f"{menu.get('custom_id')}: choose {wanted}")
    return values


def offered_by_default(menu: JsonObject) -> list[str]:
    """Return what is chosen before anybody touches the menu."""
    if menu.get("type") == STRING_SELECT:
        options = as_objects(menu.get("options"))
        return [str(option["value"]) for option in options if option.get("default")]
    return [str(item.get("id")) for item in as_objects(menu.get("default_values"))]


def _number(menu: JsonObject, name: str) -> int:
    value = menu.get(name)
    return value if isinstance(value, int) else 1


def _value(world: World, place: Place, menu: JsonObject, given: str, resolved: Resolved) -> str:
    kind = menu.get("type")
    if kind == STRING_SELECT:
        known = [str(option.get("value")) for option in as_objects(menu.get("options"))]
        if given in known:
            return given
        raise NotSendableError(f"{menu.get('custom_id')}: {given} is not offered")
    wanted = plain_name(given)
    found = None
    if kind in (USER_SELECT, MENTIONABLE_SELECT):
        found = _user(world, place, wanted, resolved)
    if found is None and kind in (ROLE_SELECT, MENTIONABLE_SELECT):
        found = _role(place, wanted, resolved)
    if found is None and kind == CHANNEL_SELECT:
        found = _channel(place, menu, wanted, resolved)
    if found is None:
        raise NotSendableError(f"{menu.get('custom_id')}: nothing here is called {given}")
    return found


def _user(world: World, place: Place, wanted: str, resolved: Resolved) -> str | None:
    user = find_user(world, place.guild, wanted)
    if user is None:
        return None
    resolved.users.append(user)
    return user.id


def _role(place: Place, wanted: str, resolved: Resolved) -> str | None:
    role_id = find_role(place.guild, wanted) if place.guild is not None else None
    if role_id is not None:
        resolved.role_ids.append(role_id)
    return role_id


def _channel(place: Place, menu: JsonObject, wanted: str, resolved: Resolved) -> str | None:
    channel = find_channel(place.guild, wanted) if place.guild is not None else None
    types = as_list(menu.get("channel_types"))
    if channel is None or (types and channel.type not in types):
        return None
    resolved.channels.append(channel)
    return channel.id
