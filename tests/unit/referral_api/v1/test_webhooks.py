"""/api/v1/webhooks: made with a secret that is shown once, changed, tried, replayed."""

from datetime import timedelta

import pytest

from tests.builders import GUILD, START
from tests.referring import OWNER
from tests.unit.referral_api.v1.asking import EVENT, HOOK, Api
from usher.contracts.hook_order import Deliver, Replay
from usher.hooks.model import Ending, Health
from usher.ids import GuildId
from usher.referrals.keys import Scope

PATH = "/api/v1/webhooks"
NEW = {"url": "https://hooks.example/usher", "events": ["join.attributed", "member.left"]}


def test_a_webhook_is_made_with_its_secret_which_is_shown_once(there: Api) -> None:
    made = there.ask("POST", PATH, NEW)

    assert made.status == 201
    assert made.json["secret"].startswith("whsec_")
    assert made.json["events"] == NEW["events"]
    read = there.ask("GET", made.headers["location"])
    assert read.status == 200
    assert "secret" not in read.json
    assert there.ask("GET", PATH).json["items"] == [read.json]
    assert there.switched == [(GUILD, OWNER)]


def test_the_same_request_again_makes_one_and_shows_the_same_secret(there: Api) -> None:
    first = there.ask("POST", PATH, NEW, idempotency_key="once")
    again = there.ask("POST", PATH, NEW, idempotency_key="once")

    assert first.json == again.json
    assert len(there.ask("GET", PATH).json["items"]) == 1


@pytest.mark.parametrize(
    "url", ["http://hooks.example/", "https://127.0.0.1/", "https://hooks.example:22/", "x"]
)
def test_addresses_inside_are_refused(there: Api, url: str) -> None:
    told = there.ask("POST", PATH, NEW | {"url": url})

    assert told.status == 422
    assert told.json["errors"][0]["pointer"] == "/body/url"
    assert there.ask("GET", PATH).json["items"] == []


def test_a_server_has_ten_at_most(there: Api) -> None:
    for _ in range(10):
        assert there.ask("POST", PATH, NEW).status == 201

    told = there.ask("POST", PATH, NEW)

    assert (told.status, told.json["code"]) == (409, "too_many")


def test_a_webhook_is_changed_by_its_version(there: Api) -> None:
    there.make_webhook()
    path = f"{PATH}/{HOOK}"
    tag = there.ask("GET", path).headers["etag"]

    changed = there.ask("PATCH", path, {"events": ["member.left"]}, if_match=tag)
    stale = there.ask("PATCH", path, {"active": False}, if_match=tag)

    assert (changed.status, changed.json["events"]) == (200, ["member.left"])
    assert stale.status == 412
    assert there.ask("PATCH", path, {"active": False}).json["standing"] == "off"


def test_switching_on_forgets_that_it_was_given_up(there: Api) -> None:
    there.make_webhook()
    ((endpoint, _),) = there.desk.endpoints.endpoints(GUILD)
    ended = Health(9, 0, START, None, START, Ending.FAILING)
    there.desk.endpoints.keep_health(endpoint, Health(), ended)
    path = f"{PATH}/{HOOK}"
    assert there.ask("GET", path).json["standing"] == "given_up"
    refused = there.ask("POST", f"{path}/deliveries/{EVENT}/replay")
    assert (refused.status, refused.json["code"]) == (409, "switched_off")

    assert there.ask("PATCH", path, {"active": True}).json["standing"] == "well"


def test_a_new_secret_leaves_the_old_one_a_day(there: Api) -> None:
    first = there.ask("POST", PATH, NEW).json

    second = there.ask("POST", f"{PATH}/{first['id']}/secret").json

    assert second["old_secret_until"].startswith(str((there.now + timedelta(days=1)).date()))


def test_deliveries_are_listed_read_and_sent_again(there: Api) -> None:
    there.make_webhook()
    path = f"{PATH}/{HOOK}/deliveries"

    (listed,) = there.ask("GET", path).json["items"]
    read = there.ask("GET", f"{path}/{EVENT}").json
    sent = there.ask("POST", f"{path}/{EVENT}/replay")

    assert (listed["event_id"], listed["state"]) == (EVENT, "failed")
    assert listed["attempts"][0]["status"] == 500
    assert read["payload"]["type"] == "webhook.test"
    assert (sent.status, sent.json) == (202, {"event_id": EVENT})
    [(order, _)] = there.queue.orders
    assert isinstance(order, Deliver)
    assert there.ask("GET", f"{path}/evt_{'1' * 32}").status == 404


def test_a_span_is_ordered_to_be_sent_again(there: Api) -> None:
    there.make_webhook()

    told = there.ask("POST", f"{PATH}/{HOOK}/replay", {"since": "2026-11-20T12:00:00Z"})

    assert told.status == 202
    [(order, _)] = there.queue.orders
    assert isinstance(order, Replay)
    assert order.only_failed


def test_a_test_is_sent_to_that_webhook_alone(there: Api) -> None:
    there.make_webhook()

    told = there.ask("POST", f"{PATH}/{HOOK}/test")

    [event] = there.queue.told
    assert told.json == {"event_id": event.id}
    assert event.data["webhook_id"] == HOOK


def test_other_servers_and_other_scopes_see_nothing(there: Api) -> None:
    there.make_webhook()
    stranger = there.make_key("c" * 12, guild_id=GuildId("1"))
    reader = there.make_key("d" * 12, frozenset({Scope.WEBHOOKS_READ, Scope.LINKS_WRITE}))

    assert there.ask("GET", f"{PATH}/{HOOK}", key=stranger).status == 404
    assert there.ask("DELETE", f"{PATH}/{HOOK}", key=stranger).status == 404
    assert there.ask("POST", PATH, NEW, key=reader).json["code"] == "missing_scope"
    assert there.ask("DELETE", f"{PATH}/{HOOK}", key=reader).status == 403


def test_a_deleted_webhook_is_gone(there: Api) -> None:
    there.make_webhook()

    assert there.ask("DELETE", f"{PATH}/{HOOK}").status == 204
    assert there.ask("GET", f"{PATH}/{HOOK}").status == 404
