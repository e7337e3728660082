"""Points in time as text: UTC, ISO 8601, microseconds."""

from datetime import UTC, datetime


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 time with an offset (`Z` or `+00:00`) as UTC.

    Raises ValueError for anything else, a time without an offset included.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time without an offset: {text!r}")
    return moment.astimezone(UTC)


def format_time(moment: datetime) -> str:
    """Write a time as UTC with microseconds, for example `2026-11-20T12:00:00.000000+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
