"""What the application says of a rule, checked against Discord's limits.

Source: Discord API reference, "Auto Moderation", Trigger Metadata Field Limits and Action Metadata.
"""

import re

from infra.practice.automod.rule import MEMBER_UPDATE, MESSAGE_SEND, Deed, Trigger
from infra.practice.errors import FormErrors
from infra.practice.forms import Form
from infra.practice.json_types import Json, JsonObject, as_list, as_object, as_objects

KEYWORDS, KEYWORD_LENGTH = 1_000, 60
PATTERNS, PATTERN_LENGTH = 10, 260
ALLOWED = {Trigger.KEYWORD_PRESET: 1_000}
ALLOWED_ELSE = 100
MENTIONS = 50
PRESETS = (1, 2, 3)
ACTIONS = 5
LONGEST_TIMEOUT = 2_419_200
EXPLANATION = 150
EXEMPT = {"exempt_roles": 20, "exempt_channels": 50}


def event_of(trigger: Trigger) -> int:
    """Return the occasion on which a rule of this kind looks."""
    return MEMBER_UPDATE if trigger is Trigger.MEMBER_PROFILE else MESSAGE_SEND


def read_metadata(form: Form, trigger: Trigger) -> JsonObject:
    """Read `trigger_metadata`, filled in with what was left out."""
    given = as_object(form.fields.get("trigger_metadata"))
    errors = form.errors.below("trigger_metadata")
    if trigger is Trigger.SPAM:
        return {}
    if trigger is Trigger.MENTION_SPAM:
        inner = Form(given)
        inner.errors = errors
        return {
            "mention_total_limit": inner.integer("mention_total_limit", 0, MENTIONS, 0),
            "mention_raid_protection_enabled": inner.boolean("mention_raid_protection_enabled"),
        }
    allowed = ALLOWED.get(trigger, ALLOWED_ELSE)
    body: JsonObject = {"allow_list": _texts(given, "allow_list", allowed, KEYWORD_LENGTH, errors)}
    if trigger is Trigger.KEYWORD_PRESET:
        presets = as_list(given.get("presets"))
        if any(preset not in PRESETS for preset in presets):
            errors.choices("presets", "1, 2, 3")
        return {**body, "presets": presets}
    patterns = _texts(given, "regex_patterns", PATTERNS, PATTERN_LENGTH, errors)
    for index, pattern in enumerate(patterns):
        if not _compiles(pattern):
            errors.add(
                f"regex_patterns.{index}",
                "AUTO_MODERATION_INVALID_REGEX",
                "This regex is not valid",
            )
    filtered = _texts(given, "keyword_filter", KEYWORDS, KEYWORD_LENGTH, errors)
    return {**body, "keyword_filter": filtered, "regex_patterns": patterns}


def read_actions(form: Form, trigger: Trigger, channel_ids: set[str]) -> list[JsonObject]:
    """Read `actions`; alerts go to a channel of the guild, timeouts to a few kinds of rule."""
    items = as_objects(form.fields.get("actions"))
    if not 1 <= len(items) <= ACTIONS:
        form.errors.bad_length("actions", 1, ACTIONS)
    return [
        _action(item, trigger, channel_ids, form.errors.below(f"actions.{index}"))
        for index, item in enumerate(items)
    ]


def read_exempt(form: Form, name: str) -> list[str]:
    """Read the ids of those whom a rule leaves alone."""
    found = form.snowflakes(name) or []
    if len(found) > EXEMPT[name]:
        form.errors.too_long(name, EXEMPT[name])
    return list(dict.fromkeys(found))


def _action(
    item: JsonObject, trigger: Trigger, channel_ids: set[str], errors: FormErrors
) -> JsonObject:
    kind = item.get("type")
    allowed = {Deed.BLOCK_MESSAGE, Deed.SEND_ALERT_MESSAGE}
    if trigger in (Trigger.KEYWORD, Trigger.MENTION_SPAM):
        allowed.add(Deed.TIMEOUT)
    if trigger is Trigger.MEMBER_PROFILE:
        allowed = {Deed.SEND_ALERT_MESSAGE, Deed.BLOCK_MEMBER_INTERACTION}
    if kind not in allowed:
        errors.choices("type", ", ".join(str(deed.value) for deed in sorted(allowed)))
        return item
    given = Form(as_object(item.get("metadata")))
    given.errors = errors.below("metadata")
    metadata: JsonObject = {}
    if kind == Deed.SEND_ALERT_MESSAGE:
        channel_id = given.snowflake("channel_id")
        if channel_id is None:
            given.errors.required("channel_id")
        elif channel_id not in channel_ids:
            given.errors.add("channel_id", "CHANNEL_INVALID", "Not a channel of this server")
        metadata["channel_id"] = channel_id
    elif kind == Deed.TIMEOUT:
        metadata["duration_seconds"] = given.integer("duration_seconds", 0, LONGEST_TIMEOUT, 0)
    elif kind == Deed.BLOCK_MESSAGE and "custom_message" in given:
        metadata["custom_message"] = given.text("custom_message", EXPLANATION)
    return {"type": kind, "metadata": metadata}


def _texts(given: JsonObject, name: str, most: int, longest: int, errors: FormErrors) -> list[str]:
    items: list[Json] = as_list(given.get(name))
    if len(items) > most:
        errors.too_long(name, most)
    for index, item in enumerate(items):
        if not isinstance(item, str) or not 1 <= len(item) <= longest:
            errors.bad_length(f"{name}.{index}", 1, longest)
    return [str(item) for item in items]


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
