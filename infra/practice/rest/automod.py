"""Rules of Auto Moderation; all of it needs Manage Server.

Source: Discord API reference, "Auto Moderation".
"""

from dataclasses import replace

from infra.practice.automod.keeping import delete_rule, keep_rule
from infra.practice.automod.reading import event_of, read_actions, read_exempt, read_metadata
from infra.practice.automod.rule import MOST, AutoModRule, Deed, Trigger, rule_json
from infra.practice.entities import Guild
from infra.practice.errors import NOT_FOUND, ApiError
from infra.practice.forms import Form
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.routing import NOTHING, Answer, Routes

RULES = "/guilds/{guild_id}/auto-moderation/rules"
RULE = f"{RULES}/{{rule_id}}"
LONGEST_NAME = 100
routes = Routes()


@routes.add("GET", RULES)
async def list_rules(call: Call) -> Answer:
    """List a guild's rules."""
    guild = _guild(call)
    return Answer([rule_json(guild.id, rule) for rule in guild.automod_rules.values()])


@routes.add("GET", RULE)
async def get_rule(call: Call) -> Answer:
    """Answer with a rule."""
    guild = _guild(call)
    return Answer(rule_json(guild.id, _rule(call, guild)))


@routes.add("POST", RULES)
async def create_rule(call: Call) -> Answer:
    """Make a rule: six of keywords, one of each other kind; disabled unless told."""
    guild = _guild(call)
    form = await call.form()
    name = form.required_text("name", 1, LONGEST_NAME)
    trigger = _trigger(form)
    if form.fields.get("event_type") != event_of(trigger):
        form.errors.choices("event_type", str(event_of(trigger)))
    rule = AutoModRule(
        id=call.world.new_id(),
        name=name,
        creator_id=call.bot_id,
        trigger_type=trigger.value,
        event_type=event_of(trigger),
    )
    _fill(guild, rule, form, whole=True)
    alike = [it for it in guild.automod_rules.values() if it.trigger_type == trigger]
    if len(alike) >= MOST.get(trigger, 1):
        form.errors.add(
            "trigger_type",
            "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED",
            "Maximum number of rules of this type exceeded",
        )
    form.check()
    _check_actions(call, guild, rule)
    call.publish(keep_rule(call.world, guild, rule, None, call.bot_id, call.reason))
    return Answer(rule_json(guild.id, rule))


@routes.add("PATCH", RULE)
async def edit_rule(call: Call) -> Answer:
    """Change a rule; what it looks for stays of its kind."""
    guild = _guild(call)
    rule = _rule(call, guild)
    before = rule_json(guild.id, rule)
    form = await call.form()
    changed = replace(rule)
    if "name" in form:
        changed.name = form.required_text("name", 1, LONGEST_NAME)
    _fill(guild, changed, form, whole=False)
    form.check()
    _check_actions(call, guild, changed)
    call.publish(keep_rule(call.world, guild, changed, before, call.bot_id, call.reason))
    return Answer(rule_json(guild.id, changed))


@routes.add("DELETE", RULE)
async def remove_rule(call: Call) -> Answer:
    """Delete a rule."""
    guild = _guild(call)
    rule = _rule(call, guild)
    call.publish(delete_rule(call.world, guild, rule, call.bot_id, call.reason))
    return NOTHING


def _fill(guild: Guild, rule: AutoModRule, form: Form, *, whole: bool) -> None:
    trigger = Trigger(rule.trigger_type)
    if whole or "trigger_metadata" in form:
        rule.trigger_metadata = read_metadata(form, trigger)
    if whole or "actions" in form:
        rule.actions = read_actions(form, trigger, set(guild.channels))
    if "enabled" in form:
        rule.enabled = form.boolean("enabled")
    if "exempt_roles" in form:
        rule.exempt_roles = read_exempt(form, "exempt_roles")
    if "exempt_channels" in form:
        rule.exempt_channels = read_exempt(form, "exempt_channels")


def _trigger(form: Form) -> Trigger:
    number = form.integer("trigger_type", 0, 100, 0)
    if number not in list(Trigger):
        form.errors.choices("trigger_type", ", ".join(str(item.value) for item in Trigger))
        form.check()
    return Trigger(number)


def _check_actions(call: Call, guild: Guild, rule: AutoModRule) -> None:
    """Refuse timeouts without Moderate Members."""
    if any(action.get("type") == Deed.TIMEOUT for action in rule.actions):
        call.require(guild, Permission.MODERATE_MEMBERS)


def _guild(call: Call) -> Guild:
    guild = call.guild()
    call.require(guild, Permission.MANAGE_GUILD)
    return guild


def _rule(call: Call, guild: Guild) -> AutoModRule:
    rule = guild.automod_rules.get(call.id("rule_id"))
    if rule is None:
        raise ApiError(NOT_FOUND)
    return rule
