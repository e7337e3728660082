"""Reading what was counted of links and campaigns (SPEC 5.9)."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Final, Protocol

from usher.frozen import frozen
from usher.funnel.buckets import Bucket, Quarter, Unit, series, window
from usher.funnel.cohorts import Cohort, cohorts
from usher.funnel.measure import Cell
from usher.funnel.rows import campaign_rows, link_rows
from usher.ids import GuildId
from usher.referrals.model import CampaignId, LinkCode

MOST_DAYS: Final = 366
MOST_HOURS_DAYS: Final = 31
"""Days of which hours are shown one by one."""


class TooMuchError(Exception):
    """More rows than are read for one answer: fewer days may do."""


class NumberRows(Protocol):
    """What was counted, by partition. Every method may raise AwsError and TooMuchError."""

    def days(self, partition: str, first: date, last: date) -> tuple[Cell, ...]:
        """Read UTC days by link and variant."""
        ...

    def quarters(self, partition: str, begin: datetime, end: datetime) -> tuple[Quarter, ...]:
        """Read the quarters of the hours that a time touches; the end is not read any more."""
        ...


@frozen
class Numbers:
    """Reads what is asked of a link, of a campaign, or of several."""

    rows: NumberRows

    def cells(self, partitions: Iterable[str], first: date, last: date) -> tuple[Cell, ...]:
        """Read UTC days by link and variant."""
        return tuple(cell for one in partitions for cell in self.rows.days(one, first, last))

    def series(
        self, partitions: Iterable[str], unit: Unit, first: date, last: date, zone: tzinfo
    ) -> tuple[Bucket, ...]:
        """Read hours, days or weeks of a time zone, whole days of it."""
        begin, end = window(first, last, zone)
        quarters = [
            quarter for one in partitions for quarter in self.rows.quarters(one, begin, end)
        ]
        return series(quarters, unit, first, last, zone)

    def cohorts(
        self, partitions: Iterable[str], first: date, last: date, now: datetime
    ) -> tuple[Cohort, ...]:
        """Read who joined in which week, stayed and converted."""
        return cohorts(self.cells(partitions, first, last), now)


def of_link(code: LinkCode) -> tuple[str, ...]:
    """Name where a link's numbers are."""
    return (link_rows(code),)


def of_campaigns(guild_id: GuildId, campaigns: Iterable[CampaignId]) -> tuple[str, ...]:
    """Name where campaigns' numbers are."""
    return tuple(campaign_rows(guild_id, one) for one in campaigns)
