"""Links, campaigns and what is read of them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.builders import GUILD, START, at
from tests.referring import OWNER, click, link
from tests.unit.referral_api.v1.asking import Api
from usher.ids import InviteCode
from usher.referrals.clicks import ClickKind
from usher.referrals.model import LinkCode
from usher.times import format_time

LINKS = "/api/v1/links"
CAMPAIGNS = "/api/v1/campaigns"
NEW = {"campaign_id": "100", "title": "Video"}
MEMBER = "80351110224678912"


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


def test_a_campaign_is_made_read_changed_and_paused(there: Api) -> None:
    body = {
        "name": "Fall",
        "channel_id": "381870553235193857",
        "offer": "Early access",
        "brand": {"name": "Ida", "color": "#112233", "logo_url": "https://a.example/l.png"},
        "welcome": "Hello.\n\nCome in.",
        "questions": [
            {
                "id": "age",
                "label": "How old?",
                "required": False,
                "choices": [],
                "pattern": "[0-9]+",
                "long": False,
                "placeholder": "18",
            }
        ],
        "role_ids": ["539082325061836999"],
        "automatic_roles": False,
        "active_from": "2026-12-01T00:00:00Z",
        "active_to": "2026-12-31T00:00:00Z",
        "paused": False,
        "origins": ["https://shop.example"],
        "variants": [{"name": "a", "headline": "One", "body": "Text", "weight": 2}],
    }
    made = there.ask("POST", CAMPAIGNS, body)

    assert made.status == 201
    told = {name: made.json[name] for name in body}
    assert told == body
    path = made.headers["location"]
    assert there.ask("GET", path).json == made.json
    changed = there.ask("PATCH", path, {"active_to": None, "offer": "Late"})
    assert changed.json == made.json | {"active_to": None, "offer": "Late", "version": 2}
    assert there.ask("DELETE", path).status == 204
    assert there.ask("GET", path).json["paused"] is True
    assert there.ask("PATCH", path, {"paused": False}, if_match='"1-0"').status == 412
    listed = there.ask("GET", f"{CAMPAIGNS}?limit=1")
    rest = there.ask("GET", f"{CAMPAIGNS}?limit=1&cursor={listed.json['next_cursor']}")
    names = [one["name"] for page in (listed, rest) for one in page.json["items"]]
    assert names == ["Spring", "Fall"]
    assert rest.json["next_cursor"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"brand": {"logo_url": "http://a.example/l.png"}},
        {"brand": {"logo_url": 'https://a.example/"onload=x'}},
        {"brand": {"color": "red"}},
        {"origins": ["https://a.example/path"]},
        {"origins": ["*"]},
        {"origins": ["null"]},
        {"questions": [{"id": "a", "label": "x", "pattern": "("}]},
        {"questions": [{"id": "a", "label": "x"}, {"id": "a", "label": "y"}]},
        {"questions": [{"id": "a", "label": "x" * 46}]},
        {"variants": [{"name": "a", "headline": "x", "body": "y", "weight": -1}]},
        {"role_ids": ["everyone"]},
        {"paused": "yes"},
        {"active_from": "2026-12-31T00:00:00Z", "active_to": "2026-12-01T00:00:00Z"},
        {"id": "5"},
    ],
)
def test_campaigns_that_cannot_be(there: Api, change: dict[str, object]) -> None:
    told = there.ask("POST", CAMPAIGNS, {"name": "Fall"} | change)
    patched = there.ask("PATCH", f"{CAMPAIGNS}/100", change)

    assert (told.status, told.json["code"]) == (422, "invalid")
    assert (patched.status, patched.json["code"]) == (422, "invalid")


def test_a_name_belongs_to_one_campaign(there: Api) -> None:
    there.ask("POST", CAMPAIGNS, {"name": "Fall"})

    assert there.ask("POST", CAMPAIGNS, {"name": "fall"}).json["code"] == "name_taken"
    assert there.ask("PATCH", f"{CAMPAIGNS}/100", {"name": "FALL"}).json["code"] == "name_taken"
    assert there.ask("PATCH", f"{CAMPAIGNS}/100", {"name": "SPRING"}).status == 200


def test_clicks_are_listed_newest_first_page_by_page(there: Api) -> None:
    for number in range(5):
        there.clicks.record(click(f"c{number}", at=at(number), visitor=f"v{number}"))
    path = f"{LINKS}/spring-video/clicks"
    found: list[str] = []
    cursor = ""
    for _ in range(3):
        page = there.ask("GET", f"{path}?limit=2{cursor}").json
        found += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert found == ["c4", "c3", "c2", "c1", "c0"]
    assert page["next_cursor"] is None
    assert page["items"][0]["kind"] == "human"
    assert there.ask("GET", f"{path}?cursor=W10").status == 422


def test_numbers_come_by_day_and_by_variant(there: Api) -> None:
    for number, variant in enumerate(("a", "a", "b")):
        there.clicks.record(click(f"c{number}", visitor=f"v{number}", variant=variant))
    there.clicks.record(click("bot", kind=ClickKind.BOT, visitor="", at=START + timedelta(days=1)))
    there.later(timedelta(days=2))
    path = f"{LINKS}/spring-video/analytics"

    told = there.ask("GET", path).json

    assert told["totals"]["clicks"] == 3
    assert [(one["day"], one["counts"]["clicks"]) for one in told["by_day"]] == [
        ("2026-11-20", 3),
        ("2026-11-21", 0),
    ]
    assert [(one["variant"], one["counts"]["clicks"]) for one in told["by_variant"]] == [
        ("a", 2),
        ("b", 1),
    ]
    later = there.ask("GET", f"{path}?from=2026-11-21&to=2026-11-21").json
    assert [one["day"] for one in later["by_day"]] == ["2026-11-21"]
    for query in ("from=2026-11-22&to=2026-11-21", "from=2024-01-01&to=2026-01-01", "to=x"):
        assert there.ask("GET", f"{path}?{query}").status == 422
    assert there.ask("GET", f"{path}?to=0001-01-01").status == 200


def put(there: Api, sort: str, **attributes: object) -> None:
    """Write a row of the guild's as the event worker would."""
    item: dict[str, object] = {"pk": {"S": f"G#{GUILD}"}, "sk": {"S": sort}}
    for name, value in attributes.items():
        item[name] = {"N": str(value)} if isinstance(value, int | Decimal) else {"S": value}
    there.client.call("PutItem", {"TableName": "usher", "Item": item})


def test_the_board_is_read_page_by_page(there: Api) -> None:
    for number in range(5):
        put(
            there,
            f"C#{number}",
            board=f"G#{GUILD}#board#all",
            score=10 - number,
            tracked=11 - number,
            left=1,
        )
    first = there.ask("GET", "/api/v1/leaderboard?limit=3").json
    cursor = first["next_cursor"]
    second = there.ask("GET", f"/api/v1/leaderboard?limit=3&cursor={cursor}").json

    places = [(one["rank"], one["user_id"], one["invites"]) for one in first["items"]]
    assert places == [(1, "0", 10), (2, "1", 9), (3, "2", 8)]
    assert [one["rank"] for one in second["items"]] == [4, 5]
    assert second["next_cursor"] is None
    assert there.ask("GET", f"/api/v1/leaderboard?limit=4&cursor={cursor}").status == 422
    assert there.ask("GET", "/api/v1/leaderboard?period=week").json["items"] == []
    assert there.ask("GET", "/api/v1/leaderboard?period=year").status == 422


def test_who_brought_a_member_is_read(there: Api) -> None:
    put(
        there,
        f"M#{MEMBER}",
        outcome="attributed",
        kind="invite",
        code="abc",
        inviter_id=OWNER,
        confidence="certain",
        joined_at=format_time(START),
    )

    told = there.ask("GET", f"/api/v1/members/{MEMBER}/inviter").json

    assert (told["user_id"], told["inviter_id"], told["code"]) == (MEMBER, OWNER, "abc")
    assert told["joined_at"] == "2026-11-20T12:00:00Z"
    unknown = there.ask("GET", "/api/v1/members/80351110224678913/inviter")
    assert (unknown.status, unknown.json["code"]) == (404, "unknown_member")
    assert there.ask("GET", "/api/v1/members/me/inviter").status == 422


def test_invites_are_listed_by_code(there: Api) -> None:
    for code in ("b", "a", "c"):
        put(there, f"I#{code}", status="active", uses=3, inviter_id=OWNER)

    first = there.ask("GET", "/api/v1/invites?limit=2").json
    second = there.ask("GET", f"/api/v1/invites?limit=2&cursor={first['next_cursor']}").json

    assert [one["code"] for one in first["items"] + second["items"]] == ["a", "b", "c"]
    assert first["items"][0] == {"code": "a", "inviter_id": OWNER, "uses": 3, "active": True}


def test_a_shared_invite_is_shown_with_its_link(there: Api) -> None:
    there.table.add_link(link(code=LinkCode("shared"), invite=InviteCode("abc")))

    told = there.ask("GET", f"{LINKS}/shared").json

    assert told["discord_invite_url"] == "https://discord.gg/abc"
