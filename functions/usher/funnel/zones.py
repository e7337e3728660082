"""Time zones by their IANA names."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["ZoneInfo", "zone_of"]


def zone_of(name: str) -> ZoneInfo | None:
    """Find a time zone, for example `Europe/Berlin`; None for anything else."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
