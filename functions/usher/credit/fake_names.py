"""The names of fake rules, for members."""

from collections.abc import Iterable
from typing import Final

from usher.credit.fake import Rule
from usher.slash import text
from usher.slash.say import later, say

NAMES: Final = {
    Rule.SELF_INVITE: later("Self-invite"),
    Rule.YOUNG_ACCOUNT: later("Young account"),
    Rule.REJOIN: later("Rejoin"),
    Rule.LEFT_WITHIN: later("Left too soon"),
    Rule.DEFAULT_AVATAR: later("Default avatar"),
    Rule.MISSING_ROLE: later("Missing role"),
    Rule.BLOCKED: later("Blocked inviter"),
}


def name_of(rule: str) -> str:
    """Name a rule; one of another release by its own name."""
    known = next((one for one in NAMES if one == rule), None)
    return text.code(rule) if known is None else say(NAMES[known])


def names_of(rules: Iterable[str]) -> str:
    """Name several rules."""
    return ", ".join(name_of(rule) for rule in rules)
