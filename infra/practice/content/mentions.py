"""Which of the mentions in a text count.

Source: Discord API reference, "Message", section Allowed Mentions Object.
"""

import re
from dataclasses import dataclass, field

from infra.practice.entities import Guild
from infra.practice.json_types import Json, as_list, as_object
from infra.practice.world import World

_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Mentions:
    """The mentions that ping somebody, each once, in the order of the text."""

    user_ids: list[str] = field(default_factory=list)
    role_ids: list[str] = field(default_factory=list)
    everyone: bool = False


def find_mentions(world: World, guild: Guild | None, text: str, allowed: Json) -> Mentions:
    """Read a text's mentions; those that `allowed` does not let through are left out."""
    users = [user_id for user_id in _unique(_USER, text) if user_id in world.state.users]
    roles = [role for role in _unique(_ROLE, text) if guild is not None and role in guild.roles]
    everyone = guild is not None and _EVERYONE.search(text) is not None
    if allowed is None:
        return Mentions(users, roles, everyone)
    rules = as_object(allowed)
    parse = {str(item) for item in as_list(rules.get("parse"))}
    named_users = {str(item) for item in as_list(rules.get("users"))}
    named_roles = {str(item) for item in as_list(rules.get("roles"))}
    return Mentions(
        [user_id for user_id in users if "users" in parse or user_id in named_users],
        [role for role in roles if "roles" in parse or role in named_roles],
        everyone and "everyone" in parse,
    )


def _unique(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(pattern.findall(text)))
