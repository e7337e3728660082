"""Discord's rules, and what is done about whom they catch, in words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from usher.automod.changing import alert_channel, patterns
from usher.automod.model import Policy, Reaction, Step
from usher.automod.rules import LISTS, Rule, Trigger
from usher.moderation.durations import say_duration
from usher.slash import text
from usher.slash.replies import Field
from usher.slash.say import later, say, say_count

SHOWN: Final = 200
"""Characters of a rule's words, of whom it leaves alone, or of what is done, that are shown."""
CROWDED: Final = 90
"""The same where many rules share one message."""

KINDS: Final[Mapping[int, str]] = {
    Trigger.KEYWORD: later("words"),
    Trigger.SPAM: later("spam, as Discord sees it"),
    Trigger.PRESET: later("words of Discord's lists"),
    Trigger.MENTIONS: later("too many mentions"),
    Trigger.PROFILE: later("names of members"),
}
_LISTS: Final[Mapping[int, str]] = {
    LISTS["profanity"]: later("profanity"),
    LISTS["sexual_content"]: later("sexual content"),
    LISTS["slurs"]: later("slurs"),
}
_DONE: Final = {
    Step.WARN: later("a warning of {points}"),
    Step.MUTE: later("a mute, {length}"),
    Step.KICK: later("a kick"),
    Step.BAN: later("a ban, {length}"),
}


def kind_of(rule: Rule) -> str:
    """Say what a rule looks for."""
    return say(KINDS.get(rule.trigger, later("something of a kind that I do not know")))


def rule_field(rule: Rule, policy: Policy | None, room: int = SHOWN) -> Field:
    """Show a rule."""
    state = say("🟢 on") if rule.enabled else say("⚪ off")
    lines = [f"{state} · {kind_of(rule)} · {text.code(rule.id)}", *_details(rule, policy, room)]
    return Field(text.escape(rule.name), "\n".join(lines))


def done_about(reaction: Reaction) -> str:
    """Say what is done."""
    points = say_count("{number} point", "{number} points", reaction.points)
    return say(_DONE[reaction.step], points=points, length=say_duration(reaction.length))


def reactions_of(policy: Policy | None) -> list[str]:
    """Say what is done about a rule, a line a reaction, the rule's own first."""
    held = () if policy is None else policy.reactions
    lines = [
        say("{word}: {action}", word=text.code(one.keyword), action=done_about(one))
        for one in held
        if one.keyword is not None
    ]
    for one in held:
        if one.keyword is None:
            whose = later("Everything else: {action}") if lines else later("Everything: {action}")
            lines.insert(0, say(whose, action=done_about(one)))
    return lines


def listed(words: Sequence[str], room: int = SHOWN) -> str:
    """Show words as far as there is room, and say how many are left out."""
    return _fitting([*map(text.code, words)], room, " ")


def fits(words: Sequence[str], room: int) -> bool:
    """Whether `listed` leaves none out."""
    return sum(len(text.code(one)) for one in words) <= room


def _details(rule: Rule, policy: Policy | None, room: int) -> Iterator[str]:
    if rule.keywords:
        yield listed(rule.keywords, room)
    if rule.trigger == Trigger.KEYWORD and (number := patterns(rule)):
        yield say_count("{number} regular expression", "{number} regular expressions", number)
    if rule.trigger == Trigger.PRESET:
        yield ", ".join(say(_LISTS[one]) for one in rule.lists if one in _LISTS)
    if rule.mentions is not None and rule.trigger == Trigger.MENTIONS:
        number = rule.mentions
        yield say_count("More than {number} mention", "More than {number} mentions", number)
    alert = alert_channel(rule)
    if alert is not None:
        yield say("Told in {channel}", channel=text.channel(alert))
    exempt = [
        *map(text.role, rule.exempt_roles),
        *map(text.channel, rule.exempt_channels),
    ]
    if exempt:
        yield say("Leaves alone: {who}", who=_fitting(exempt, room, ", "))
    done = reactions_of(policy)
    if done:
        yield say("Besides, I do this:") + " " + _fitting(done, room, " · ")


def _fitting(parts: Sequence[str], room: int, between: str) -> str:
    """Join parts as far as there is room, the first in any case."""
    shown: list[str] = []
    for number, one in enumerate(parts):
        if shown and sum(map(len, shown)) + len(one) > room:
            left = len(parts) - number
            shown.append(say_count("and {number} more", "and {number} more", left))
            break
        shown.append(one)
    return between.join(shown)
