"""Bodies that no route takes, and pages of other origins."""

from base64 import b64encode

import pytest

from tests.unit.referral_api.v1.asking import PAGE, Api

LINKS = "/api/v1/links"


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
