"""What a member reads whose command needs Discord, which may not be asked now."""

from math import ceil
from typing import Final

from usher.platform.discord_rest import RateLimitedError, UnauthorizedError
from usher.slash.say import later, say, say_count

_TOKEN: Final = later("Discord refuses my token: whoever runs Usher must renew it.")
_WAIT: Final = later("Discord asks me to wait {wait}. Please try again then.")


def waiting(error: RateLimitedError | UnauthorizedError) -> str:
    """Say why nothing was done, and when to try again."""
    if isinstance(error, UnauthorizedError):
        return say(_TOKEN)
    seconds = max(1, ceil(error.retry_after))
    if seconds < 120:
        return say(_WAIT, wait=say_count("{number} second", "{number} seconds", seconds))
    minutes = ceil(seconds / 60)
    return say(_WAIT, wait=say_count("{number} minute", "{number} minutes", minutes))
