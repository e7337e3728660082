"""What a rule matches in a text.

Source: Discord API reference, "Auto Moderation", Keyword Matching Strategies. Discord's own word
lists and its sense for spam are not public; a few words stand for them here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from infra.practice.automod.rule import AutoModRule, Trigger
from infra.practice.json_types import as_list

PRESET_WORDS = {1: ("damn", "crap"), 2: ("nsfw", "porn"), 3: ("slur",)}
SPAM_WORDS = ("*free nitro*", "*steamcommunlty*")
_MENTION = re.compile(r"<@[!&]?\d+>")


@dataclass(frozen=True, slots=True)
class Match:
    """What set a rule off: the word of the rule, and the part of the text."""

    keyword: str | None
    content: str | None


def match(rule: AutoModRule, text: str) -> Match | None:
    """Return what sets a rule off, or None."""
    metadata = rule.trigger_metadata
    if rule.trigger_type == Trigger.MENTION_SPAM:
        limit = metadata.get("mention_total_limit")
        mentions = set(_MENTION.findall(text))
        over = isinstance(limit, int) and len(mentions) > limit
        return Match(None, None) if over else None
    if rule.trigger_type == Trigger.SPAM:
        found = find_keyword(SPAM_WORDS, text)
        return None if found is None else Match(None, found.content)
    allowed = [str(item) for item in as_list(metadata.get("allow_list"))]
    for keyword in allowed:
        text = _pattern(keyword).sub(" ", text)
    if rule.trigger_type == Trigger.KEYWORD_PRESET:
        presets = [item for item in as_list(metadata.get("presets")) if isinstance(item, int)]
        return find_keyword([word for it in presets for word in PRESET_WORDS[it]], text)
    found = find_keyword([str(it) for it in as_list(metadata.get("keyword_filter"))], text)
    return found or _find_pattern([str(it) for it in as_list(metadata.get("regex_patterns"))], text)


def find_keyword(keywords: Iterable[str], text: str) -> Match | None:
    """Find the first keyword that occurs; `*` at an end lets the word go on there."""
    for keyword in keywords:
        found = _pattern(keyword).search(text)
        if found is not None:
            return Match(keyword, found.group())
    return None


def _find_pattern(patterns: Iterable[str], text: str) -> Match | None:
    for pattern in patterns:
        found = re.search(pattern, text, re.IGNORECASE)
        if found is not None:
            return Match(pattern, found.group())
    return None


def _pattern(keyword: str) -> re.Pattern[str]:
    core = re.escape(keyword.strip("*"))
    before = "" if keyword.startswith("*") else r"(?<!\w)"
    after = "" if keyword.endswith("*") else r"(?!\w)"
    return re.compile(f"{before}{core}{after}", re.IGNORECASE)
