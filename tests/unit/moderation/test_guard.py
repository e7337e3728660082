"""The guard, over everything that can meet: actor, target, bot, action and permission."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.ids import GuildId, RoleId, UserId
from usher.moderation.guard import (
    NEEDS,
    Action,
    Actor,
    Asked,
    Refusal,
    Target,
    may,
    permissions_of,
    refusal,
)
from usher.rewards.hierarchy import Hall, Role
from usher.slash.permissions import Permission, allows

GUILD = GuildId("10")
OWNER, USHER, ACTOR, TARGET = (UserId(str(one)) for one in (1, 2, 3, 4))
EVERYONE = RoleId(GUILD)
MODERATORS = frozenset({RoleId("77")})
BITS = (
    Permission.NONE,
    Permission.KICK_MEMBERS,
    Permission.BAN_MEMBERS,
    Permission.MODERATE_MEMBERS,
    Permission.BAN_MEMBERS | Permission.MANAGE_GUILD,
    Permission.ADMINISTRATOR,
)


def role(role_id: str, position: int, permissions: int = 0) -> Role:
    return Role(RoleId(role_id), f"role {role_id}", position, permissions)


ROLES = {
    one.role_id: one
    for one in (
        role(EVERYONE, 0),
        role("11", 1),
        role("12", 2),
        role("13", 3),
        role("14", 3),
        role("15", 4, Permission.ADMINISTRATOR),
        role("77", 2),
        role("90", 3, Permission.ADMINISTRATOR),
        role("91", 3, Permission.KICK_MEMBERS),
        role("92", 0),
    )
}
HALL = Hall(GUILD, "Home", OWNER, ROLES, USHER, frozenset({RoleId("90")}))

role_sets = st.frozensets(st.sampled_from([*ROLES, RoleId("404")]), max_size=3)
halls = st.one_of(
    st.none(),
    st.builds(
        lambda own, owner: replace(HALL, own_roles=own, owner_id=owner),
        role_sets,
        st.sampled_from([OWNER, ACTOR, USHER]),
    ),
    st.just(replace(HALL, guild_id=GuildId("11"))),
    st.just(replace(HALL, roles={})),
)
actors = st.builds(
    Actor,
    st.sampled_from([ACTOR, OWNER, USHER, TARGET]),
    st.sampled_from([int(one) for one in BITS]),
    st.one_of(st.none(), role_sets),
    st.booleans(),
)
targets = st.builds(
    Target,
    st.sampled_from([TARGET, OWNER, USHER, ACTOR]),
    st.sampled_from([True, False, None]),
    st.sampled_from([True, False, None]),
    role_sets,
)
everything = st.builds(
    Asked,
    st.sampled_from([GUILD, None]),
    st.sampled_from(Action),
    actors,
    targets,
    st.booleans(),
)


def height(hall: Hall, roles: frozenset[RoleId]) -> int:
    """The reference: written apart from what the guard uses."""
    return max([0, *(hall.roles[one].position for one in roles)])


def check(asked: Asked, hall: Hall | None) -> None:
    """Hold one answer against the rules as SPEC 7.6 and the safety rules say them."""
    if refusal(asked, hall, MODERATORS) is not None:
        return
    assert hall is not None
    assert asked.guild_id == hall.guild_id
    actor, target, needs = asked.actor, asked.target, NEEDS[asked.action]
    assert target.user_id not in (actor.user_id, hall.owner_id, hall.own_id)
    assert target.member is not None
    assert target.bot is False or asked.confirmed or needs.lifts
    assert target.member or not needs.member
    if hall.own_id != hall.owner_id:
        assert hall.own_roles <= hall.roles.keys()
        own = permissions_of(hall, hall.own_roles)
        assert own is not None
        assert allows(own, needs.bot)
    if actor.by_rule:
        assert actor.user_id == hall.own_id
    elif actor.user_id != hall.owner_id:
        moderator = actor.roles is not None and bool(actor.roles & MODERATORS)
        by_role = moderator and not needs.actor & Permission.MANAGE_GUILD
        assert allows(actor.permissions, needs.actor) or by_role
    if target.member:
        assert target.roles <= hall.roles.keys()
        if actor.user_id != hall.owner_id and not actor.by_rule:
            assert actor.roles is not None
            assert actor.roles <= hall.roles.keys()
            assert height(hall, target.roles) < height(hall, actor.roles)
        if hall.own_id != hall.owner_id:
            assert height(hall, target.roles) < height(hall, hall.own_roles)


@given(everything, halls)
def test_nobody_acts_above_themselves(asked: Asked, hall: Hall | None) -> None:
    check(asked, hall)


def test_the_whole_matrix() -> None:
    """Every combination of a small world, and that the guard lets something through at all."""
    ids = [None, *(RoleId(one) for one in ("11", "12", "13", "14", "15", "77", "404"))]
    sets = [frozenset() if one is None else frozenset({one}) for one in ids]
    own = [frozenset({RoleId(one)}) for one in ("90", "91", "92", "404")]
    passed = 0
    for action, bits, acting, standing, holding in product(Action, BITS, sets, sets, own):
        for who, whom in product((ACTOR, OWNER), (TARGET, OWNER, USHER)):
            for member in (True, False):
                asked = Asked(
                    GUILD,
                    action,
                    Actor(who, int(bits), acting),
                    Target(whom, False, member, standing if member else frozenset()),
                )
                hall = replace(HALL, own_roles=holding)
                check(asked, hall)
                passed += refusal(asked, hall, MODERATORS) is None
    assert passed > 1_000


BAN = Asked(
    GUILD,
    Action.BAN,
    Actor(ACTOR, int(Permission.BAN_MEMBERS), frozenset({RoleId("12")})),
    Target(TARGET, False, True, frozenset({RoleId("11")})),
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (BAN, None),
        (replace(BAN, guild_id=None), Refusal.UNKNOWN),
        (replace(BAN, actor=replace(BAN.actor, permissions=0)), Refusal.PERMISSION),
        (replace(BAN, target=replace(BAN.target, user_id=ACTOR)), Refusal.SELF),
        (replace(BAN, target=replace(BAN.target, user_id=OWNER)), Refusal.OWNER),
        (replace(BAN, target=replace(BAN.target, user_id=USHER)), Refusal.USHER),
        (replace(BAN, target=replace(BAN.target, bot=True)), Refusal.BOT),
        (replace(BAN, target=replace(BAN.target, bot=True), confirmed=True), None),
        (replace(BAN, target=replace(BAN.target, bot=None)), Refusal.UNKNOWN),
        (replace(BAN, target=replace(BAN.target, member=None)), Refusal.UNKNOWN),
        (
            replace(BAN, target=replace(BAN.target, roles=frozenset({RoleId("12")}))),
            Refusal.ABOVE_ACTOR,
        ),
        (
            replace(BAN, target=replace(BAN.target, roles=frozenset({RoleId("404")}))),
            Refusal.UNKNOWN,
        ),
        (replace(BAN, actor=replace(BAN.actor, roles=None)), Refusal.UNKNOWN),
        (replace(BAN, actor=Actor(OWNER)), None),
        (replace(BAN, target=Target(TARGET, False, False)), None),
        (replace(BAN, actor=Actor(ACTOR, 0, frozenset({RoleId("77")}))), None),
        (
            replace(BAN, action=Action.MASSBAN, actor=Actor(ACTOR, 0, frozenset({RoleId("77")}))),
            Refusal.PERMISSION,
        ),
        (replace(BAN, actor=Actor(USHER, by_rule=True)), None),
        (replace(BAN, actor=Actor(ACTOR, by_rule=True)), Refusal.PERMISSION),
    ],
)
def test_each_reason_has_its_name(asked: Asked, found: Refusal | None) -> None:
    assert refusal(asked, HALL, MODERATORS) is found


def test_an_administrator_is_not_timed_out() -> None:
    hall = replace(HALL, owner_id=ACTOR, own_roles=frozenset({RoleId("15")}))
    low = {**ROLES, RoleId("16"): role("16", 1, Permission.ADMINISTRATOR)}
    hall = replace(hall, roles=low)
    target = Target(TARGET, False, True, frozenset({RoleId("16")}))
    mute = Asked(GUILD, Action.MUTE, Actor(ACTOR), target)
    assert refusal(mute, hall, ()) is Refusal.ADMINISTRATOR
    assert refusal(replace(mute, action=Action.KICK), hall, ()) is None


def test_the_bot_below_its_target_refuses() -> None:
    hall = replace(HALL, own_roles=frozenset({RoleId("90")}))
    target = replace(BAN.target, roles=frozenset({RoleId("13")}))
    by_owner = replace(BAN, actor=Actor(OWNER), target=target)
    assert refusal(by_owner, hall, ()) is Refusal.ABOVE_BOT
    weak = replace(HALL, own_roles=frozenset({RoleId("91")}))
    assert refusal(BAN, weak, ()) is Refusal.BOT_PERMISSION


def test_who_leaves_nothing_said_may_nothing() -> None:
    assert not may(Actor(ACTOR), HALL, Permission.BAN_MEMBERS, MODERATORS)
    assert may(Actor(OWNER), HALL, Permission.BAN_MEMBERS, MODERATORS)
