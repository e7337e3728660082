"""Funnels, cohorts and series of links and campaigns (SPEC 5.9)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import InvalidParam, ProblemError
from referral_api.v1.gate import Caller
from referral_api.v1.links import reach
from referral_api.v1.number_fields import (
    BucketView,
    By,
    CohortsAnswer,
    ComparisonView,
    FunnelAnswer,
    SeriesAnswer,
    bucket_view,
    cohort_view,
    funnel_view,
    group_view,
)
from referral_api.v1.routes import Routes
from usher.funnel.buckets import Unit
from usher.funnel.measure import Cell, by, chosen, compare, ordered, total
from usher.funnel.numbers import (
    MOST_DAYS,
    MOST_HOURS_DAYS,
    Numbers,
    TooMuchError,
    of_campaigns,
    of_link,
)
from usher.funnel.zones import zone_of
from usher.referrals.keys import Scope
from usher.referrals.model import CampaignId
from usher.referrals.ports import ReferralTable

DAYS: Final = 30
COHORT_DAYS: Final = 84

Link = Annotated[str | None, Query(description="Of one link", pattern=r"^[A-Za-z0-9_-]{3,32}$")]
CampaignParam = Annotated[
    str | None, Query(description="Of one campaign", pattern=r"^[A-Za-z0-9_-]{1,64}$")
]
First = Annotated[date | None, Query(alias="from", description="First day")]
Last = Annotated[date | None, Query(alias="to", description="Last day; today if left out")]


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a caller asks of, once it is known to be theirs."""

    table: ReferralTable

    def partitions(self, caller: Caller, link: str | None, campaign: str | None) -> tuple[str, ...]:
        key = caller.key
        if link is not None:
            return of_link(reach(caller, self.table, link).code)
        if key.owner_id is not None:
            raise _wrong("link", "This key reaches one member's links only: name one.")
        if campaign is None:
            every = [one.id for one in self.table.campaigns(key.guild_id)]
            return of_campaigns(key.guild_id, every)
        found = self.table.campaign(key.guild_id, CampaignId(campaign))
        if found is None:
            raise ProblemError(404, "unknown_campaign", "No such campaign")
        return of_campaigns(key.guild_id, [found.id])


def number_routes(
    router: APIGatewayHttpRouter,
    table: ReferralTable,
    numbers: Numbers,
    clock: Callable[[], datetime],
) -> None:
    """Declare the routes."""
    routes, where = Routes(router, "Analytics"), _Reach(table)

    @routes.declare(
        "GET", "/analytics/funnel", Scope.ANALYTICS_READ, "Read how many went on, step by step", 404
    )
    def read_funnel(
        link: Link = None,
        campaign_id: CampaignParam = None,
        group_by: Annotated[By, Query(alias="by")] = By.DAY,
        first: First = None,
        last: Last = None,
    ) -> FunnelAnswer:
        """Days are UTC."""
        start, end = _span(first, last, clock, DAYS)
        partitions = where.partitions(routes.caller, link, campaign_id)
        cells = _few(lambda: numbers.cells(partitions, start, end))
        groups = by(cells, _key(group_by, table, routes.caller))
        parts = sorted(groups.items()) if group_by is By.DAY else ordered(groups)
        comparison = None
        if group_by is By.VARIANT and (link or campaign_id):
            said = compare(chosen({name: one for name, one in groups.items() if name}))
            comparison = ComparisonView(finding=said.finding, best=said.best or None)
        return FunnelAnswer.model_construct(
            first=start,
            last=end,
            totals=funnel_view(total(cells)),
            groups=[group_view(name, counts) for name, counts in parts],
            comparison=comparison,
        )

    @routes.declare(
        "GET", "/analytics/timeseries", Scope.ANALYTICS_READ, "Read what happened when", 404
    )
    def read_timeseries(
        link: Link = None,
        campaign_id: CampaignParam = None,
        unit: Unit = Unit.DAY,
        time_zone: Annotated[
            str, Query(alias="tz", description="IANA name", max_length=64, examples=["UTC"])
        ] = "UTC",
        first: First = None,
        last: Last = None,
    ) -> SeriesAnswer:
        """Days, hours and weeks are those of the time zone; a week begins on Monday."""
        zone = zone_of(time_zone)
        if zone is None:
            raise _wrong("tz", "No time zone of the IANA's, such as Europe/Berlin.")
        start, end = _span(first, last, lambda: clock().astimezone(zone), DAYS)
        if unit is Unit.HOUR and (end - start).days >= MOST_HOURS_DAYS:
            raise _wrong("from", f"Hours of at most {MOST_HOURS_DAYS} days.")
        partitions = where.partitions(routes.caller, link, campaign_id)
        found = _few(lambda: numbers.series(partitions, unit, start, end, zone))
        items: list[BucketView] = [bucket_view(one.start, one.counts) for one in found]
        return SeriesAnswer(time_zone=time_zone, items=items)

    @routes.declare(
        "GET", "/analytics/cohorts", Scope.ANALYTICS_READ, "Read who stayed and who converted", 404
    )
    def read_cohorts(
        link: Link = None,
        campaign_id: CampaignParam = None,
        first: First = None,
        last: Last = None,
    ) -> CohortsAnswer:
        """By the week of joining, UTC."""
        start, end = _span(first, last, clock, COHORT_DAYS)
        partitions = where.partitions(routes.caller, link, campaign_id)
        found = _few(lambda: numbers.cohorts(partitions, start, end, clock()))
        return CohortsAnswer(items=[cohort_view(one) for one in found])


def _key(group: By, table: ReferralTable, caller: Caller) -> Callable[[Cell], str]:
    """Tell by what cells are parted: of which campaign and platform a link is, the links know."""
    if group is By.DAY:
        return lambda cell: cell.day.isoformat()
    if group is By.VARIANT:
        return lambda cell: cell.variant
    if group is By.LINK:
        return lambda cell: cell.link
    links = {one.code: one for one in table.links(caller.key.guild_id)}
    if group is By.PLATFORM:
        return lambda cell: links[cell.link].platform if cell.link in links else ""
    return lambda cell: links[cell.link].campaign_id if cell.link in links else ""


def _span(
    first: date | None, last: date | None, clock: Callable[[], datetime], days: int
) -> tuple[date, date]:
    end = last or clock().date()
    start = first or date.fromordinal(max(1, end.toordinal() - days + 1))
    if start > end or (end - start).days >= MOST_DAYS:
        raise _wrong("from", f"At most {MOST_DAYS} days, the first before the last.")
    if start.year < 2015 or end.year > 2200:
        raise _wrong("from", "A day since Discord is there.")
    return start, end


def _few[T](read: Callable[[], T]) -> T:
    try:
        return read()
    except TooMuchError as error:
        raise _wrong("from", "That is more than one answer holds. Ask for fewer days.") from error


def _wrong(name: str, detail: str) -> ProblemError:
    wrong = InvalidParam(pointer=f"/query/{name}", detail=detail)
    return ProblemError(422, "invalid", "The request is not as described", errors=(wrong,))
