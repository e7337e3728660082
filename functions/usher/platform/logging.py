"""One structured logger a door: JSON lines with service, level, ids and durations.

The service's name comes from POWERTOOLS_SERVICE_NAME, the level from LOG_LEVEL, the environment is
the stage of the metrics. Tokens, bodies and signatures are never logged.
"""

import os
from typing import Final

from aws_lambda_powertools.logging import Logger

__all__ = ["INVITES", "REFERRALS", "Logger", "get_logger"]


INVITES: Final = "INVITE_DEBUG"
"""Turns on what is told of every join and why."""
REFERRALS: Final = "DEBUG_REFERRALS"
"""Turns on what is told of every request to pages and REST."""


def get_logger(flag: str | None = None) -> Logger:
    """Build the door's logger; once, in bootstrap.py.

    `flag` names the variable that, being `on`, turns debug lines on whatever LOG_LEVEL says.
    """
    level = "DEBUG" if flag is not None and os.environ.get(flag) == "on" else None
    logger = Logger(level=level, utc=True, log_uncaught_exceptions=False)
    logger.append_keys(**_where())
    return logger


def _where() -> dict[str, str]:
    stage = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "").partition("/")[2]
    memory = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    told = {"environment": stage, "memory_mb": memory}
    return {name: value for name, value in told.items() if value}
