"""Rules made, changed and deleted, with their events and entries."""

from infra.practice.audit import AuditAction, audit, differences
from infra.practice.automod.rule import AutoModRule, rule_json
from infra.practice.entities import Guild
from infra.practice.intents import Dispatch, Dispatches, Intents
from infra.practice.json_types import JsonObject
from infra.practice.permissions import Permission
from infra.practice.world import World

_OWN = ("id", "guild_id", "creator_id")


def keep_rule(
    world: World,
    guild: Guild,
    rule: AutoModRule,
    before: JsonObject | None,
    actor_id: str,
    reason: str | None = None,
) -> Dispatches:
    """Add a rule, or announce how it differs from `before`; nothing where it does not."""
    guild.automod_rules[rule.id] = rule
    after = rule_json(guild.id, rule)
    changes = differences(_bare(before or {}), _bare(after))
    if not changes:
        return []
    word = "CREATE" if before is None else "UPDATE"
    action = AuditAction[f"AUTO_MODERATION_RULE_{word}"]
    entry = audit(world, guild, action, actor_id, rule.id, changes=changes, reason=reason)
    return [_announced(guild, f"AUTO_MODERATION_RULE_{word}", after), entry]


def delete_rule(
    world: World, guild: Guild, rule: AutoModRule, actor_id: str, reason: str | None = None
) -> Dispatches:
    """Take a rule away."""
    del guild.automod_rules[rule.id]
    last = rule_json(guild.id, rule)
    changes: list[JsonObject] = [{"key": key, "old_value": it} for key, it in _bare(last).items()]
    action = AuditAction.AUTO_MODERATION_RULE_DELETE
    entry = audit(world, guild, action, actor_id, rule.id, changes=changes, reason=reason)
    return [_announced(guild, "AUTO_MODERATION_RULE_DELETE", last), entry]


def _bare(rule: JsonObject) -> JsonObject:
    return {key: value for key, value in rule.items() if key not in _OWN}


def _announced(guild: Guild, name: str, data: JsonObject) -> Dispatch:
    return Dispatch(
        name,
        data,
        guild.id,
        Intents.AUTO_MODERATION_CONFIGURATION,
        Permission.MANAGE_GUILD,
    )
