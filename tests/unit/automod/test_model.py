"""What is done about whom: its own word first, and what is written is read again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from usher.automod.model import (
    Policy,
    Reaction,
    Step,
    anything,
    chosen,
    read_policies,
    read_policy,
    setting,
    with_reaction,
    without,
    write_policy,
)

KEYWORDS = st.one_of(st.none(), st.sampled_from(["cat", "dog*", 'ü, "x"']))
REACTIONS = st.builds(
    Reaction,
    st.sampled_from(Step),
    KEYWORDS,
    st.one_of(st.none(), st.integers(60, 10**8).map(lambda n: timedelta(seconds=n))),
    st.integers(1, 10),
)


def policy(reactions: list[Reaction]) -> Policy:
    held = Policy("Blocked words")
    for one in reactions:
        held = with_reaction(held, one)
    return held


@given(st.lists(REACTIONS, min_size=1))
def test_what_is_written_is_read_again(reactions: list[Reaction]) -> None:
    held = policy(reactions)
    written = write_policy(held)
    assert written is not None
    assert read_policy(written) == held
    assert read_policies({"7": written}) == {"7": held}


@given(st.lists(REACTIONS))
def test_the_last_wish_about_a_word_counts_alone(reactions: list[Reaction]) -> None:
    held = policy(reactions)
    last = {one.keyword: one for one in reactions}
    assert {one.keyword: one for one in held.reactions} == last
    assert len(held.reactions) == len(last)


@given(st.lists(REACTIONS), KEYWORDS)
def test_a_word_s_own_reaction_goes_before_the_rule_s(
    reactions: list[Reaction], keyword: str | None
) -> None:
    held = policy(reactions)
    found = chosen(held, keyword)
    own = [one for one in held.reactions if one.keyword == keyword]
    rule = [one for one in held.reactions if one.keyword is None]
    assert found == next(iter(own or rule), None)
    assert chosen(held, "never heard of") == next(iter(rule), None)


@given(st.lists(REACTIONS), KEYWORDS)
def test_what_is_taken_away_is_gone(reactions: list[Reaction], keyword: str | None) -> None:
    left = without(policy(reactions), keyword)
    assert keyword not in [one.keyword for one in left.reactions]
    assert without(left, keyword) == left


def test_nothing_to_do_is_no_setting() -> None:
    assert write_policy(Policy("x")) is None
    assert not anything([Policy("x")])
    assert anything([Policy("x"), Policy("y", (Reaction(Step.KICK),))])
    assert setting("7") == "automod#7"
