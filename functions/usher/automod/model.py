"""What a server wants done about whoever Discord's own rules have caught (SPEC 7.4). Pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from usher.frozen import frozen

GROUP: Final = "automod"
"""The settings that hold what is done, each by the id of its rule."""
WATCHED: Final = "guild#automod"
"""`on` once anything is done: before, nothing Discord's rules do concerns Usher."""
MOST_REACTIONS: Final = 25
"""Of one rule."""


class Step(StrEnum):
    """What can be done."""

    WARN = "warn"
    MUTE = "mute"
    KICK = "kick"
    BAN = "ban"


@frozen
class Reaction:
    """What is done about a word of a rule, or about whatever the rule catches."""

    step: Step
    keyword: str | None = None
    """A word as the rule has it; None for all that have no reaction of their own."""
    length: timedelta | None = None
    """Of a mute or ban; None for good."""
    points: int = 1
    """Of a warning."""


@frozen
class Policy:
    """What is done about one rule."""

    rule_name: str
    """As it was when this was set."""
    reactions: tuple[Reaction, ...] = ()


def chosen(policy: Policy, keyword: str | None) -> Reaction | None:
    """Find what is done about a word: its own reaction, else the rule's."""
    by_word = {one.keyword: one for one in policy.reactions}
    if keyword is not None and keyword in by_word:
        return by_word[keyword]
    return by_word.get(None)


def with_reaction(policy: Policy, reaction: Reaction) -> Policy:
    """Set a reaction, in place of one to the same word."""
    return Policy(policy.rule_name, (*without(policy, reaction.keyword).reactions, reaction))


def without(policy: Policy, keyword: str | None) -> Policy:
    """Take a reaction away."""
    kept = tuple(one for one in policy.reactions if one.keyword != keyword)
    return Policy(policy.rule_name, kept)


def write_policy(policy: Policy) -> str | None:
    """Write a policy as the value of a setting; None for one that does nothing."""
    if not policy.reactions:
        return None
    rows = [
        [
            one.step.value,
            one.keyword,
            None if one.length is None else int(one.length.total_seconds()),
            one.points,
        ]
        for one in policy.reactions
    ]
    return json.dumps([policy.rule_name, rows], separators=(",", ":"), ensure_ascii=False)


def read_policy(value: str) -> Policy:
    """Read what `write_policy` wrote."""
    name, rows = json.loads(value)
    return Policy(name, tuple(_read(*row) for row in rows))


def read_policies(values: Mapping[str, str]) -> dict[str, Policy]:
    """Read the group: policies by the id of their rule."""
    return {rule: read_policy(value) for rule, value in values.items()}


def setting(rule_id: str) -> str:
    """Name the setting of a rule."""
    return f"{GROUP}#{rule_id}"


def anything(policies: Iterable[Policy]) -> bool:
    """Whether anything is done at all."""
    return any(policy.reactions for policy in policies)


def may_outlast(policy: Policy, limit: timedelta) -> bool:
    """Whether it may come to a mute longer than that, be it by what warnings lead to."""
    return any(
        one.step is Step.WARN
        or (one.step is Step.MUTE and (one.length is None or one.length > limit))
        for one in policy.reactions
    )


def _read(step: str, keyword: str | None, seconds: int | None, points: int) -> Reaction:
    length = None if seconds is None else timedelta(seconds=seconds)
    return Reaction(Step(step), keyword, length, points)
