"""Who may ask, how often, and that the same request twice is done once."""

import json
from datetime import timedelta

import pytest

from tests.builders import GUILD
from tests.referring import OWNER
from tests.unit.referral_api.v1.asking import SECRET, Api
from usher.ids import GuildId, UserId
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


def test_what_was_read_already_is_not_sent_again(there: Api) -> None:
    path = f"{LINKS}/spring-video"
    tag = there.ask("GET", path).headers["etag"]

    same = there.ask("GET", path, if_none_match=f'"other", W/{tag}')

    assert (same.status, same.body, same.headers["etag"]) == (304, "", tag)
    assert "content-type" not in same.headers
    assert there.ask("GET", path, if_none_match='"other"').status == 200
    there.ask("PATCH", path, {"title": "Other"})
    assert there.ask("GET", path, if_none_match=tag).status == 200
