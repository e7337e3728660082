"""Names of the funnel's rows. Pure.

Rows of a link lie under `L#<code>`, those of a campaign under `L#@<guild>#<campaign>`; no code has
an `@`. Clicks are added one by one, members' steps in transactions: they have rows of their own, so
that they never meet.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from usher.funnel.model import Journey, Standing, journey_id
from usher.ids import GuildId
from usher.referrals.model import CampaignId, LinkCode
from usher.times import format_time

type Row = tuple[str, str]
"""Partition and sort key."""

HOLDS: Final = "HOLDS"
"""The row of a guild that says what its admins are to be told of conversions that are held."""
STEPS: Final = "JOINS"
"""The row of a link that holds its members' steps of all time."""
CLICK_DAYS: Final = "CLICK-DAY#"
STEP_DAYS: Final = "STEP-DAY#"
CLICK_HOURS: Final = "CLICK-HOUR#"
STEP_HOURS: Final = "STEP-HOUR#"
KEEP_HOURS: Final = timedelta(days=400)
"""Rows of hours; days and totals stay."""
QUARTERS: Final = 4
"""Of an hour: every time zone of today is a multiple of 15 minutes away from UTC."""


def link_rows(code: LinkCode) -> str:
    """Name a link's partition."""
    return f"L#{code}"


def campaign_rows(guild_id: GuildId, campaign_id: CampaignId) -> str:
    """Name a campaign's partition."""
    return f"L#@{guild_id}#{campaign_id}"


def member_rows(guild_id: GuildId) -> str:
    """Name the partition of a guild's journeys."""
    return f"L#@{guild_id}"


def journey_row(journey: Journey) -> Row:
    """Name a journey's row."""
    begun = format_time(journey.joined_at)
    return member_rows(journey.guild_id), f"JOIN#{journey.user_id}#{begun}"


def held_row(journey: Journey) -> Row | None:
    """Name the row by which a held conversion is found, longest held first; None where none is."""
    won = journey.conversion
    if won is None or journey.place is None or won.standing is not Standing.HELD:
        return None
    key = f"HELD#{format_time(won.at)}#{journey_id(journey)}"
    return member_rows(journey.guild_id), key


def step_day(day: date, variant: str, link: LinkCode) -> str:
    """Name a day's row of steps by one variant of a link."""
    return f"{STEP_DAYS}{day.isoformat()}#{variant}#{link}"


def step_hour(moment: datetime) -> str:
    """Name an hour's row of steps."""
    return f"{STEP_HOURS}{hour_of(moment)}"


def step_variant(variant: str) -> str:
    """Name a variant's row of steps."""
    return f"STEP-VARIANT#{variant}"


def click_day(day: date, variant: str, link: LinkCode) -> str:
    """Name a day's row of clicks on one variant of a link."""
    return f"{CLICK_DAYS}{day.isoformat()}#{variant}#{link}"


def click_hour(moment: datetime) -> str:
    """Name an hour's row of clicks."""
    return f"{CLICK_HOURS}{hour_of(moment)}"


def hour_of(moment: datetime) -> str:
    """Write the UTC hour that holds a moment."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H")


def ends_at(sort: str) -> int | None:
    """Tell when a row may go, in seconds since 1970; None for good, as all but hours are."""
    kind, _, hour = sort.partition("#")
    if f"{kind}#" not in (CLICK_HOURS, STEP_HOURS):
        return None
    begun = datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC)
    return int((begun + KEEP_HOURS).timestamp())


def quarter(name: str, moment: datetime) -> str:
    """Name a counter of the quarter of an hour, for example `joins_2`."""
    return f"{name}_{moment.minute * QUARTERS // 60}"


def day_of(moment: datetime) -> date:
    """Tell the UTC day."""
    return moment.astimezone(UTC).date()
