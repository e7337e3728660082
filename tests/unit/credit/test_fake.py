"""What each rule holds of, and what it leaves alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import START, at
from usher.credit.fake import (
    DISCORD_EPOCH,
    Facts,
    Rule,
    Rules,
    born_at,
    in_order,
    judge,
    judge_inviter,
    read_rules,
    settings_of,
    version_of,
)
from usher.ids import VANITY, RoleId, UserId

OLD = UserId("80351110224678912")
ROLE = RoleId("41771983423143936")
NONE = Rules(self_invite=False)
PLAIN = Facts(OLD, START, UserId("900"), has_avatar=True)

ALL = Rules(
    self_invite=True,
    young_account=7,
    rejoin=True,
    left_within=24,
    default_avatar=True,
    missing_role=ROLE,
    blocked=frozenset({UserId("900")}),
)


def born(ago: timedelta) -> UserId:
    """An account made so long before the start of every story."""
    moment = int((START - ago).timestamp() * 1000) - DISCORD_EPOCH
    return UserId(str(moment << 22))


def test_an_id_tells_when_an_account_was_made() -> None:
    # Discord's own example (API reference: Convert Snowflake to DateTime)
    assert born_at(UserId("175928847299117063")).isoformat(timespec="milliseconds") == (
        "2016-04-30T11:18:25.796+00:00"
    )


@pytest.mark.parametrize(
    ("rules", "facts", "holds"),
    [
        (Rules(), replace(PLAIN, inviter_id=OLD), Rule.SELF_INVITE),
        (replace(NONE, young_account=7), replace(PLAIN, user_id=born(timedelta(days=6.9))), None),
        (replace(NONE, rejoin=True), replace(PLAIN, returned=True), Rule.REJOIN),
        (replace(NONE, left_within=2), replace(PLAIN, left_at=at(7199)), Rule.LEFT_WITHIN),
        (replace(NONE, default_avatar=True), replace(PLAIN, has_avatar=False), None),
        (replace(NONE, missing_role=ROLE), replace(PLAIN, lacks=ROLE), Rule.MISSING_ROLE),
        (replace(NONE, blocked=frozenset({UserId("900")})), PLAIN, Rule.BLOCKED),
    ],
)
def test_each_rule_holds_and_only_when_it_is_on(
    rules: Rules, facts: Facts, holds: Rule | None
) -> None:
    found = judge(rules, facts)

    assert len(found) == 1
    assert holds in (None, found[0])
    assert judge(NONE, facts) == ()


@pytest.mark.parametrize(
    ("rules", "facts"),
    [
        (ALL, Facts(OLD, START)),
        (replace(NONE, young_account=7), replace(PLAIN, user_id=born(timedelta(days=7)))),
        (replace(NONE, left_within=2), replace(PLAIN, left_at=at(7200))),
        (replace(NONE, left_within=2), PLAIN),
        (replace(NONE, default_avatar=True), replace(PLAIN, has_avatar=None)),
        (replace(NONE, missing_role=ROLE), replace(PLAIN, lacks=RoleId("5"))),
        (replace(NONE, missing_role=ROLE), PLAIN),
        (Rules(blocked=frozenset({UserId(VANITY)})), replace(PLAIN, inviter_id=VANITY)),
    ],
)
def test_at_the_bound_and_where_nobody_knows_no_rule_holds(rules: Rules, facts: Facts) -> None:
    assert judge(rules, facts) == ()


def test_a_new_inviter_changes_what_hangs_on_the_inviter_alone() -> None:
    # Given a verdict by rules that have been turned off since
    verdict = ("self_invite", "rejoin", "of_a_later_release")

    found = judge_inviter(replace(NONE, blocked=frozenset({UserId("900")})), PLAIN, verdict)

    assert found == ("rejoin", "blocked", "of_a_later_release")


def test_self_invites_alone_are_fake_unless_something_else_is_set() -> None:
    assert read_rules({}) == Rules() == Rules(self_invite=True)


@given(
    st.builds(
        Rules,
        self_invite=st.booleans(),
        young_account=st.none() | st.integers(1, 999),
        rejoin=st.booleans(),
        left_within=st.none() | st.integers(1, 999),
        default_avatar=st.booleans(),
        missing_role=st.none() | st.just(ROLE),
        blocked=st.frozensets(st.sampled_from([UserId("1"), UserId("2")])),
    )
)
def test_rules_come_back_from_their_settings(rules: Rules) -> None:
    values = {str(rule): value for rule, value in settings_of(rules).items()}
    again = read_rules(values, [*rules.blocked])

    assert again == rules
    assert version_of(again) == version_of(rules)
    assert (version_of(rules) == version_of(Rules())) == (rules == Rules())


@pytest.mark.parametrize("value", ["", "yes", "-1", "0", "1.5", "²"])
def test_a_value_that_says_nothing_is_the_default(value: str) -> None:
    assert read_rules({rule.value: value for rule in Rule}) in (
        Rules(),
        replace(Rules(), missing_role=RoleId("0")),
    )


def test_names_have_one_order() -> None:
    names = ["zzz", *(rule.value for rule in reversed(Rule)), "aaa"]

    assert in_order(names) == (*(rule.value for rule in Rule), "aaa", "zzz")
