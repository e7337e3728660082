"""Links: made, read, changed, switched off, listed."""

from datetime import timedelta

import pytest

from tests.builders import at
from tests.referring import OWNER, click, link
from tests.unit.referral_api.v1.asking import MEMBER, Api
from usher.ids import InviteCode
from usher.referrals.model import LinkCode, Mode
from usher.referrals.ways import GUARANTEES

LINKS = "/api/v1/links"
CAMPAIGNS = "/api/v1/campaigns"
NEW = {"campaign_id": "100", "title": "Video"}


def codes(there: Api, query: str) -> list[str]:
    """All codes of a list, page by page."""
    found: list[str] = []
    cursor = ""
    for _ in range(20):
        page = there.ask("GET", f"{LINKS}?{query}{cursor}")
        assert page.status == 200, page.body
        found += [one["code"] for one in page.json["items"]]
        if page.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={page.json['next_cursor']}"
    raise AssertionError("a list without end")


def test_a_link_is_made_read_changed_and_switched_off(there: Api) -> None:
    made = there.ask(
        "POST",
        LINKS,
        {
            "campaign_id": "100",
            "title": "  Video  ",
            "description": "Line one\nline two",
            "platform": "youtube",
            "code": "my-video",
            "owner_id": MEMBER,
            "expires_at": "2026-12-24T18:00:00+02:00",
        },
    )

    assert (made.status, made.headers["location"]) == (201, f"{LINKS}/my-video")
    assert made.json == {
        "code": "my-video",
        "campaign_id": "100",
        "owner_id": MEMBER,
        "title": "Video",
        "description": "Line one\nline two",
        "platform": "youtube",
        "mode": "managed",
        "guarantee": GUARANTEES[Mode.MANAGED],
        "active": True,
        "expires_at": "2026-12-24T16:00:00Z",
        "referral_url": "https://usher.example/r/my-video",
        "discord_invite_url": None,
        "counts": {
            "clicks": 0,
            "bots": 0,
            "repeats": 0,
            "joins": 0,
            "onboardings": 0,
            "conversions": 0,
            "held": 0,
            "value": "0",
        },
        "created_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T12:00:00Z",
        "version": 1,
    }
    path = made.headers["location"]
    assert there.ask("GET", path).json == made.json
    there.later(timedelta(hours=1))
    changed = there.ask("PATCH", path, {"title": "Other", "expires_at": None})
    assert changed.json == made.json | {
        "title": "Other",
        "expires_at": None,
        "updated_at": "2026-11-20T13:00:00Z",
        "version": 2,
    }
    assert there.ask("DELETE", path).status == 204
    assert there.ask("DELETE", path).status == 204
    assert there.ask("GET", path).json["active"] is False
    assert there.ask("GET", path).json["version"] == 3
    assert there.ask("GET", "/api/referral/my-video").status == 409


def test_a_change_that_changes_nothing_is_none(there: Api) -> None:
    for body in ({}, {"title": "Spring video"}):
        assert there.ask("PATCH", f"{LINKS}/spring-video", body).json["version"] == 1


def test_who_saw_an_older_version_changes_nothing(there: Api) -> None:
    path = f"{LINKS}/spring-video"
    first = there.ask("GET", path).headers["etag"]
    there.clicks.record(click())
    second = there.ask("PATCH", path, {"title": "Two"}, if_match=first)
    assert second.status == 200  # a click stands in nobody's way

    stale = there.ask("PATCH", path, {"title": "Three"}, if_match=first)
    gone = there.ask("DELETE", path, if_match=first)

    assert (stale.status, stale.json["code"]) == (412, "changed_meanwhile")
    assert gone.status == 412
    for tag in (f"W/{second.headers['etag']}", '"2"', '"2-zz"', "2", ""):
        assert there.ask("PATCH", path, {"title": "Three"}, if_match=tag).status == 412
    assert there.ask("GET", path).json["title"] == "Two"
    several = f'"1-0", {second.headers["etag"]}'
    assert there.ask("PATCH", path, {"title": "Three"}, if_match=several).status == 200
    assert there.ask("DELETE", path, if_match="*").status == 204


def test_two_who_change_at_once_are_told(there: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = there.table.link(LinkCode("spring-video"))
    there.ask("PATCH", f"{LINKS}/spring-video", {"title": "First"})
    monkeypatch.setattr(type(there.table), "link", lambda *_: seen)

    told = there.ask("PATCH", f"{LINKS}/spring-video", {"title": "Second"})

    assert (told.status, told.json["code"]) == (409, "changed_meanwhile")


def test_a_code_belongs_to_one_link(there: Api) -> None:
    taken = there.ask("POST", LINKS, NEW | {"code": "spring-video"})

    assert (taken.status, taken.json["code"]) == (409, "code_taken")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"campaign_id": "none"}, "/body/campaign_id"),
        ({"title": ""}, "/body/title"),
        ({"title": "x" * 61}, "/body/title"),
        ({"title": "two\nlines"}, "/body/title"),
        ({"code": "a"}, "/body/code"),
        ({"code": "a b c"}, "/body/code"),
        ({"owner_id": "me"}, "/body/owner_id"),
        ({"expires_at": 5}, "/body/expires_at"),
        ({"expires_at": "tomorrow"}, "/body/expires_at"),
        ({"expires_at": "2026-12-24T18:00:00"}, "/body/expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+23:00"}, "/body/expires_at"),
        ({"more": 1}, "/body/more"),
    ],
)
def test_what_is_wrong_is_pointed_at(there: Api, change: dict[str, object], pointer: str) -> None:
    told = there.ask("POST", LINKS, NEW | change)

    assert (told.status, told.json["code"]) == (422, "invalid")
    assert pointer in [one["pointer"] for one in told.json["errors"]]


def test_links_are_listed_newest_first_page_by_page(there: Api) -> None:
    for number in range(7):
        there.table.add_link(
            link(
                code=LinkCode(f"link-{number}"),
                created_at=at(60 + number // 2),
                platform="x" if number % 2 else "youtube",
                active=number != 3,
            )
        )
    everything = codes(there, "limit=100")

    assert everything == [*(f"link-{number}" for number in reversed(range(7))), "spring-video"]
    for limit in (1, 2, 3, 7, 8):
        assert codes(there, f"limit={limit}") == everything
    assert codes(there, "limit=2&platform=x") == ["link-5", "link-3", "link-1"]
    assert codes(there, "limit=1&active=false") == ["link-3"]
    assert codes(there, "campaign_id=none") == []
    assert codes(there, f"owner_id={OWNER}&limit=3") == everything


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "active=perhaps",
        "cursor=nonsense",
        "cursor=W10",
        "cursor=WzEsMl0",
        "cursor=%00",
        "sort=title",
    ],
)
@pytest.mark.parametrize("path", [LINKS])
def test_queries_that_mean_nothing(there: Api, path: str, query: str) -> None:
    told = there.ask("GET", f"{path}?{query}")

    assert (told.status, told.json["code"]) == (422, "invalid")
    assert told.json["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


def test_a_server_has_so_many_links_and_campaigns(
    there: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referral_api.v1.links.MOST", 1)
    monkeypatch.setattr("referral_api.v1.campaigns.MOST", 1)

    for path, body in ((LINKS, NEW), (CAMPAIGNS, {"name": "Fall"})):
        told = there.ask("POST", path, body)
        assert (told.status, told.json["code"]) == (409, "too_many")


def test_a_shared_invite_is_shown_with_its_link(there: Api) -> None:
    there.table.add_link(link(code=LinkCode("shared"), invite=InviteCode("abc")))

    told = there.ask("GET", f"{LINKS}/shared").json

    assert told["discord_invite_url"] == "https://discord.gg/abc"


@pytest.mark.parametrize("mode", ["targeted", "added"])
def test_a_mode_that_asks_for_sign_in_needs_it_set_up(there: Api, mode: str) -> None:
    refused = there.ask("POST", LINKS, NEW | {"mode": mode})
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/body/mode")

    there.signing_in()
    made = there.ask("POST", LINKS, NEW | {"mode": mode})

    assert made.status == 201
    assert made.json["mode"] == mode
    assert "certain" in made.json["guarantee"]


def test_a_link_changes_its_mode_as_far_as_it_can(there: Api) -> None:
    there.signing_in()
    made = there.ask("POST", LINKS, NEW).json
    place = f"{LINKS}/{made['code']}"

    assert there.ask("PATCH", place, {"mode": "added"}).json["mode"] == "added"
    assert there.ask("PATCH", place, {"mode": "shared"}).status == 422
    assert there.ask("PATCH", place, {"mode": "nothing"}).status == 422
    assert there.ask("GET", place).json["mode"] == "added"
