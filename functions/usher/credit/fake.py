"""Which memberships are fake: the rules a guild has in force, and what they say. Pure (SPEC 2.3).

Only self-invites are fake unless an admin says otherwise. The other rules take credit for what may
well be a person, so a guild chooses them; peers that turn on more are asked to turn them off.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from usher.frozen import frozen
from usher.ids import VANITY, RoleId, UserId

DISCORD_EPOCH: Final = 1_420_070_400_000
"""Milliseconds since 1970 at which snowflakes begin (Discord, API reference: Snowflakes)."""
VERSION_DIGITS: Final = 8


FAKE: Final = "fake"
"""The group of settings that hold the rules, `fake#<rule>`."""
BLOCK: Final = "block"
"""The group of settings that hold blocked inviters, `block#<user id>`."""


class Rule(StrEnum):
    """A rule's name, as settings, ledger lines and commands write it."""

    SELF_INVITE = "self_invite"
    """They came by an invite of their own."""
    YOUNG_ACCOUNT = "young_account"
    """Their account was younger than so many days when they joined."""
    REJOIN = "rejoin"
    """They had been a member before."""
    LEFT_WITHIN = "left_within"
    """They were gone within so many hours, for whatever reason."""
    DEFAULT_AVATAR = "default_avatar"
    """They had no avatar of their own when they joined."""
    MISSING_ROLE = "missing_role"
    """They do not have the required role."""
    BLOCKED = "blocked"
    """Their inviter is on the guild's blocklist (SPEC 2.7)."""


BY_INVITER: Final = frozenset({Rule.SELF_INVITE, Rule.BLOCKED})
"""Rules that can speak only once the inviter is known."""


@frozen
class Rules:
    """The rules in force."""

    self_invite: bool = True
    young_account: int | None = None
    """Days; None for off."""
    rejoin: bool = False
    left_within: int | None = None
    """Hours; None for off."""
    default_avatar: bool = False
    missing_role: RoleId | None = None
    blocked: frozenset[UserId] = frozenset()


@frozen
class Facts:
    """What rules may ask of a membership. What is unknown lets no rule hold."""

    user_id: UserId
    joined_at: datetime
    inviter_id: UserId | None = None
    left_at: datetime | None = None
    """The latest time at which they can have left; None while present."""
    has_avatar: bool | None = None
    returned: bool = False
    lacks: RoleId | None = None
    """The required role that they were last seen without."""


def judge(rules: Rules, facts: Facts) -> tuple[str, ...]:
    """Name the rules that hold, in the order of `Rule`: any of them makes a membership fake."""
    holds = {
        Rule.SELF_INVITE: rules.self_invite and facts.inviter_id == facts.user_id,
        Rule.YOUNG_ACCOUNT: rules.young_account is not None
        and facts.joined_at - born_at(facts.user_id) < timedelta(days=rules.young_account),
        Rule.REJOIN: rules.rejoin and facts.returned,
        Rule.LEFT_WITHIN: rules.left_within is not None
        and facts.left_at is not None
        and facts.left_at - facts.joined_at < timedelta(hours=rules.left_within),
        Rule.DEFAULT_AVATAR: rules.default_avatar and facts.has_avatar is False,
        Rule.MISSING_ROLE: rules.missing_role is not None and facts.lacks == rules.missing_role,
        Rule.BLOCKED: facts.inviter_id not in (None, VANITY) and facts.inviter_id in rules.blocked,
    }
    return tuple(rule.value for rule in Rule if holds[rule])


def judge_inviter(rules: Rules, facts: Facts, verdict: Collection[str]) -> tuple[str, ...]:
    """Judge anew what hangs on the inviter, who is another now; the rest stands as judged."""
    found = {rule for rule in judge(rules, facts) if rule in BY_INVITER}
    kept = {name for name in verdict if name not in BY_INVITER}
    return in_order(found | kept)


def in_order(names: Collection[str]) -> tuple[str, ...]:
    """Order names of rules as `Rule` has them, those of another release last."""
    known = [rule.value for rule in Rule if rule in names]
    return (*known, *sorted(name for name in names if name not in known))


def version_of(rules: Rules) -> str:
    """Name the rules in force: the same rules have the same name."""
    said = "|".join(
        (
            *(f"{name}={value}" for name, value in sorted(settings_of(rules).items())),
            *sorted(rules.blocked),
        )
    )
    return sha256(said.encode()).hexdigest()[:VERSION_DIGITS]


def born_at(user_id: UserId) -> datetime:
    """Say when an account was made: its id tells (Discord, API reference: Snowflakes)."""
    return _EPOCH + timedelta(milliseconds=(int(user_id) >> 22) + DISCORD_EPOCH)


def settings_of(rules: Rules) -> dict[Rule, str]:
    """Write rules as the values of their settings: `on`, `off`, a number or a role's id."""
    return {
        Rule.SELF_INVITE: _switch(rules.self_invite),
        Rule.YOUNG_ACCOUNT: _amount(rules.young_account),
        Rule.REJOIN: _switch(rules.rejoin),
        Rule.LEFT_WITHIN: _amount(rules.left_within),
        Rule.DEFAULT_AVATAR: _switch(rules.default_avatar),
        Rule.MISSING_ROLE: rules.missing_role or _OFF,
    }


def read_rules(values: Mapping[str, str], blocked: Collection[str] = ()) -> Rules:
    """Read the settings of the group `fake`, and the ids of blocked inviters.

    What is not set, or not understood, is at its default.
    """
    default = Rules()
    role = values.get(Rule.MISSING_ROLE, "")
    return Rules(
        self_invite=_read_switch(values, Rule.SELF_INVITE, default=default.self_invite),
        young_account=_read_amount(values, Rule.YOUNG_ACCOUNT),
        rejoin=_read_switch(values, Rule.REJOIN, default=default.rejoin),
        left_within=_read_amount(values, Rule.LEFT_WITHIN),
        default_avatar=_read_switch(values, Rule.DEFAULT_AVATAR, default=default.default_avatar),
        missing_role=RoleId(role) if role.isdecimal() else None,
        blocked=frozenset(UserId(one) for one in blocked),
    )


def _switch(on: bool) -> str:
    return _ON if on else _OFF


def _amount(amount: int | None) -> str:
    return _OFF if amount is None else str(amount)


def _read_switch(values: Mapping[str, str], rule: Rule, *, default: bool) -> bool:
    return {_ON: True, _OFF: False}.get(values.get(rule, ""), default)


def _read_amount(values: Mapping[str, str], rule: Rule) -> int | None:
    value = values.get(rule, "")
    return int(value) if value.isdecimal() and int(value) > 0 else None


_ON: Final = "on"
_OFF: Final = "off"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
