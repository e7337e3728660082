"""How Discord's own rules are found, changed and measured against its limits. Pure (SPEC 7.4)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from usher.automod.rules import LISTS, MESSAGE_LENGTH, Rule, Trigger, Wanted
from usher.ids import ChannelId

type Body = dict[str, object]


class Preset(StrEnum):
    """What can be switched on with one command."""

    SPAM = "spam"
    MENTIONS = "mentions"
    PROFANITY = "profanity"
    SEXUAL_CONTENT = "sexual_content"
    SLURS = "slurs"
    WORDS = "words"
    PROFILES = "profiles"


TRIGGERS: Final[Mapping[Preset, Trigger]] = {
    Preset.SPAM: Trigger.SPAM,
    Preset.MENTIONS: Trigger.MENTIONS,
    Preset.WORDS: Trigger.KEYWORD,
    Preset.PROFILES: Trigger.PROFILE,
    **{Preset(name): Trigger.PRESET for name in LISTS},
}
NAMES: Final[Mapping[Trigger, str]] = {
    Trigger.SPAM: "Spam",
    Trigger.MENTIONS: "Too many mentions",
    Trigger.PRESET: "Discord's word lists",
    Trigger.KEYWORD: "Blocked words",
    Trigger.PROFILE: "Blocked names",
}
"""What new rules are called: the same in every language, for a rule of words is found by it."""
WITH_WORDS: Final = (Trigger.KEYWORD, Trigger.PROFILE)
STANDARD_MENTIONS: Final = 10
_BLOCK, _ALERT = 1, 2
"""Discord's action types."""


def existing(rules: Sequence[Rule], trigger: Trigger, name: str) -> Rule | None:
    """Find the rule that a wish is about: the only one of its kind, or that of words by its name.

    Of words there may be several, and one that somebody has made by hand is not Usher's to fill.
    """
    alike = [one for one in rules if one.trigger == trigger]
    if trigger is Trigger.KEYWORD:
        alike = [one for one in alike if one.name.casefold() == name.casefold()]
    return alike[0] if alike else None


def change_to(rule: Rule, wanted: Wanted) -> Body:
    """Say what is to be changed so that a rule does what is wanted too; nothing where it does."""
    body: Body = {} if rule.enabled else {"enabled": True}
    metadata = _metadata(rule, wanted)
    if metadata != rule.metadata:
        body["trigger_metadata"] = metadata
    does = _acting(rule, wanted)
    if does != [*rule.does]:
        body["actions"] = does
    return body


def with_words(rule: Rule, add: Sequence[str], remove: Sequence[str]) -> Body:
    """Say what is to be changed so that a rule has other words; nothing where it has them."""
    taken = {one.casefold() for one in remove}
    kept = [one for one in rule.keywords if one.casefold() not in taken]
    words = [*_joined(kept, add)]
    if words == [*rule.keywords]:
        return {}
    return {"trigger_metadata": {**rule.metadata, "keyword_filter": words}}


def words_of(body: Body) -> list[str] | None:
    """Read the words that a rule would have after a change; None where it changes none."""
    metadata = body.get("trigger_metadata")
    words = metadata.get("keyword_filter") if isinstance(metadata, dict) else None
    return words if isinstance(words, list) else None


def with_exempt[T: str](held: Sequence[T], one: T | None, *, remove: bool) -> list[T]:
    """Add whom a rule leaves alone, or take them away."""
    kept = [other for other in held if other != one]
    return kept if one is None or remove else [*kept, one]


def allowed(rule: Rule) -> tuple[str, ...]:
    """Read the words that a rule lets pass whatever else it has."""
    found = rule.metadata.get("allow_list")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def patterns(rule: Rule) -> int:
    """Count a rule's regular expressions."""
    found = rule.metadata.get("regex_patterns")
    return len(found) if isinstance(found, list) else 0


def alert_channel(rule: Rule) -> ChannelId | None:
    """Find where a rule tells the moderators; None for nowhere."""
    for one in rule.does:
        metadata = one.get("metadata")
        if one.get("type") == _ALERT and isinstance(metadata, dict):
            return ChannelId(str(metadata.get("channel_id")))
    return None


def _metadata(rule: Rule, wanted: Wanted) -> Mapping[str, object]:
    match wanted.trigger:
        case Trigger.KEYWORD | Trigger.PROFILE if wanted.keywords:
            words = [*_joined(rule.keywords, wanted.keywords)]
            return {**rule.metadata, "keyword_filter": words}
        case Trigger.PRESET if not set(wanted.lists) <= set(rule.lists):
            return {**rule.metadata, "presets": sorted({*rule.lists, *wanted.lists})}
        case Trigger.MENTIONS if wanted.mentions:
            return {**rule.metadata, "mention_total_limit": wanted.mentions}
        case _:
            return rule.metadata


def _joined(held: Sequence[str], more: Sequence[str]) -> Sequence[str]:
    known = {one.casefold() for one in held}
    return [*held, *(one for one in more if one.casefold() not in known)]


def _acting(rule: Rule, wanted: Wanted) -> list[Mapping[str, object]]:
    does = [*rule.does]
    if wanted.message:
        said = {"custom_message": wanted.message[:MESSAGE_LENGTH]}
        does = [
            {**one, "metadata": {**_part(one), **said}} if one.get("type") == _BLOCK else one
            for one in does
        ]
    if wanted.alert_channel_id is not None and wanted.alert_channel_id != alert_channel(rule):
        does = [one for one in does if one.get("type") != _ALERT]
        does.append({"type": _ALERT, "metadata": {"channel_id": wanted.alert_channel_id}})
    return does


def _part(action: Mapping[str, object]) -> Mapping[str, object]:
    metadata = action.get("metadata")
    return metadata if isinstance(metadata, dict) else {}
