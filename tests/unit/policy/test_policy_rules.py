"""Which invites break the policy, and which are worth a look."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, joined, observe, row
from usher.contracts.effect import CheckInvite, decode_effect, encode_effect
from usher.contracts.observation import AuditEntry, InviteCreated
from usher.ids import ChannelId, InviteCode, RoleId, UserId
from usher.policy.checking import checks
from usher.policy.rules import Policy, breaches, duration, read_policy

ROLE = RoleId("500")


def made(code: str = "abc", *, max_age: int = 0, max_uses: int = 0) -> InviteCreated:
    return InviteCreated(replace(row(code, max_uses=max_uses), max_age=max_age), at(5))


def orders(policy: Policy, event: InviteCreated) -> tuple[CheckInvite, ...]:
    return checks(observe(joined("1", 4), event), policy, ChannelId("77"))


@pytest.mark.parametrize(
    ("policy", "max_age", "max_uses", "worth_a_look"),
    [
        (Policy(), 0, 0, False),
        (Policy(longest=3600), 0, 0, True),
        (Policy(longest=3600), 3600, 0, False),
        (Policy(longest=3600), 3601, 0, True),
        (Policy(most_uses=5), 0, 0, True),
        (Policy(most_uses=5), 0, 5, False),
        (Policy(most_uses=5), 0, 6, True),
        (Policy(role_id=ROLE), 60, 1, True),
        (Policy(most_active=3), 60, 1, True),
    ],
)
def test_only_what_may_break_the_policy_is_looked_at(
    policy: Policy, max_age: int, max_uses: int, worth_a_look: bool
) -> None:
    assert bool(orders(policy, made(max_age=max_age, max_uses=max_uses))) is worth_a_look


def test_an_order_carries_invite_and_policy_and_is_the_same_each_time() -> None:
    policy = Policy(ROLE, 3600, 5, 2)
    [order] = orders(policy, made(max_age=7200, max_uses=10))

    assert order == orders(policy, made(max_age=7200, max_uses=10))[0]
    assert order == CheckInvite(
        order.id, GUILD, row("abc").code, row("abc").inviter_id or order.user_id, 7200, 10,
        ROLE, 3600, 5, 2, ChannelId("77"),
    )  # fmt: skip
    assert order.id != orders(policy, made("def", max_age=7200))[0].id
    assert decode_effect(encode_effect(order)) == order


@pytest.mark.parametrize(("seconds", "found"), [(5, ()), (700, ("abc",))])
def test_an_invite_made_in_an_absence_is_found_in_the_audit_log(
    seconds: float, found: tuple[str, ...]
) -> None:
    # Given an entry that was made at 5 s, heard at once or read later
    entry = AuditEntry(40, UserId("900"), None, InviteCode("abc"), at(5), row("abc"))

    told = checks(observe(entry, seconds=seconds), Policy(longest=3600), None)

    assert tuple(order.code for order in told) == found


def test_every_breach_is_named() -> None:
    [order] = orders(Policy(ROLE, 604_800, 1, 2), made())

    assert breaches(order, frozenset(), "Recruiter", 3) == [
        "only members with the role Recruiter may make invites",
        "invites may last at most 7 days",
        "invites may have at most 1 use",
        "a member may have at most 2 active invites",
    ]
    assert breaches(order, frozenset({ROLE}), "", None)[0].startswith("invites may last")


def test_what_keeps_the_policy_breaks_nothing() -> None:
    [order] = orders(Policy(ROLE, 604_800, 1, 2), made(max_age=60, max_uses=1))

    assert breaches(order, frozenset({ROLE}), "", 2) == []


def test_settings_that_make_no_sense_ask_nothing() -> None:
    assert read_policy({"policy_max_uses": "many", "policy_max_age_seconds": "0"}) == Policy()
    assert read_policy({"policy_role_id": "500", "policy_max_active": "3"}) == Policy(
        ROLE, most_active=3
    )


def test_times_are_told_in_their_largest_whole_unit() -> None:
    said = [duration(seconds) for seconds in (60, 90, 1800, 3600, 43_200, 86_400, 604_800)]

    assert said == [
        "1 minute", "90 seconds", "30 minutes", "1 hour", "12 hours", "1 day", "7 days"
    ]  # fmt: skip
