"""The guild's audit log and its gateway event.

Source: Discord API reference, "Audit Log", section Audit Log Events.
"""

from datetime import timedelta
from enum import IntEnum

from infra.practice.entities import AuditEntry, Guild, Invite
from infra.practice.intents import Dispatch, Intents
from infra.practice.json_types import Json, JsonObject
from infra.practice.moments import snowflake_floor
from infra.practice.permissions import Permission
from infra.practice.world import World

ENTRIES_KEPT = 5_000
# All audit log entries are stored for 45 days (Audit Log).
KEPT_FOR = timedelta(days=45)


class AuditAction(IntEnum):
    """What an entry records."""

    GUILD_UPDATE = 1
    CHANNEL_CREATE = 10
    CHANNEL_UPDATE = 11
    CHANNEL_DELETE = 12
    CHANNEL_OVERWRITE_CREATE = 13
    CHANNEL_OVERWRITE_UPDATE = 14
    CHANNEL_OVERWRITE_DELETE = 15
    MEMBER_KICK = 20
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    BOT_ADD = 28
    ROLE_CREATE = 30
    ROLE_UPDATE = 31
    ROLE_DELETE = 32
    INVITE_CREATE = 40
    INVITE_UPDATE = 41
    INVITE_DELETE = 42
    MESSAGE_DELETE = 72
    MESSAGE_BULK_DELETE = 73
    THREAD_CREATE = 110
    THREAD_UPDATE = 111
    THREAD_DELETE = 112
    AUTO_MODERATION_RULE_CREATE = 140
    AUTO_MODERATION_RULE_UPDATE = 141
    AUTO_MODERATION_RULE_DELETE = 142
    AUTO_MODERATION_BLOCK_MESSAGE = 143
    AUTO_MODERATION_FLAG_TO_CHANNEL = 144
    AUTO_MODERATION_USER_COMMUNICATION_DISABLED = 145
    AUTO_MODERATION_QUARANTINE_USER = 146


def audit(
    world: World,
    guild: Guild,
    action: AuditAction,
    actor_id: str | None,
    target_id: str | None,
    *,
    changes: list[JsonObject] | None = None,
    options: JsonObject | None = None,
    reason: str | None = None,
) -> Dispatch:
    """Write an entry and return its GUILD_AUDIT_LOG_ENTRY_CREATE."""
    entry = AuditEntry(
        id=world.new_id(),
        action_type=action.value,
        user_id=actor_id,
        target_id=target_id,
        changes=changes or [],
        options=options or {},
        reason=reason,
    )
    guild.audit_log.append(entry)
    del guild.audit_log[:-ENTRIES_KEPT]
    return Dispatch(
        event="GUILD_AUDIT_LOG_ENTRY_CREATE",
        data={**entry_json(entry), "guild_id": guild.id},
        guild_id=guild.id,
        intents=Intents.GUILD_MODERATION,
        permissions=Permission.VIEW_AUDIT_LOG,
    )


def kept_entries(world: World, guild: Guild) -> list[AuditEntry]:
    """List the entries that are not too old, oldest first."""
    oldest = snowflake_floor(world.now - KEPT_FOR)
    return [entry for entry in guild.audit_log if int(entry.id) >= oldest]


def entry_json(entry: AuditEntry) -> JsonObject:
    """Write an entry."""
    body: JsonObject = {
        "id": entry.id,
        "action_type": entry.action_type,
        "user_id": entry.user_id,
        "target_id": entry.target_id,
    }
    if entry.changes:
        body["changes"] = entry.changes
    if entry.options:
        body["options"] = entry.options
    if entry.reason is not None:
        body["reason"] = entry.reason
    return body


def invite_changes(invite: Invite, *, created: bool) -> list[JsonObject]:
    """List an invite's fields as an entry does: `new_value` on creation, `old_value` on removal."""
    side = "new_value" if created else "old_value"
    fields: JsonObject = {
        "code": invite.code,
        "channel_id": invite.channel_id,
        "inviter_id": invite.inviter_id,
        "uses": invite.uses,
        "max_uses": invite.max_uses,
        "max_age": invite.max_age,
        "temporary": invite.temporary,
        "flags": 0,
    }
    if invite.role_ids:
        fields["role_ids"] = list(invite.role_ids)
    return [_change(key, side, value) for key, value in fields.items() if value is not None]


def differences(before: JsonObject, after: JsonObject) -> list[JsonObject]:
    """List what differs; an absent side means that there was or is nothing (Audit Log Change)."""
    changes: list[JsonObject] = []
    for key in after:
        old, new = before.get(key), after[key]
        if old == new:
            continue
        change: JsonObject = {"key": key}
        if old is not None:
            change["old_value"] = old
        if new is not None:
            change["new_value"] = new
        changes.append(change)
    return changes


def _change(key: str, side: str, value: Json) -> JsonObject:
    return {"key": key, side: value}
