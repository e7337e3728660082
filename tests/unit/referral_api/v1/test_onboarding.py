"""A program has a member sent the button of an onboarding."""

import pytest

from tests.builders import GUILD
from tests.referring import CODE
from tests.unit.referral_api.v1.asking import MEMBER, Api
from usher.contracts.onboarding_effects import OfferOnboarding
from usher.referrals.keys import Scope

PATH = "/api/discord-bot/onboarding"
BODY = {
    "campaign_id": "100",
    "discord_user_id": MEMBER,
    "discord_username": "ana",
    "referral_code": CODE,
}


def answering(there: Api, outcome: str, where: str = "") -> None:
    """Let the effects function answer so."""

    def effects() -> None:
        for order in there.orders.waiting:
            there.outcomes.keep(GUILD, order.id, outcome, where, there.now)

    there.effects = effects


@pytest.mark.parametrize(
    ("outcome", "where", "delivery"),
    [
        ("direct_message", "", "direct_message"),
        ("channel", "500", "channel"),
        ("waiting_for_screening", "", "waiting_for_screening"),
        ("already_completed", "", "already_completed"),
    ],
)
def test_the_answer_says_what_happened(there: Api, outcome: str, where: str, delivery: str) -> None:
    answering(there, outcome, where)

    told = there.ask("POST", PATH, BODY)

    assert told.status == 200
    assert told.json == {"success": True, "delivery": delivery, "channel_id": where or None}
    (order,) = there.orders.waiting
    assert isinstance(order, OfferOnboarding)
    assert (order.guild_id, order.user_id, order.campaign_id, order.link) == (
        GUILD,
        MEMBER,
        "100",
        CODE,
    )


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("not_a_member", "not_a_member"),
        ("other_campaign", "other_campaign"),
        ("nowhere", "unreachable"),
    ],
)
def test_what_cannot_be_done_is_a_problem(there: Api, outcome: str, code: str) -> None:
    answering(there, outcome)
    told = there.ask("POST", PATH, BODY)
    assert (told.status, told.json["code"]) == (409, code)


def test_a_slow_discord_is_told_and_asking_again_says_more(there: Api) -> None:
    told = there.ask("POST", PATH, BODY, idempotency_key="one")
    assert told.json == {"success": True, "delivery": "pending", "channel_id": None}
    answering(there, "direct_message")
    assert there.ask("POST", PATH, BODY).json["delivery"] == "direct_message"
    assert len(there.orders.waiting) == 2


def test_the_same_idempotency_key_orders_once(there: Api) -> None:
    answering(there, "direct_message")
    first, again = (there.ask("POST", PATH, BODY, idempotency_key="one") for _ in range(2))
    assert first.json == again.json
    assert len(there.orders.waiting) == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"campaign_id": "999"}, 404, "unknown_campaign"),
        ({"referral_code": "nobodys"}, 404, "unknown_link"),
        ({"referral_code": "a b"}, 404, "unknown_link"),
        ({"discord_user_id": "ana"}, 422, "invalid"),
        ({"more": 1}, 422, "invalid"),
    ],
)
def test_a_wrong_body_is_told(
    there: Api, change: dict[str, object], status: int, code: str
) -> None:
    told = there.ask("POST", PATH, BODY | change)
    assert (told.status, told.json["code"]) == (status, code)
    assert there.orders.waiting == []


def test_it_needs_a_key_with_its_scope(there: Api) -> None:
    assert there.ask("POST", PATH, BODY, key="").status == 401
    other = there.make_key("b" * 12, frozenset(Scope) - {Scope.ONBOARDING_WRITE})
    told = there.ask("POST", PATH, BODY, key=other)
    assert (told.status, told.json["code"]) == (403, "missing_scope")
    assert told.headers["ratelimit-limit"]
