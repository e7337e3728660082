"""Users and members as JSON."""

from infra.practice.entities import Member, User
from infra.practice.json_types import JsonObject
from infra.practice.moments import stamp


def user_json(user: User) -> JsonObject:
    """Write an account as anybody sees it."""
    body: JsonObject = {
        "id": user.id,
        "username": user.username,
        "discriminator": "0",
        "global_name": user.global_name,
        "avatar": user.avatar,
        "avatar_decoration_data": None,
        "collectibles": None,
        "banner": None,
        "accent_color": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    if user.bot:
        body["bot"] = True
    return body


def own_user_json(user: User) -> JsonObject:
    """Write an account as it sees itself."""
    return {
        **user_json(user),
        "bot": user.bot,
        "mfa_enabled": True,
        "locale": "en-US",
        "premium_type": 0,
        "email": None,
        "verified": True,
    }


def bare_member_json(member: Member) -> JsonObject:
    """Write a membership without its user, as `resolved` and messages carry it."""
    until = member.communication_disabled_until
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": stamp(until) if until else None,
        "flags": member.flags,
        "joined_at": stamp(member.joined_at),
        "nick": member.nick,
        "pending": member.pending,
        "premium_since": None,
        "roles": list(member.roles),
    }


def member_json(member: Member, user: User) -> JsonObject:
    """Write a membership."""
    return {**bare_member_json(member), "user": user_json(user), "mute": False, "deaf": False}
