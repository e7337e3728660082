"""Failures of Discord and AWS as the doctor's probes tell them."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from usher.doctor.model import ProbeError
from usher.platform.discord_rest import (
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
)
from usher.platform.signed_http import AwsError
from usher.slash.say import say, say_count


@contextmanager
def probing() -> Iterator[None]:
    """Turn whatever goes wrong into a ProbeError: a doctor does not fall ill at the bedside."""
    try:
        yield
    except ProbeError:
        raise
    except Exception as error:
        raise ProbeError(why(error)) from error


def why(error: Exception) -> str:
    """Say in a sentence what went wrong."""
    match error:
        case UnauthorizedError():
            return say("Discord refuses my token; whoever runs Usher must renew it.")
        case RateLimitedError():
            return say_count(
                "Discord asks me to wait {number} second.",
                "Discord asks me to wait {number} seconds.",
                ceil(error.retry_after),
            )
        case RefusedError():
            return say("Discord refuses it.")
        case UnavailableError():
            return say("Discord does not answer.")
        case AwsError():
            return say("my table does not answer ({code}).", code=error.code)
        case _:
            return say("it went wrong ({name}).", name=type(error).__name__)
