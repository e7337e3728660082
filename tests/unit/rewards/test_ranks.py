"""Ranks and hierarchy, for any guild."""

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD
from tests.fakes.rewards import OWN, OWNER, role
from usher.ids import RoleId, UserId
from usher.rewards.hierarchy import (
    ADMINISTRATOR,
    DANGEROUS,
    MANAGE_ROLES,
    Hall,
    Obstacle,
    dangers,
    obstacle,
    outranks,
)
from usher.rewards.ranks import (
    Mode,
    Rank,
    difference,
    in_order,
    rank_setting,
    read_rank,
    roles_due,
    write_rank,
)
from usher.rewards.settings import Setting, read_settings

IDS = st.sampled_from([RoleId(str(n)) for n in range(200, 208)])
RANKS = st.lists(
    st.builds(Rank, IDS, st.integers(1, 20), st.booleans()), unique_by=lambda rank: rank.role_id
)


@given(RANKS, st.integers(-5, 25), st.sampled_from(Mode), st.sets(IDS))
def test_after_the_difference_the_ranks_roles_are_those_due_and_others_as_they_were(
    ranks: list[Rank], invites: int, mode: Mode, held: set[RoleId]
) -> None:
    governed = {rank.role_id for rank in ranks}
    due = roles_due(ranks, invites, mode)

    give, take = difference(held, due, governed)

    after = (held | set(give)) - set(take)
    assert after & governed == due
    assert after - governed == held - governed
    assert not set(give) & held
    assert set(take) <= held


@given(RANKS, st.integers(-5, 25))
def test_the_highest_is_among_those_reached_and_more_invites_lose_none(
    ranks: list[Rank], invites: int
) -> None:
    reached = roles_due(ranks, invites, Mode.STACK)

    assert roles_due(ranks, invites, Mode.HIGHEST) <= reached
    assert bool(roles_due(ranks, invites, Mode.HIGHEST)) == bool(reached)
    assert reached <= roles_due(ranks, invites + 1, Mode.STACK)


@given(RANKS)
def test_ranks_survive_being_settings(ranks: list[Rank]) -> None:
    rows = {rank_setting(rank.role_id): Setting(write_rank(rank)) for rank in ranks}

    assert read_settings(rows).ranks == in_order(ranks)


@given(st.text())
def test_what_is_no_rank_is_none(text: str) -> None:
    rank = read_rank(RoleId("8"), text)

    assert rank is None or (rank.role_id == "8" and rank.invites >= 0)


ROLES = st.builds(
    lambda id_, position, bits, managed: role(id_, position, bits, managed=managed),
    st.sampled_from(["200", "201", "202", GUILD]),
    st.integers(0, 5),
    st.sampled_from([0, MANAGE_ROLES, ADMINISTRATOR, 1 << 5, 1 << 10]),
    st.booleans(),
)
HALLS = st.builds(
    lambda roles, own, owns: Hall(
        GUILD, "g", OWN if owns else OWNER, {one.role_id: one for one in roles}, OWN, own
    ),
    st.lists(ROLES, max_size=6),
    st.frozensets(st.sampled_from([RoleId("200"), RoleId("201")])),
    st.booleans(),
)


@given(HALLS, st.sampled_from(["200", "201", "202", GUILD]), st.booleans(), st.booleans())
def test_what_nothing_stands_in_the_way_of_discord_allows(
    hall: Hall, role_id: str, trusted: bool, giving: bool
) -> None:
    wanted = RoleId(role_id)
    found = obstacle(hall, wanted, trusted=trusted, giving=giving)
    if found is not None:
        return

    one = hall.roles[wanted]
    assert not one.managed
    assert role_id != GUILD
    if hall.owner_id != OWN:
        own = [hall.roles[held] for held in hall.own_roles if held in hall.roles]
        everyone = hall.roles.get(RoleId(GUILD))
        held = [*own, *([everyone] if everyone else [])]
        assert any(held.permissions & (MANAGE_ROLES | ADMINISTRATOR) for held in held)
        assert any(held.position > one.position for held in own)
    if giving and not trusted:
        assert not any(one.permissions & bit for bit in DANGEROUS)


def test_a_dangerous_role_may_be_taken_and_who_is_owner_stands_above_all() -> None:
    own = role("100", 50, MANAGE_ROLES)
    harmful = role("200", 10, ADMINISTRATOR | 1 << 5)
    roles = {one.role_id: one for one in (own, harmful)}
    hall = Hall(GUILD, "g", OWNER, roles, OWN, frozenset({RoleId("100")}))

    harm = RoleId("200")
    assert obstacle(hall, harm, trusted=False, giving=True) is Obstacle.DANGEROUS
    assert obstacle(hall, harm, trusted=False, giving=False) is None
    assert obstacle(hall, harm, trusted=True, giving=True) is None
    assert dangers(harmful) == ("Administrator", "Manage Server")
    assert outranks(hall, OWNER, (), harm)
    assert not outranks(hall, UserId("9"), (), harm)
    assert outranks(hall, UserId("9"), {RoleId("100")}, harm)
    assert not outranks(hall, UserId("9"), {RoleId("100")}, RoleId("100"))
