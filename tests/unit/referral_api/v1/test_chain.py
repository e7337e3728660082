"""Ways from click to conversion, members' steps, and conversions that are held."""

from tests.builders import at
from tests.referring import OWNER
from tests.unit.referral_api.v1.asking import MEMBER, Api, put
from tests.unit.referral_api.v1.coming import VISITOR, came, clicked, converted, held
from usher.funnel.model import journey_id
from usher.ids import GuildId
from usher.referrals.keys import OWNERS, Scope
from usher.times import format_time

CHAIN = "/api/v1/links/spring-video/chain"
EVENTS = "/api/v1/links/spring-video/events"
HELD = "/api/v1/conversions"
OTHER = "80351110224678913"


def test_one_call_tells_the_whole_way(there: Api) -> None:
    converted(there)

    by_all, by_member, by_visitor = (
        there.ask("GET", f"{CHAIN}{query}").json["items"]
        for query in ("", f"?member_id={MEMBER}", f"?visitor={VISITOR}")
    )

    assert by_all == by_member == by_visitor
    [way] = by_all
    assert way["click"] == {
        "id": "c1",
        "at": "2026-11-20T12:00:00Z",
        "visitor": VISITOR,
        "variant": "bold",
        "device": "",
        "browser": "",
        "system": "",
        "referrer": "",
        "country": "DE",
    }
    assert (way["invite"], way["member_id"]) == ("made1", MEMBER)
    assert way["joined_at"] == "2026-11-20T12:01:00Z"
    assert way["onboarding_started_at"] == "2026-11-20T12:01:40Z"
    assert way["left_at"] is None
    assert way["conversion"]["value"] == "2.50"
    assert way["conversion"]["standing"] == "counted"
    assert way["conversion"]["metadata"] == {"roles_assigned": 1}


def test_a_visitor_who_has_not_joined_has_a_click_and_an_invite(there: Api) -> None:
    clicked(there)

    [way] = there.ask("GET", f"{CHAIN}?visitor={VISITOR}").json["items"]

    assert (way["invite"], way["member_id"], way["joined_at"]) == ("made1", None, None)
    assert there.ask("GET", CHAIN).json["items"] == []
    assert there.ask("GET", f"{CHAIN}?visitor={'0' * 24}").json["items"] == []
    assert there.ask("GET", f"{CHAIN}?member_id={OTHER}").json["items"] == []


def test_ways_and_steps_are_listed_newest_first_page_by_page(there: Api) -> None:
    for number in range(5):
        came(there, f"8035111022467891{number}", at(number), onboarded_at=at(100 - number))
    for path, names in (
        (CHAIN, ["4", "3", "2", "1", "0"]),
        (EVENTS, ["4", "3", "2", "1", "0"]),
        (f"{EVENTS}?kind=onboarding_start", ["0", "1", "2", "3", "4"]),
    ):
        found: list[str] = []
        follow, mark = "", "&" if "?" in path else "?"
        while True:
            page = there.ask("GET", f"{path}{mark}limit=2{follow}").json
            found += [one["member_id"][-1] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            follow = f"&cursor={page['next_cursor']}"
        assert found == names


def test_a_step_says_all_that_is_known(there: Api) -> None:
    converted(there)

    [told] = there.ask("GET", f"{EVENTS}?kind=conversion").json["items"]

    assert (told["kind"], told["link"], told["campaign_id"]) == (
        "conversion",
        "spring-video",
        "100",
    )
    assert (told["value"], told["standing"], told["variant"]) == ("2.50", "counted", "bold")
    assert told["click"]["visitor"] == VISITOR
    assert there.ask("GET", f"{EVENTS}?kind=click").status == 422


def test_others_links_have_no_chain(there: Api) -> None:
    other = there.make_key("b" * 12, frozenset({Scope.ANALYTICS_READ}), guild_id=GuildId("1"))
    mine = there.make_key("c" * 12, frozenset({Scope.ANALYTICS_READ}), OWNER)

    for path in (CHAIN, EVENTS):
        assert there.ask("GET", path, key=other).status == 404
        assert there.ask("GET", path, key=mine).status == 200


def test_held_conversions_are_listed_and_decided_once(there: Api) -> None:
    first, second = held(there), held(there, OTHER, 64)

    page = there.ask("GET", f"{HELD}/held?limit=1").json
    [one] = page["items"]
    assert one["id"] == journey_id(first)
    assert one["conversion"]["signals"] == [{"kind": "fast_conversion", "found": 3, "limit": 10}]
    rest = there.ask("GET", f"{HELD}/held?limit=1&cursor={page['next_cursor']}").json
    assert [one["id"] for one in rest["items"]] == [journey_id(second)]
    assert rest["next_cursor"] is None

    yes = there.ask("POST", f"{HELD}/{journey_id(first)}/approve").json
    assert yes["conversion"]["standing"] == "approved"
    assert yes["conversion"]["reviewed_by"] == OWNER
    too_late = there.ask("POST", f"{HELD}/{journey_id(first)}/reject").json
    assert too_late["conversion"]["standing"] == "approved"
    there.ask("POST", f"{HELD}/{journey_id(second)}/reject")

    counts = there.ask("GET", "/api/v1/links/spring-video").json["counts"]
    assert (counts["joins"], counts["conversions"], counts["held"]) == (2, 1, 0)
    assert there.ask("GET", f"{HELD}/held").json["items"] == []


def test_what_is_no_conversion_is_not_found(there: Api) -> None:
    joined_only = came(there)

    for name in (journey_id(joined_only), "1-1", f"{MEMBER}-99999999999999999"):
        assert there.ask("POST", f"{HELD}/{name}/approve").status == 404
    assert there.ask("POST", f"{HELD}/x/approve").status == 422


def test_a_review_needs_its_scope_which_no_link_owner_can_have(there: Api) -> None:
    name = journey_id(held(there))
    reader = there.make_key("b" * 12, frozenset({Scope.CONVERSIONS_READ}))
    elsewhere = there.make_key("c" * 12, guild_id=GuildId("1"))

    assert there.ask("POST", f"{HELD}/{name}/approve", key=reader).status == 403
    assert there.ask("POST", f"{HELD}/{name}/approve", key=elsewhere).status == 404
    assert len(there.ask("GET", f"{HELD}/held", key=reader).json["items"]) == 1
    assert not OWNERS & {Scope.CONVERSIONS_READ, Scope.CONVERSIONS_WRITE}


def test_a_program_tells_of_a_conversion_once_a_membership(there: Api) -> None:
    put(
        there,
        f"M#{MEMBER}",
        outcome="unattributed",
        kind="unknown",
        confidence="none",
        joined_at=format_time(at(-60)),
    )
    told = {"member_id": MEMBER, "value": "19.99", "referral_code": "spring-video"}

    first, second = (there.ask("POST", HELD, told | {"value": v}) for v in ("19.99", "5"))

    assert [(one.status, one.json["outcome"]) for one in (first, second)] == [
        (200, "recorded"),
        (200, "repeated"),
    ]
    counts = there.ask("GET", "/api/v1/links/spring-video").json["counts"]
    assert (counts["joins"], counts["conversions"], counts["value"]) == (1, 1, "19.99")
    assert len(there.teller.told) == 1


def test_whoever_nobody_saw_join_converts_nothing(there: Api) -> None:
    assert there.ask("POST", HELD, {"member_id": OTHER}).json["code"] == "unknown_member"
    for wrong in ({}, {"member_id": OTHER, "value": "-1"}, {"member_id": OTHER, "value": 5}):
        assert there.ask("POST", HELD, wrong).status == 422
