"""Who may ask, how often, and that the same request twice is done once."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest

from tests.builders import GUILD
from tests.referring import OWNER
from tests.unit.referral_api.v1.asking import PAGE, SECRET, Api
from usher.ids import GuildId, UserId
from usher.platform.signed_http import AwsError
from usher.referrals.keys import PER_MINUTE, Scope, key_text

LINKS = "/api/v1/links"
NEW = {"campaign_id": "100", "title": "Video"}
OTHER_GUILD = GuildId("41771983423143937")


def test_without_a_key_nothing_opens(there: Api) -> None:
    wrong = [
        "",
        "nonsense",
        key_text("a" * 12, "x" * 43),
        key_text("b" * 12, SECRET),
        there.key + "x",
        there.key.upper(),
    ]
    for key in wrong:
        told = there.ask("GET", LINKS, key=key)
        assert (told.status, told.json["code"]) == (401, "unauthorized")
        assert told.headers["www-authenticate"] == 'Bearer realm="usher"'
        assert told.headers["content-type"] == "application/problem+json"
    assert there.ask("GET", LINKS, key="", authorization="Basic YTpi").status == 401
    assert there.ask("GET", "/api/v1/nothing", key="").status == 401


def test_a_key_ends_when_it_expires_and_when_it_is_revoked(there: Api) -> None:
    short = there.make_key("c" * 12, expires_at=there.now + timedelta(hours=1))
    assert there.ask("GET", LINKS, key=short).status == 200
    there.later(timedelta(hours=1))
    assert there.ask("GET", LINKS, key=short).status == 401
    assert there.ask("GET", LINKS).status == 200

    assert not there.keys.revoke(OTHER_GUILD, "a" * 12, there.now)
    assert there.keys.revoke(GUILD, "a" * 12, there.now)

    assert there.ask("GET", LINKS).status == 401


def test_the_secret_is_not_in_the_table(there: Api) -> None:
    there.ask("GET", LINKS)

    rows = there.client.client.scan(TableName="usher")["Items"]

    assert len(rows) > 3
    assert SECRET not in json.dumps(rows, default=str)


def test_that_a_key_was_used_is_noted_to_the_hour(there: Api) -> None:
    there.later(timedelta(minutes=70))
    there.ask("GET", LINKS)
    there.later(timedelta(minutes=20))
    there.ask("GET", LINKS)

    found = there.keys.find("a" * 12)

    assert found is not None
    assert found.last_used_at == (there.now - timedelta(minutes=30)).replace(minute=0)


@pytest.mark.parametrize(
    ("scope", "method", "path", "body"),
    [
        (Scope.LINKS_READ, "GET", LINKS, None),
        (Scope.LINKS_READ, "GET", f"{LINKS}/spring-video", None),
        (Scope.LINKS_WRITE, "POST", LINKS, NEW),
        (Scope.LINKS_WRITE, "PATCH", f"{LINKS}/spring-video", {"title": "x"}),
        (Scope.LINKS_WRITE, "DELETE", f"{LINKS}/spring-video", None),
        (Scope.CAMPAIGNS_READ, "GET", "/api/v1/campaigns", None),
        (Scope.CAMPAIGNS_READ, "GET", "/api/v1/campaigns/100", None),
        (Scope.CAMPAIGNS_WRITE, "POST", "/api/v1/campaigns", {"name": "Fall"}),
        (Scope.CAMPAIGNS_WRITE, "PATCH", "/api/v1/campaigns/100", {"name": "Fall"}),
        (Scope.CAMPAIGNS_WRITE, "DELETE", "/api/v1/campaigns/100", None),
        (Scope.ANALYTICS_READ, "GET", f"{LINKS}/spring-video/analytics", None),
        (Scope.ANALYTICS_READ, "GET", f"{LINKS}/spring-video/clicks", None),
        (Scope.INVITES_READ, "GET", "/api/v1/leaderboard", None),
        (Scope.INVITES_READ, "GET", "/api/v1/invites", None),
    ],
)
def test_a_key_does_what_its_scopes_say(
    there: Api, scope: Scope, method: str, path: str, body: object
) -> None:
    lacking = there.make_key("c" * 12, frozenset(Scope) - {scope})
    having = there.make_key("d" * 12, frozenset({scope}))

    refused = there.ask(method, path, body, key=lacking)

    assert (refused.status, refused.json["code"]) == (403, "missing_scope")
    assert scope.value in refused.json["detail"]
    assert there.ask(method, path, body, key=having).status in (200, 201, 204)


def test_another_guild_s_key_sees_nothing_of_this_one(there: Api) -> None:
    theirs = there.make_key("c" * 12, guild_id=OTHER_GUILD)

    assert there.ask("GET", LINKS, key=theirs).json["items"] == []
    assert there.ask("GET", "/api/v1/campaigns", key=theirs).json["items"] == []
    for method, path, body in (
        ("GET", f"{LINKS}/spring-video", None),
        ("PATCH", f"{LINKS}/spring-video", {"title": "x"}),
        ("DELETE", f"{LINKS}/spring-video", None),
        ("GET", f"{LINKS}/spring-video/clicks", None),
        ("GET", f"{LINKS}/spring-video/analytics", None),
        ("GET", "/api/v1/campaigns/100", None),
        ("PATCH", "/api/v1/campaigns/100", {"name": "x"}),
        ("DELETE", "/api/v1/campaigns/100", None),
    ):
        assert there.ask(method, path, body, key=theirs).status == 404
    assert there.ask("POST", LINKS, NEW, key=theirs).status == 422


def test_an_influencer_s_key_reaches_their_own_links_alone(there: Api) -> None:
    other = UserId("80351110224678912")
    theirs = there.make_key("c" * 12, owner_id=other)
    made = there.ask("POST", LINKS, NEW, key=theirs)

    assert (made.status, made.json["owner_id"]) == (201, other)
    code = made.json["code"]
    assert [one["code"] for one in there.ask("GET", LINKS, key=theirs).json["items"]] == [code]
    assert there.ask("GET", f"{LINKS}?owner_id={OWNER}", key=theirs).json["items"] == []
    for path in ("", "/clicks", "/analytics"):
        assert there.ask("GET", f"{LINKS}/spring-video{path}", key=theirs).status == 404
        assert there.ask("GET", f"{LINKS}/{code}{path}", key=theirs).status == 200
    assert there.ask("DELETE", f"{LINKS}/spring-video", key=theirs).status == 404
    stolen = there.ask("POST", LINKS, NEW | {"owner_id": "175928847299117063"}, key=theirs)
    assert (stolen.status, stolen.json["code"]) == (403, "other_owner")


def test_a_key_asks_so_often_a_minute(there: Api) -> None:
    first = there.ask("GET", LINKS)
    assert first.headers["ratelimit-limit"] == str(PER_MINUTE)
    assert first.headers["ratelimit-remaining"] == str(PER_MINUTE - 1)
    assert 0 < int(first.headers["ratelimit-reset"]) <= 60
    for _ in range(PER_MINUTE - 1):
        last = there.ask("GET", "/api/v1/nothing")
    assert (last.status, last.headers["ratelimit-remaining"]) == (404, "0")

    told = there.ask("GET", LINKS)

    assert (told.status, told.json["code"]) == (429, "too_many_requests")
    assert told.headers["retry-after"] == told.headers["ratelimit-reset"]
    assert there.ask("GET", LINKS, key=there.make_key("c" * 12)).status == 200
    there.later(timedelta(minutes=1))
    assert there.ask("GET", LINKS).status == 200


def test_the_same_request_twice_is_done_once(there: Api) -> None:
    first = there.ask("POST", LINKS, NEW, idempotency_key="order 1")
    again = there.ask("POST", LINKS, NEW, idempotency_key="order 1")
    other = there.ask("POST", LINKS, NEW, idempotency_key="order 2")

    assert (first.status, again.status, other.status) == (201, 201, 201)
    assert again.json == first.json
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert other.json["code"] != first.json["code"]
    assert len(there.table.links(GUILD)) == 3


def test_an_idempotency_key_belongs_to_one_request_for_a_day(there: Api) -> None:
    there.ask("POST", LINKS, NEW, idempotency_key="order 1")

    told = there.ask("POST", LINKS, NEW | {"title": "Other"}, idempotency_key="order 1")
    elsewhere = there.ask("POST", "/api/v1/campaigns", {"name": "x"}, idempotency_key="order 1")

    assert (told.status, told.json["code"]) == (422, "idempotency_key_reused")
    assert (elsewhere.status, elsewhere.json["code"]) == (422, "idempotency_key_reused")
    theirs = there.make_key("c" * 12)
    assert there.ask("POST", LINKS, NEW, key=theirs, idempotency_key="order 1").status == 201
    there.later(timedelta(hours=24))
    late = there.ask("POST", LINKS, NEW | {"title": "Other"}, idempotency_key="order 1")
    assert (late.status, late.json["title"]) == (201, "Other")


def test_a_refused_request_may_be_mended_under_the_same_key(there: Api) -> None:
    wrong = there.ask("POST", LINKS, NEW | {"campaign_id": "none"}, idempotency_key="order 1")
    mended = there.ask("POST", LINKS, NEW, idempotency_key="order 1")

    assert (wrong.status, mended.status) == (422, 201)


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_idempotency_key_has_bounds(there: Api, key: str) -> None:
    told = there.ask("POST", LINKS, NEW, idempotency_key=key)

    assert (told.status, told.json["code"]) == (422, "invalid_idempotency_key")


@pytest.mark.parametrize("path", [LINKS, "/api/v1/campaigns"])
@pytest.mark.parametrize("step", range(1, 12))
def test_whatever_breaks_off_the_same_request_makes_one_thing(
    there: Api, path: str, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = NEW if path == LINKS else {"name": "Fall"}
    calls = 0
    whole = type(there.client).call

    def breaking(self: object, operation: str, request: object) -> dict[str, object]:
        nonlocal calls
        calls += 1
        found: dict[str, object] = whole(self, operation, request)  # type: ignore[arg-type]
        if calls == step:
            raise AwsError(operation, 0, "TimeoutError")
        return found

    monkeypatch.setattr(type(there.client), "call", breaking)
    first = there.ask("POST", path, body, idempotency_key="order 1")
    monkeypatch.undo()
    there.later(timedelta(seconds=31))
    again = there.ask("POST", path, body, idempotency_key="order 1")

    assert first.status == (503 if calls >= step else 201)
    assert again.status == 201
    if path == LINKS:
        assert len(there.table.links(GUILD)) == 2
    else:
        assert len(there.table.campaigns(GUILD)) == 2


def test_work_that_goes_on_is_not_begun_again(there: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("usher.referrals.answers.DynamoAnswers.keep", lambda *_: None)
    there.ask("POST", LINKS, NEW, idempotency_key="order 1")

    told = there.ask("POST", LINKS, NEW, idempotency_key="order 1")

    assert (told.status, told.json["code"]) == (409, "in_progress")
    assert int(told.headers["retry-after"]) > 0
    assert len(there.table.links(GUILD)) == 2


def test_what_was_read_already_is_not_sent_again(there: Api) -> None:
    path = f"{LINKS}/spring-video"
    tag = there.ask("GET", path).headers["etag"]

    same = there.ask("GET", path, if_none_match=f'"other", W/{tag}')

    assert (same.status, same.body, same.headers["etag"]) == (304, "", tag)
    assert "content-type" not in same.headers
    assert there.ask("GET", path, if_none_match='"other"').status == 200
    there.ask("PATCH", path, {"title": "Other"})
    assert there.ask("GET", path, if_none_match=tag).status == 200


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 422, "invalid"),
        ("[" * 60_000, "application/json", 422, "invalid"),
        ('{"title": NaN}', "application/json", 422, "invalid"),
        ('{"title": ' + "9" * 5_000 + "}", "application/json", 422, "invalid"),
        ('{"title": "\\ud800", "campaign_id": "100"}', "application/json", 422, "invalid"),
        ("x" * 65_537, "application/json", 413, "too_long"),
        ("title=x", "application/x-www-form-urlencoded", 415, "not_json"),
        ("{}", "text/plain", 415, "not_json"),
        ("null", "application/json", 422, "invalid"),
        ("", "application/json", 422, "invalid"),
        ('{"campaign_id":"100","title":"x","counts":{}}', "application/json", 422, "invalid"),
        ('{"campaign_id":"100","title":5}', "application/json", 422, "invalid"),
        ('{"campaign_id":"100","title":"   "}', "application/json", 422, "invalid"),
        ('{"campaign_id":"100","title":"a\\u0000b"}', "application/json", 422, "invalid"),
    ],
)
def test_bodies_that_no_route_takes(
    there: Api, body: str, kind: str, status: int, code: str
) -> None:
    told = there.ask("POST", LINKS, body, content_type=kind)

    assert (told.status, told.json["code"]) == (status, code)
    assert len(told.body) < 2_000
    assert [line for line in there.log.lines if line[0] == "exception"] == []


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b'{"title":"\xff"}'])
def test_bytes_that_are_no_text(there: Api, body: bytes) -> None:
    http = {"method": "POST", "path": LINKS, "sourceIp": "203.0.113.7"}
    told = there.handle(
        {
            "version": "2.0",
            "rawPath": LINKS,
            "headers": {"authorization": f"Bearer {there.key}", "content-type": "application/json"},
            "requestContext": {"domainName": "x", "stage": "$default", "http": http},
            "body": b64encode(body).decode(),
            "isBase64Encoded": True,
        }
    )

    assert (told.status, told.json["code"]) == (422, "invalid")


def test_a_campaign_s_pages_may_use_its_links_by_script_and_no_others(there: Api) -> None:
    path, wish = "/api/referral/spring-video/campaign", "access-control-request-method"
    asked = there.ask("OPTIONS", path, key="", origin=PAGE, **{wish: "GET"})
    other = there.ask("OPTIONS", path, key="", origin="https://evil.example", **{wish: "GET"})

    assert (asked.status, asked.headers["access-control-allow-origin"]) == (204, PAGE)
    assert (other.status, "access-control-allow-origin" in other.headers) == (204, False)
    read = there.ask("GET", path, key="", origin=PAGE)
    assert (read.status, read.headers["access-control-allow-origin"]) == (200, PAGE)
    assert read.headers["vary"] == "Origin"
    refused = there.ask("GET", path, key="", origin="https://evil.example")
    assert "access-control-allow-origin" not in refused.headers
    invite = there.ask(
        "POST",
        "/api/discord/create-managed-invite",
        {"referral_code": "spring-video"},
        key="",
        origin=PAGE,
    )
    assert (invite.status, invite.headers["access-control-allow-origin"]) == (200, PAGE)


def test_the_rest_api_is_for_no_page_but_those_configured(there: Api) -> None:
    wish = {"access-control-request-method": "PATCH"}
    panel = there.ask("OPTIONS", LINKS, key="", origin="https://panel.example", **wish)
    other = there.ask("OPTIONS", LINKS, key="", origin=PAGE, **wish)

    assert panel.headers["access-control-allow-origin"] == "https://panel.example"
    assert "PATCH" in panel.headers["access-control-allow-methods"]
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-origin" not in there.ask("GET", LINKS, origin=PAGE).headers
    told = there.ask("GET", LINKS, key="", origin="https://panel.example")
    assert told.status == 401
    assert told.headers["access-control-allow-origin"] == "https://panel.example"
