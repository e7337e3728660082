"""Interactions as Discord sends them (docs: Interaction Structure), with one thing overridden."""

from collections.abc import Mapping

GUILD = "613425648685547541"
MEMBER = "53908232506183680"
OTHER = "80351110224678912"
APPLICATION = "775799577604522054"
TOKEN = "aW50ZXJhY3Rpb246ODQ1MDI3NzM4Mjc2"
MANAGE_GUILD = 1 << 5


def user(user_id: str = MEMBER, name: str = "Mason", **changes: object) -> dict[str, object]:
    return {
        "id": user_id,
        "username": name,
        "global_name": None,
        "discriminator": "0",
        "avatar": "a_d5efa99b3eeaa7dd43acca82f5692432",
        "public_flags": 131141,
        **changes,
    }


def interaction(
    kind: int = 2, data: object = None, *, permissions: int = 0, **changes: object
) -> dict[str, object]:
    return {
        "type": kind,
        "id": "786008729715212338",
        "application_id": APPLICATION,
        "token": TOKEN,
        "version": 1,
        "guild_id": GUILD,
        "channel_id": "645027906669510667",
        "locale": "en-GB",
        "guild_locale": "en-US",
        "context": 0,
        "authorizing_integration_owners": {"0": GUILD},
        "entitlements": [],
        "app_permissions": "562949953601536",
        "member": {
            "user": user(),
            "roles": ["539082325061836999"],
            "permissions": str(permissions),
            "joined_at": "2017-03-13T19:19:14.040000+00:00",
            "nick": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        },
        "data": data,
        **changes,
    }


def ping() -> dict[str, object]:
    return {
        "type": 1,
        "id": "786008729715212338",
        "application_id": APPLICATION,
        "token": TOKEN,
        "version": 1,
    }


_TYPES: Mapping[type, int] = {str: 3, int: 4, bool: 5, float: 10}


def option(name: str, value: object, kind: int | None = None) -> dict[str, object]:
    return {"name": name, "type": kind or _TYPES.get(type(value), 3), "value": value}


def data(path: str, *options: object, resolved: object = None) -> dict[str, object]:
    """`path` as typed: `invite view`."""
    names = path.split()
    inner: list[object] = list(options)
    for depth, name in reversed(list(enumerate(names[1:], 1))):
        kind = 1 if depth == len(names) - 1 else 2
        inner = [{"name": name, "type": kind, "options": inner}]
    body: dict[str, object] = {
        "id": "771825006014889984",
        "name": names[0],
        "type": 1,
        "options": inner,
    }
    return body | ({"resolved": resolved} if resolved is not None else {})


def slash(
    path: str, *options: object, permissions: int = 0, **changes: object
) -> dict[str, object]:
    return interaction(2, data(path, *options), permissions=permissions, **changes)


def typing(path: str, name: str, typed: str = "", *, permissions: int = 0) -> dict[str, object]:
    """Type into an option of a command."""
    here = {**option(name, typed), "focused": True}
    return interaction(4, data(path, here), permissions=permissions)


def buttons(components: object) -> dict[str, dict[str, object]]:
    """Find the buttons of a message by their labels."""
    assert isinstance(components, list | tuple)
    return {button["label"]: button for row in components for button in row["components"]}


def send(
    opened: object, *sent: tuple[str, object], permissions: int = 0, **changes: object
) -> dict[str, object]:
    """Send the form that an answer of type 9 opened: texts, or lists of values."""
    assert isinstance(opened, dict)
    assert opened["type"] == 9
    inputs = {
        one["component"]["custom_id"]: one["component"] for one in opened["data"]["components"]
    }
    labels = [
        {
            "type": 18,
            "id": number,
            "component": {
                "type": inputs[name]["type"],
                "id": number + 100,
                "custom_id": name,
                ("values" if isinstance(value, list) else "value"): value,
            },
        }
        for number, (name, value) in enumerate(sent)
    ]
    return interaction(
        5,
        {"custom_id": opened["data"]["custom_id"], "components": labels},
        permissions=permissions,
        **changes,
    )


def menu(
    name: str, target: str, *, kind: int = 2, permissions: int = 0, **changes: object
) -> dict[str, object]:
    """Open an entry of the menu on a member (2) or on a message (3)."""
    message = {"id": target, "channel_id": "9", "content": "Hi", "author": user(OTHER, "nelly")}
    resolved = (
        {"users": {target: user(target, "nelly")}} if kind == 2 else {"messages": {target: message}}
    )
    named = {"id": "1", "name": name, "type": kind, "target_id": target, "resolved": resolved}
    return interaction(2, named, permissions=permissions, **changes)


def press(components: object, label: str, *, permissions: int = 0) -> dict[str, object]:
    """Press a button of a message."""
    custom_id = buttons(components)[label]["custom_id"]
    return interaction(
        3, {"custom_id": custom_id, "component_type": 2, "id": 2}, permissions=permissions
    )
