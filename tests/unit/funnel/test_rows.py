"""Names of rows, and which of them end."""

from datetime import UTC, date, datetime

from tests.builders import at
from tests.referring import CODE
from usher.funnel.rows import (
    KEEP_HOURS,
    STEPS,
    click_day,
    click_hour,
    ends_at,
    quarter,
    step_day,
    step_hour,
    step_variant,
)


def test_hours_end_and_all_else_stays() -> None:
    hour = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for row in (click_hour(at(1799)), step_hour(at(1799))):
        assert ends_at(row) == int((hour + KEEP_HOURS).timestamp())
    day = date(2026, 11, 20)
    for row in (
        click_day(day, "", CODE),
        step_day(day, "a", CODE),
        step_variant("a"),
        STEPS,
        "LINK",
    ):
        assert ends_at(row) is None


def test_quarters_are_of_the_hour() -> None:
    assert [quarter("joins", at(60 * minute)) for minute in (0, 14.9, 15, 59.9)] == [
        "joins_0",
        "joins_0",
        "joins_1",
        "joins_3",
    ]
