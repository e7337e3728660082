"""Who may make invites, and of which kind: the policy, and what breaks it. Pure (SPEC 2.7)."""

from collections.abc import Mapping
from typing import Final

from usher.contracts.effect import CheckInvite
from usher.frozen import frozen
from usher.ids import RoleId
from usher.slash.say import say, say_count

ROLE: Final = "guild#policy_role_id"
LONGEST: Final = "guild#policy_max_age_seconds"
MOST_USES: Final = "guild#policy_max_uses"
MOST_ACTIVE: Final = "guild#policy_max_active"
SETTINGS: Final = (ROLE, LONGEST, MOST_USES, MOST_ACTIVE)


@frozen
class Policy:
    """What is asked of members' invites; None asks nothing."""

    role_id: RoleId | None = None
    """The role whose members alone may make invites."""
    longest: int | None = None
    """Seconds that an invite may last; one without end breaks it."""
    most_uses: int | None = None
    """Uses that an invite may have; one without limit breaks it."""
    most_active: int | None = None
    """Invites that a member may have at a time."""

    def __bool__(self) -> bool:
        """Whether it asks anything."""
        return self != Policy()


def read_policy(settings: Mapping[str, str]) -> Policy:
    """Read the policy from the guild's settings, by their keys within `guild`."""
    role = settings.get(_key(ROLE))
    return Policy(
        role_id=RoleId(role) if role else None,
        longest=_number(settings, LONGEST),
        most_uses=_number(settings, MOST_USES),
        most_active=_number(settings, MOST_ACTIVE),
    )


def policy_of(order: CheckInvite) -> Policy:
    """Read the policy that an order carries, as it was when the invite was seen."""
    return Policy(order.role_id, order.longest, order.most_uses, order.most_active)


def breaches_of_terms(policy: Policy, max_age: int, max_uses: int) -> list[str]:
    """Say which rules an invite's own terms break; `max_age` in seconds, 0 lifts a limit."""
    found: list[str] = []
    if policy.longest is not None and not 0 < max_age <= policy.longest:
        longest = duration(policy.longest)
        found.append(say("invites may last at most {longest}", longest=longest))
    if policy.most_uses is not None and not 0 < max_uses <= policy.most_uses:
        found.append(
            say_count(
                "invites may have at most {number} use",
                "invites may have at most {number} uses",
                policy.most_uses,
            )
        )
    return found


def breaches(
    order: CheckInvite, roles: frozenset[RoleId], role_name: str, active: int | None
) -> list[str]:
    """Say which rules an invite breaks, by what is known of its maker.

    `role_name` is that of the policy's role; `active` how many invites they had when they made it,
    with this one; None for unknown.
    """
    policy = policy_of(order)
    found: list[str] = []
    if policy.role_id is not None and policy.role_id not in roles:
        found.append(say("only members with the role {role} may make invites", role=role_name))
    found += breaches_of_terms(policy, order.max_age, order.max_uses)
    if policy.most_active is not None and active is not None and active > policy.most_active:
        found.append(
            say_count(
                "a member may have at most {number} active invite",
                "a member may have at most {number} active invites",
                policy.most_active,
            )
        )
    return found


def duration(seconds: int) -> str:
    """Say a time in its largest whole unit, for example `7 days`, `30 minutes`."""
    if seconds >= 86_400 and seconds % 86_400 == 0:
        return say_count("{number} day", "{number} days", seconds // 86_400)
    if seconds >= 3_600 and seconds % 3_600 == 0:
        return say_count("{number} hour", "{number} hours", seconds // 3_600)
    if seconds >= 60 and seconds % 60 == 0:
        return say_count("{number} minute", "{number} minutes", seconds // 60)
    return say_count("{number} second", "{number} seconds", seconds)


def _number(settings: Mapping[str, str], name: str) -> int | None:
    value = settings.get(_key(name), "")
    return int(value) if value.isdecimal() and int(value) else None


def _key(name: str) -> str:
    return name.removeprefix("guild#")
