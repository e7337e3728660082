"""Hours, days and weeks as rows name them. Pure; all UTC, weeks are ISO weeks."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


def hour_of(moment: datetime) -> datetime:
    """Say when the hour of a moment began."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def week_of(day: date) -> date:
    """Name a day's week by its Monday."""
    return day - timedelta(days=day.weekday())


def midnight(day: date) -> datetime:
    """Say when a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def hour_name(hour: datetime) -> str:
    """Name an hour, for example `2026-11-20T13`."""
    return hour.astimezone(UTC).strftime("%Y-%m-%dT%H")


def read_hour(name: str) -> datetime:
    """Undo `hour_name`."""
    return datetime.strptime(name, "%Y-%m-%dT%H").replace(tzinfo=UTC)


def week_name(monday: date) -> str:
    """Name a week, for example `2026-W47`."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def read_week(name: str) -> date:
    """Undo `week_name`."""
    year, _, week = name.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)
