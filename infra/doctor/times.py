"""How often a schedule runs, by its expression. Pure."""

import re
from datetime import timedelta
from typing import Final

_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON: Final = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


def every(expression: str) -> timedelta | None:
    """Say how long between two runs of `rate(…)` or a `cron(…)` of each hour or day; else None."""
    if rate := _RATE.fullmatch(expression):
        return int(rate[1]) * _UNITS[rate[2]]
    cron = _CRON.fullmatch(expression)
    if cron is None or not cron[1].isdecimal() or set(cron.groups()[2:]) - {"*", "?"}:
        return None
    if cron[2] == "*":
        return timedelta(hours=1)
    return timedelta(days=1) if cron[2].isdecimal() else None
