"""One structured logger a door: JSON lines with service, level, ids and durations.

The service's name comes from POWERTOOLS_SERVICE_NAME, the level from LOG_LEVEL. Tokens, bodies and
signatures are never logged.
"""

from aws_lambda_powertools.logging import Logger

__all__ = ["Logger", "get_logger"]


def get_logger() -> Logger:
    """Build the door's logger; once, in bootstrap.py."""
    return Logger(utc=True, log_uncaught_exceptions=False)
