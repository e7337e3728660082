"""The OpenAPI document and the page to read it by, held against the door."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest

from tests.unit.referral_api.v1.asking import Api

DOCUMENT = "/api/v1/openapi.json"
OPERATIONS = {
    "list_links",
    "create_link",
    "read_link",
    "change_link",
    "delete_link",
    "list_campaigns",
    "create_campaign",
    "read_campaign",
    "change_campaign",
    "delete_campaign",
    "list_clicks",
    "read_analytics",
    "read_funnel",
    "read_timeseries",
    "read_cohorts",
    "read_chain",
    "list_events",
    "list_held",
    "approve_conversion",
    "create_conversion",
    "reject_conversion",
    "read_leaderboard",
    "read_inviter",
    "list_invites",
    "create_links",
    "export_links",
    "list_webhooks",
    "create_webhook",
    "read_webhook",
    "change_webhook",
    "delete_webhook",
    "rotate_secret",
    "test_webhook",
    "list_deliveries",
    "read_delivery",
    "replay_delivery",
    "replay_span",
    "start_onboarding",
}


TRACKING = {
    "count_api_referral__code__head",
    "follow_api_referral__code__get",
    "campaign_api_referral__code__campaign_get",
    "create_api_discord_create_managed_invite_post",
}
"""Operations for pages, without a key."""


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_open_and_names_every_operation(there: Api) -> None:
    told = there.ask("GET", DOCUMENT, key="")

    assert told.status == 200
    assert told.headers["content-type"] == "application/json"
    assert told.headers["access-control-allow-origin"] == "*"
    document = told.json
    assert document["openapi"].startswith("3.1")
    assert {one["operationId"] for _, _, one in operations(document)} == OPERATIONS | TRACKING
    assert document["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"


def test_every_operation_says_what_it_needs_and_how_it_fails(there: Api) -> None:
    document = there.ask("GET", DOCUMENT, key="").json

    for method, path, one in operations(document):
        if one["operationId"] in TRACKING:
            assert "security" not in one
            continue
        assert one["security"][0]["ApiKey"], path
        problems = {"401", "403", "422", "429", "503"}
        if "{" in path:
            problems.add("404")
        if method in ("post", "patch"):
            problems |= {"409", "413", "415"}
        if method in ("patch", "delete"):
            problems |= {"409", "412"}
        assert problems <= set(one["responses"]), path
        for status in problems:
            (kind,) = one["responses"][status]["content"]
            assert kind == "application/problem+json"
        if method == "post":
            assert "Idempotency-Key" in [it["name"] for it in one["parameters"]]
        if method in ("patch", "delete"):
            assert "If-Match" in [it["name"] for it in one["parameters"]]


def test_examples_are_what_they_are_examples_of(there: Api) -> None:
    document = there.ask("GET", DOCUMENT, key="").json
    schemas = document["components"]["schemas"]
    examples = {
        name: example for name, schema in schemas.items() for example in schema.get("examples", [])
    }

    assert set(examples) == {
        *("NewLink", "NewCampaign", "NewWebhook", "BulkRequest", "NewConversion"),
    }
    for name, example in examples.items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema_rs.validate(whole, example)


def test_the_page_needs_no_script_and_says_everything(there: Api) -> None:
    page = there.ask("GET", "/api/v1/docs", key="")

    assert page.status == 200
    policy = page.headers["content-security-policy"]
    (sheet,) = re.findall("<style>(.*?)</style>", page.body, re.DOTALL)
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page.body
    assert "http" not in re.sub(r"https://…|https://[a-z.]*example", "", page.body)
    for name in OPERATIONS | TRACKING:
        assert f'id="{name}"' in page.body
    assert "undefined" not in page.body.lower()


def test_every_link_of_the_page_leads_somewhere(there: Api) -> None:
    page = there.ask("GET", "/api/v1/docs", key="").body
    found: dict[str, list[str]] = {"id": [], "href": []}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag
            for name, value in attrs:
                if name in found:
                    found[name].append(value or "")

    Reader().feed(page)

    assert len(found["id"]) == len(set(found["id"]))
    inside = {one.removeprefix("#") for one in found["href"] if one.startswith("#")}
    assert inside
    assert inside <= set(found["id"])


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/openapi", "/api/v2/links"])
def test_what_is_not_there(there: Api, path: str) -> None:
    told = there.ask("GET", path)

    assert (told.status, told.json["code"]) == (404, "not_found")
