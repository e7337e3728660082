"""Time as Discord writes it, and the ids that carry it."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

type Clock = Callable[[], datetime]

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SEQUENCE_BITS = 22


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Write a moment with six decimals and `+00:00`, as Discord does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def snowflake_floor(moment: datetime) -> int:
    """Return the smallest id that could have been made at `moment`.

    Source: Discord API reference, "Snowflakes": milliseconds since 2015 in the upper 42 bits.
    """
    return ((moment - DISCORD_EPOCH) // _MILLISECOND) << _SEQUENCE_BITS


def snowflake_moment(snowflake: str) -> datetime:
    """Return the moment at which an id was made."""
    return DISCORD_EPOCH + (int(snowflake) >> _SEQUENCE_BITS) * _MILLISECOND


def aged_snowflake(moment: datetime) -> str:
    """Make an id that looks as if it had been made at an earlier moment."""
    return str(snowflake_floor(moment) | random.getrandbits(_SEQUENCE_BITS))
