"""The same request twice is done once, whatever breaks off."""

from datetime import timedelta

import pytest

from tests.builders import GUILD
from tests.unit.referral_api.v1.asking import Api
from usher.platform.signed_http import AwsError

LINKS = "/api/v1/links"
NEW = {"campaign_id": "100", "title": "Video"}


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
