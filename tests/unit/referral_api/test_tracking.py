"""Clicks, campaign data and the way in, and the problems that are told."""

import pytest

from tests.unit.referral_api.visiting import Door
from usher.platform.signed_http import AwsError
from usher.referrals.clicks import Click
from usher.referrals.model import Brand

API = "/api/referral/spring-video"


def test_the_pages_beacon_counts_a_person_once_an_hour() -> None:
    there = Door().campaign()

    answers = [there.ask("POST", "/r/spring-video/seen") for _ in range(2)]
    there.ask("POST", "/r/spring-video/seen", address="203.0.113.9")

    assert [one.status for one in answers] == [204, 204]
    assert there.counts() == (2, 0, 1)


def test_the_button_leads_to_the_invite_and_is_the_same_click_as_the_beacon() -> None:
    there = Door().campaign()
    there.ask("POST", "/r/spring-video/seen")

    way = there.ask("POST", "/r/spring-video", "variant=", headers={"content-type": "text/plain"})

    assert (way.status, way.headers["location"]) == (303, "https://discord.gg/abc")
    assert way.headers["cache-control"] == "no-store"
    assert there.counts() == (1, 0, 1)


def test_a_full_house_is_a_page_and_a_problem() -> None:
    there = Door().campaign()
    there.invitations.url = None

    page = there.ask("POST", "/r/spring-video")
    problem = there.ask(
        "POST", "/api/discord/create-managed-invite", {"referral_code": "spring-video"}
    )

    assert (page.status, "The door is crowded" in page.body) == (503, True)
    assert (problem.status, problem.json["code"]) == (503, "no_invite")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.headers["retry-after"] == "60"


def test_unfurlers_of_the_page_are_recorded_and_people_wait_for_the_beacon() -> None:
    there = Door().campaign()
    unfurler = {"user-agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"}

    shown = there.ask("GET", "/r/spring-video", headers=unfurler)
    assert "og:title" in shown.body
    assert there.ask("HEAD", "/r/spring-video").status == 200
    assert there.ask("GET", "/r/spring-video").status == 200

    assert there.counts() == (0, 1, 0)


def test_head_records_a_click_and_leads_nowhere() -> None:
    there = Door().campaign()

    told = there.ask("HEAD", API)

    assert (told.status, told.body) == (200, "")
    assert "location" not in told.headers
    assert there.counts() == (1, 0, 0)

    there.ask("HEAD", API, headers={"user-agent": "curl/8.5.0"})
    there.ask("HEAD", API)
    assert there.counts() == (1, 1, 1)


def test_get_records_a_click_and_leads_on() -> None:
    there = Door().campaign()

    told = there.ask("GET", API)

    assert (told.status, told.headers["location"]) == (302, "https://discord.gg/abc")
    assert told.body == ""
    assert there.counts() == (1, 0, 0)


def test_unfurlers_are_kept_apart() -> None:
    there = Door().campaign()
    there.ask("GET", API, headers={"user-agent": "Twitterbot/1.0"})
    there.ask("GET", API, headers={"sec-purpose": "prefetch"})

    assert there.counts() == (0, 2, 0)
    assert there.invitations.asked == ["", ""]


def test_a_page_of_ones_own_gets_the_campaign() -> None:
    there = Door(description="On the channel").campaign(
        offer="Early", brand=Brand(color=0x00FF00, logo_url="https://a.example/l.png")
    )

    told = there.ask("GET", f"{API}/campaign")

    assert told.status == 200
    assert told.json == {
        "code": "spring-video",
        "title": "Spring video",
        "description": "On the channel",
        "campaign": "Spring",
        "brand": "Guild 613425648685547541",
        "offer": "Early",
        "welcome": "",
        "color": "#00ff00",
        "logo_url": "https://a.example/l.png",
        "mode": "managed",
        "state": "open",
        "variant": None,
    }
    assert there.counts() == (0, 0, 0)


def test_an_invite_is_given_by_script() -> None:
    there = Door().campaign()

    told = there.ask(
        "POST", "/api/discord/create-managed-invite", {"referral_code": "spring-video"}
    )

    assert (told.status, told.json) == (
        200,
        {"success": True, "invite_url": "https://discord.gg/abc"},
    )


def test_a_closed_link_is_a_problem_for_programs() -> None:
    there = Door(active=False).campaign()

    for told in (
        there.ask("GET", API),
        there.ask("POST", "/api/discord/create-managed-invite", {"referral_code": "spring-video"}),
    ):
        assert (told.status, told.json["code"]) == (409, "link_paused")
    assert there.ask("GET", f"{API}/campaign").json["state"] == "paused"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/referral/nobody-made-this", None, 404, "unknown_link"),
        ("HEAD", "/api/referral/nobody-made-this", None, 404, "unknown_link"),
        ("GET", "/api/nothing", None, 404, "not_found"),
        ("DELETE", API, None, 404, "not_found"),
        ("POST", "/api/discord/create-managed-invite", {}, 422, "invalid"),
        ("POST", "/api/discord/create-managed-invite", {"referral_code": ""}, 422, "invalid"),
        ("POST", "/api/discord/create-managed-invite", {"referral_code": 5}, 422, "invalid"),
        ("POST", "/api/discord/create-managed-invite", [1], 422, "invalid"),
        ("POST", "/api/discord/create-managed-invite", "{not json", 422, "invalid"),
        ("POST", "/api/discord/create-managed-invite", None, 422, "invalid"),
        ("GET", "/api/referral/" + "x" * 65, None, 422, "invalid"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    method: str, path: str, body: object, status: int, code: str
) -> None:
    told = Door().campaign().ask(method, path, body)

    assert told.status == status
    assert told.headers["content-type"] == "application/problem+json"
    if method != "HEAD":
        assert told.json["code"] == code
        assert told.json["status"] == status
        assert told.json["request_id"] == "request-1"


def test_what_is_wrong_is_pointed_at() -> None:
    told = Door().ask("POST", "/api/discord/create-managed-invite", {"referral_code": ""})

    assert told.json["errors"][0]["pointer"] == "/body/referral_code"


def test_a_table_that_is_down_is_told_and_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Door().campaign()

    def down(click: Click) -> Click:
        raise AwsError("PutItem", 500, click.id)

    monkeypatch.setattr(there.table, "record", down)
    told = there.ask("GET", API)

    assert (told.status, told.json["code"]) == (503, "unavailable")
    assert told.headers["retry-after"] == "2"
    assert [level for level, *_ in there.log.lines] == ["exception"]


def test_a_fault_of_ours_is_told_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Door().campaign()

    def broken(click: Click) -> Click:
        raise RuntimeError("secret of ours", click)

    monkeypatch.setattr(there.table, "record", broken)
    told = there.ask("GET", API)

    assert (told.status, told.json["code"]) == (500, "internal")
    assert "secret" not in told.body
    assert there.log.lines[0][0] == "exception"


def test_who_debugs_is_told_of_every_request_but_not_of_its_query() -> None:
    there = Door().campaign()

    there.ask("GET", "/r/nowhere", query="code=a-secret")

    [(said, told)] = there.log.details
    assert said == "request answered"
    assert (told["path"], told["status"]) == ("/r/nowhere", 404)
    assert "a-secret" not in str(told)
