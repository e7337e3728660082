"""Many links by the REST API."""

from typing import Any

from tests.fakes.cloud import TABLE
from tests.referring import OWNER
from tests.unit.referral_api.v1.asking import MEMBER, Api
from usher.hooks.delivery_table import DynamoKeptEvents
from usher.ids import UserId
from usher.referrals.keys import OWNERS
from usher.referrals.model import LinkCode

PATH = "/api/v1/links/bulk"
EXPORT = "/api/v1/links/export"


def rows(number: int) -> list[dict[str, Any]]:
    return [{"campaign_id": "100", "title": f"V{n}", "code": f"video-{n}"} for n in range(number)]


def test_many_links_are_made_and_every_row_is_told_of(there: Api) -> None:
    asked = {"links": [*rows(70), {"campaign_id": "7", "title": ""}]}

    told = there.ask("POST", PATH, asked)

    assert told.status == 200
    assert (told.json["created"], told.json["failed"]) == (70, 1)
    assert told.json["results"][70]["errors"][0]["field"] == "campaign_id"
    found = there.table.link(LinkCode("video-69"))
    assert found is not None
    assert found.owner_id == OWNER


def test_the_same_key_again_answers_the_same(there: Api) -> None:
    asked = {"links": [{"campaign_id": "100"}, {"campaign_id": "100"}]}

    first = there.ask("POST", PATH, asked, idempotency_key="k")
    again = there.ask("POST", PATH, asked, idempotency_key="k")

    assert again.headers["idempotency-replayed"] == "true"
    assert first.json == again.json
    assert len({one["code"] for one in first.json["results"]}) == 2


def test_all_or_nothing_and_a_trial(there: Api) -> None:
    wrong = {"links": [*rows(2), {"campaign_id": "7"}]}

    nothing = there.ask("POST", PATH, wrong | {"atomic": True}).json
    trial = there.ask("POST", PATH, wrong | {"dry_run": True}).json

    assert (nothing["created"], nothing["skipped"], nothing["failed"]) == (0, 2, 1)
    assert (trial["created"], trial["dry_run"]) == (2, True)
    assert there.table.link(LinkCode("video-0")) is None


def test_an_export_is_a_body_for_an_import_that_changes_nothing(there: Api) -> None:
    there.ask("POST", PATH, {"links": rows(5)})

    exported = there.ask("GET", f"{EXPORT}?format=json")
    table = there.ask("GET", EXPORT)
    again = there.ask("POST", PATH, exported.json)

    assert exported.headers["content-type"] == "application/json"
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    assert table.body.count("\r\n") == 7
    assert (again.json["unchanged"], again.json["failed"]) == (6, 0)


def test_owners_make_and_export_their_own(there: Api) -> None:
    mine = there.make_key("e" * 12, OWNERS, owner_id=UserId(MEMBER))
    others = {"links": [{"campaign_id": "100", "owner_id": OWNER}]}

    assert there.ask("POST", PATH, others, key=mine).json["failed"] == 1
    assert there.ask("GET", f"{EXPORT}?format=json", key=mine).json == {"links": []}
    there.ask("POST", PATH, {"links": rows(1)}, key=mine)
    (only,) = there.ask("GET", f"{EXPORT}?format=json", key=mine).json["links"]
    assert only["owner_id"] == MEMBER


def test_a_thousand_rows_fit_and_one_more_does_not(there: Api) -> None:
    long = [one | {"description": "x" * 300} for one in rows(1_000)]

    told = there.ask("POST", PATH, {"links": long, "dry_run": True})

    # the server has a link already
    assert (told.status, told.json["created"], told.json["failed"]) == (200, 999, 1)
    assert there.ask("POST", PATH, {"links": rows(1_001)}).status == 422
    assert there.ask("POST", PATH, {"links": [{"title": "x" * 1_100_000}]}).status == 413


def test_links_are_written_with_what_is_told_of_them_and_taken_back_with_it(there: Api) -> None:
    there.hooks.on = True

    there.ask("POST", PATH, {"links": rows(2)})
    there.ask("POST", "/api/v1/links", {"campaign_id": "100", "title": "Alone", "code": "alone"})

    told = there.hooks.handed_over
    assert [event.data["code"] for event in told] == ["video-0", "video-1", "alone"]
    kept = DynamoKeptEvents(there.client, TABLE)
    assert [kept.kept(event.guild_id, event.id) for event in told] == told
    links = [there.table.link(LinkCode(f"video-{n}")) for n in range(2)]
    there.table.drop_links([one for one in links if one is not None])
    assert kept.kept(told[0].guild_id, told[0].id) is None
    assert there.table.link(LinkCode("video-0")) is None
    assert there.table.count_links(told[0].guild_id) == 2
