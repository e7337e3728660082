"""What was counted, as it is shown."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from usher.funnel.cohorts import Cohort
from usher.funnel.measure import Finding, Rate, rates_of
from usher.referrals.model import Counts


class By(StrEnum):
    """By what a funnel is parted."""

    LINK = "link"
    CAMPAIGN = "campaign"
    PLATFORM = "platform"
    VARIANT = "variant"
    DAY = "day"


class RateView(BaseModel):
    """A share of those of the step before."""

    share: float | None = Field(
        description="Null of nothing. Above 1 where people came without a counted click."
    )
    low: float | None = Field(description="The true share lies between `low` and `high`")
    high: float | None = Field(description="in 95 of 100 cases (Wilson).")


class RatesView(BaseModel):
    """How many went on."""

    joined: RateView = Field(description="Joins of clicks.")
    begun: RateView = Field(description="Onboardings of joins.")
    finished: RateView = Field(description="Conversions of onboardings.")
    converted: RateView = Field(description="Conversions of clicks.")


class FunnelView(BaseModel):
    """Steps of a funnel. Each is counted on its own day."""

    clicks: int
    joins: int
    onboardings: int
    conversions: int
    value: str = Field(description="Worth of the conversions, a decimal number.")
    rates: RatesView


class GroupView(FunnelView):
    """One part of a funnel."""

    name: str = Field(description="A code, an id, a platform, a variant or a day, as asked.")


class ComparisonView(BaseModel):
    """What the results of variants allow to say."""

    finding: Finding = Field(
        description="`too_few`: too little has happened; `open`: it may be chance; `ahead`: `best` "
        "is better than each other one, at 95 %."
    )
    best: str | None


class FunnelAnswer(BaseModel):
    """A funnel, and its parts."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    totals: FunnelView
    groups: list[GroupView] = Field(description="Most conversions first; days in their order.")
    comparison: ComparisonView | None = Field(description="Of variants, of one campaign.")


class BucketView(BaseModel):
    """An hour, day or week."""

    start: datetime = Field(description="In the time zone asked for.")
    clicks: int
    joins: int
    onboardings: int
    conversions: int
    value: str


class SeriesAnswer(BaseModel):
    """What happened, in order of time; what is empty is there too."""

    time_zone: str
    items: list[BucketView]


class AfterView(BaseModel):
    """A cohort so many days after the join."""

    days: int
    of: int = Field(description="Who joined so long ago: the others can still leave or convert.")
    stayed: RateView
    converted: RateView


class CohortView(BaseModel):
    """Who joined in a week."""

    week: date = Field(description="Its Monday, UTC.")
    joined: int
    after: list[AfterView]


class CohortsAnswer(BaseModel):
    """Weeks of joining, oldest first; weeks in which nobody joined are left out."""

    items: list[CohortView]


def rate_view(rate: Rate) -> RateView:
    """Show a share."""
    low, high = rate.interval() or (None, None)
    return RateView(share=rate.share, low=low, high=high)


def funnel_view(counts: Counts) -> FunnelView:
    """Show a funnel."""
    rates = rates_of(counts)
    return FunnelView(
        clicks=counts.clicks,
        joins=counts.joins,
        onboardings=counts.onboardings,
        conversions=counts.conversions,
        value=f"{counts.value:f}",
        rates=RatesView(
            joined=rate_view(rates.joined),
            begun=rate_view(rates.begun),
            finished=rate_view(rates.finished),
            converted=rate_view(rates.converted),
        ),
    )


def group_view(name: str, counts: Counts) -> GroupView:
    """Show a part of a funnel."""
    return GroupView(name=name, **dict(funnel_view(counts)))


def bucket_view(start: datetime, counts: Counts) -> BucketView:
    """Show an hour, day or week."""
    return BucketView(
        start=start,
        clicks=counts.clicks,
        joins=counts.joins,
        onboardings=counts.onboardings,
        conversions=counts.conversions,
        value=f"{counts.value:f}",
    )


def cohort_view(cohort: Cohort) -> CohortView:
    """Show a week."""
    after = [
        AfterView(
            days=days,
            of=stayed.of,
            stayed=rate_view(stayed),
            converted=rate_view(cohort.converted[days]),
        )
        for days, stayed in cohort.stayed.items()
    ]
    return CohortView(week=cohort.week, joined=cohort.joined, after=after)
