"""Guilds, their roles, channels, vanity code and audit log."""

from collections.abc import Callable

from infra.practice.audit import entry_json, kept_entries
from infra.practice.automod.rule import rule_json
from infra.practice.entities import AuditEntry, Guild
from infra.practice.errors import NO_VANITY, UNKNOWN_ROLE, ApiError
from infra.practice.invites import shown_uses
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

LAST_ID = 2**63 - 1
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
    code, lag = guild.vanity_code, call.core.faults.lags.counts
    uses = shown_uses(call.world, guild, code or "", guild.vanity_uses, lag)
    return Answer({"code": code, "uses": uses})


@routes.add("GET", "/guilds/{guild_id}/audit-logs")
async def get_audit_log(call: Call) -> Answer:
    """List audit log entries by `action_type`, `user_id`, `target_id`, `before`, `after`.

    Newest first, but oldest first with `after` (Audit Log, Get Guild Audit Log).
    """
    guild = call.guild()
    call.require(guild, Permission.VIEW_AUDIT_LOG)
    limit = call.query_integer("limit", 1, 100, 50)
    wanted = _filter(call)
    entries = [entry for entry in kept_entries(call.world, guild) if wanted(entry)]
    if "after" not in call.request.query:
        entries.reverse()
    entries = entries[:limit]
    targets = dict.fromkeys(entry.target_id or "" for entry in entries)
    return Answer(
        {
            "audit_log_entries": [entry_json(entry) for entry in entries],
            "users": [user_json(call.world.user(user_id)) for user_id in _people(call, entries)],
            "integrations": [],
            "webhooks": [],
            "guild_scheduled_events": [],
            "threads": [
                channel_json(call.world, guild.threads[it]) for it in targets if it in guild.threads
            ],
            "application_commands": [],
            "auto_moderation_rules": [
                rule_json(guild.id, guild.automod_rules[it])
                for it in targets
                if it in guild.automod_rules
            ],
        }
    )


def known_role(guild: Guild, role_id: str) -> str:
    """Return the id of a role that exists in the guild."""
    if role_id not in guild.roles:
        raise ApiError(UNKNOWN_ROLE)
    return role_id


def _filter(call: Call) -> Callable[[AuditEntry], bool]:
    query = call.request.query
    before = call.query_integer("before", 0, LAST_ID, LAST_ID)
    after = call.query_integer("after", 0, LAST_ID, 0)
    kind = call.query_integer("action_type", 0, 1_000, 0)

    def wanted(entry: AuditEntry) -> bool:
        return (
            after < int(entry.id) < before
            and kind in (0, entry.action_type)
            and query.get("user_id", entry.user_id) == entry.user_id
            and query.get("target_id", entry.target_id) == entry.target_id
        )

    return wanted


def _people(call: Call, entries: list[AuditEntry]) -> list[str]:
    named = [person for entry in entries for person in (entry.user_id, entry.target_id)]
    return [person for person in dict.fromkeys(named) if person in call.world.state.users]
