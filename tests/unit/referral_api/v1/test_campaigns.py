"""Campaigns: made, read, changed, paused."""

import pytest

from tests.builders import GUILD
from tests.referring import OWNER
from tests.unit.referral_api.v1.asking import Api

CAMPAIGNS = "/api/v1/campaigns"


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
    assert there.counted == [(GUILD, OWNER)]
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
