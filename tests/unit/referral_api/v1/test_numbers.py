"""Funnels, series and cohorts, as they are asked for."""

from datetime import timedelta

import pytest

from tests.builders import at
from tests.referring import OWNER, click, link
from tests.unit.referral_api.v1.asking import Api
from tests.unit.referral_api.v1.coming import came, converted
from usher.funnel.numbers import TooMuchError
from usher.funnel.numbers_table import DynamoNumbers
from usher.ids import GuildId
from usher.referrals.keys import Scope
from usher.referrals.model import LinkCode

FUNNEL = "/api/v1/analytics/funnel"
SERIES = "/api/v1/analytics/timeseries"
COHORTS = "/api/v1/analytics/cohorts"
OTHER = LinkCode("other-link")


def busy(there: Api) -> None:
    there.table.add_link(link(code=OTHER, platform="youtube"))
    for number in range(3):
        there.clicks.record(click(f"o{number}", code=OTHER, visitor=f"v{number}"))
    converted(there)
    came(there, "8", at(90_000), OTHER)
    there.later(timedelta(days=2))


def test_a_funnel_has_every_step_its_rates_and_its_parts(there: Api) -> None:
    busy(there)

    told = there.ask("GET", f"{FUNNEL}?by=link").json

    whole = told["totals"]
    names = ("clicks", "joins", "onboardings", "conversions", "value")
    assert [float(whole[name]) for name in names] == [4, 2, 1, 1, 2.5]
    assert whole["rates"]["joined"]["share"] == 0.5
    assert whole["rates"]["joined"]["low"] < 0.5 < whole["rates"]["joined"]["high"]
    assert (told["from"], told["to"]) == ("2026-10-24", "2026-11-22")
    assert [(one["name"], one["conversions"]) for one in told["groups"]] == [
        ("spring-video", 1),
        ("other-link", 0),
    ]
    assert told["comparison"] is None


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("platform", ["", "youtube"]),
        ("campaign", ["100"]),
        ("variant", ["bold", ""]),
        ("day", ["2026-11-20", "2026-11-21"]),
    ],
)
def test_a_funnel_is_parted_as_asked(there: Api, by: str, names: list[str]) -> None:
    busy(there)

    told = there.ask("GET", f"{FUNNEL}?by={by}&campaign_id=100").json

    assert [one["name"] for one in told["groups"]] == names
    assert sum(one["joins"] for one in told["groups"]) == told["totals"]["joins"] == 2
    assert (told["comparison"] is None) == (by != "variant")


def test_one_link_and_some_days_alone(there: Api) -> None:
    busy(there)

    told = there.ask("GET", f"{FUNNEL}?link=other-link&from=2026-11-21&to=2026-11-21").json

    assert (told["totals"]["clicks"], told["totals"]["joins"]) == (0, 1)
    assert told["totals"]["rates"]["joined"] == {"share": None, "low": None, "high": None}


def test_few_results_of_variants_say_so(there: Api) -> None:
    for number, variant in enumerate("ab"):
        there.clicks.record(click(f"c{number}", visitor=f"v{number}", variant=variant))

    told = there.ask("GET", f"{FUNNEL}?by=variant&link=spring-video").json

    assert told["comparison"] == {"finding": "too_few", "best": None}


def test_a_series_is_of_the_time_zone_and_has_empty_buckets(there: Api) -> None:
    busy(there)

    told = there.ask("GET", f"{SERIES}?tz=Asia/Kathmandu&from=2026-11-20&to=2026-11-22").json

    assert told["time_zone"] == "Asia/Kathmandu"
    assert [(one["start"], one["clicks"], one["joins"]) for one in told["items"]] == [
        ("2026-11-20T00:00:00+05:45", 4, 1),
        ("2026-11-21T00:00:00+05:45", 0, 1),
        ("2026-11-22T00:00:00+05:45", 0, 0),
    ]
    hours = there.ask("GET", f"{SERIES}?unit=hour&from=2026-11-20&to=2026-11-20").json["items"]
    assert len(hours) == 24
    assert [one["start"] for one in hours if one["joins"]] == ["2026-11-20T12:00:00Z"]
    weeks = there.ask("GET", f"{SERIES}?unit=week&link=spring-video").json["items"]
    assert sum(one["conversions"] for one in weeks) == 1


def test_a_cohort_is_asked_when_it_is_old_enough(there: Api) -> None:
    busy(there)

    [week] = there.ask("GET", COHORTS).json["items"]

    assert (week["week"], week["joined"]) == ("2026-11-16", 2)
    first, second, third = week["after"]
    assert (first["days"], first["of"], second["of"], third["of"]) == (1, 1, 0, 0)
    assert first["stayed"]["share"] == 1.0
    assert first["converted"]["share"] == 1.0
    assert second["stayed"]["share"] is None


@pytest.mark.parametrize("path", [FUNNEL, SERIES, COHORTS])
def test_what_cannot_be_answered_is_a_problem(
    there: Api, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for query in ("from=2026-11-22&to=2026-11-21", "from=2024-01-01&to=2026-01-01", "to=x"):
        assert there.ask("GET", f"{path}?{query}").status == 422
    assert there.ask("GET", f"{path}?from=0001-01-01&to=0001-01-02").status == 422
    assert there.ask("GET", f"{path}?link=nobody-made-this").status == 404
    assert there.ask("GET", f"{path}?campaign_id=nothing").status == 404

    def too_much(*_: object) -> None:
        raise TooMuchError

    monkeypatch.setattr(DynamoNumbers, "days", too_much)
    monkeypatch.setattr(DynamoNumbers, "quarters", too_much)
    told = there.ask("GET", path)
    assert (told.status, told.json["errors"][0]["pointer"]) == (422, "/query/from")


@pytest.mark.parametrize(
    "query",
    [
        "tz=Nowhere/Here",
        "tz=../etc/passwd",
        "tz=",
        "unit=year",
        "unit=hour&from=2026-10-01&to=2026-11-01",
    ],
)
def test_wrong_zones_and_too_many_hours_are_told(there: Api, query: str) -> None:
    assert there.ask("GET", f"{SERIES}?{query}").status == 422


@pytest.mark.parametrize("path", [FUNNEL, SERIES, COHORTS])
def test_who_has_links_reads_theirs_alone_and_other_servers_none(there: Api, path: str) -> None:
    busy(there)
    mine = there.make_key("b" * 12, frozenset({Scope.ANALYTICS_READ}), OWNER)
    theirs = there.make_key("c" * 12, frozenset({Scope.ANALYTICS_READ}), guild_id=GuildId("1"))

    assert there.ask("GET", f"{path}?link=spring-video", key=mine).status == 200
    assert there.ask("GET", path, key=mine).status == 422
    assert there.ask("GET", f"{path}?campaign_id=100", key=mine).status == 422
    assert there.ask("GET", f"{path}?link=spring-video", key=theirs).status == 404
    told = there.ask("GET", FUNNEL, key=theirs).json
    assert told["totals"]["clicks"] == 0
