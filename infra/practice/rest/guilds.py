"""Guilds, their roles, channels, vanity code and audit log."""

from infra.practice.audit import entry_json
from infra.practice.entities import AuditEntry, Guild
from infra.practice.errors import NO_VANITY, UNKNOWN_ROLE, ApiError
from infra.practice.payloads.guilds import (
    channel_json,
    guild_json,
    guild_with_counts_json,
    role_json,
)
from infra.practice.payloads.people import user_json
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

routes = Routes()


@routes.add("GET", "/guilds/{guild_id}")
async def get_guild(call: Call) -> Answer:
    """Answer with a guild."""
    guild = call.guild()
    counted = call.query_flag("with_counts")
    return Answer(guild_with_counts_json(guild) if counted else guild_json(guild))


@routes.add("GET", "/guilds/{guild_id}/channels")
async def get_channels(call: Call) -> Answer:
    """List a guild's channels."""
    return Answer([channel_json(call.world, item) for item in call.guild().channels.values()])


@routes.add("GET", "/guilds/{guild_id}/roles")
async def get_roles(call: Call) -> Answer:
    """List a guild's roles."""
    return Answer([role_json(role) for role in call.guild().roles.values()])


@routes.add("GET", "/guilds/{guild_id}/roles/{role_id}")
async def get_role(call: Call) -> Answer:
    """Answer with a role."""
    role = call.guild().roles.get(call.id("role_id"))
    if role is None:
        raise ApiError(UNKNOWN_ROLE)
    return Answer(role_json(role))


@routes.add("GET", "/guilds/{guild_id}/vanity-url")
async def get_vanity_url(call: Call) -> Answer:
    """Answer with the vanity code and its uses; needs Manage Server and the feature (50020)."""
    guild = call.guild()
    call.require(guild, Permission.MANAGE_GUILD)
    if "VANITY_URL" not in guild.features:
        raise ApiError(NO_VANITY)
    return Answer({"code": guild.vanity_code, "uses": guild.vanity_uses})


@routes.add("GET", "/guilds/{guild_id}/audit-logs")
async def get_audit_log(call: Call) -> Answer:
    """List audit log entries, newest first, by `action_type`, `user_id`, `before`, `after`."""
    guild = call.guild()
    call.require(guild, Permission.VIEW_AUDIT_LOG)
    limit = call.query_integer("limit", 1, 100, 50)
    entries = [entry for entry in guild.audit_log if _asked_for(call, entry)]
    if "after" not in call.request.query:
        entries.reverse()
    entries = entries[:limit]
    return Answer(
        {
            "audit_log_entries": [entry_json(entry) for entry in entries],
            "users": [user_json(call.world.user(user_id)) for user_id in _people(call, entries)],
            "integrations": [],
            "webhooks": [],
            "guild_scheduled_events": [],
            "threads": [],
            "application_commands": [],
            "auto_moderation_rules": [],
        }
    )


def known_role(guild: Guild, role_id: str) -> str:
    """Return the id of a role that exists in the guild."""
    if role_id not in guild.roles:
        raise ApiError(UNKNOWN_ROLE)
    return role_id


def _asked_for(call: Call, entry: AuditEntry) -> bool:
    query = call.request.query
    return (
        query.get("action_type", str(entry.action_type)) == str(entry.action_type)
        and query.get("user_id", entry.user_id) == entry.user_id
        and query.get("target_id", entry.target_id) == entry.target_id
        and ("before" not in query or int(entry.id) < int(query["before"]))
        and ("after" not in query or int(entry.id) > int(query["after"]))
    )


def _people(call: Call, entries: list[AuditEntry]) -> list[str]:
    named = [person for entry in entries for person in (entry.user_id, entry.target_id)]
    return [person for person in dict.fromkeys(named) if person in call.world.state.users]
