"""The environment of a door, read once and whole."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

DISCORD_API_BASE: Final = "https://discord.com/api/v10"
"""Where Discord is when nothing else is configured."""


class SettingsError(ValueError):
    """The environment is incomplete or wrong; `problems` names every variable concerned."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(f"environment: {', '.join(problems)}")
        self.problems = problems


def require(environ: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return the named variables; raises SettingsError naming all that are missing or empty."""
    missing = tuple(name for name in names if not environ.get(name))
    if missing:
        raise SettingsError(missing)
    return {name: environ[name] for name in names}


def region(environ: Mapping[str, str]) -> str:
    """Return the AWS Region as Lambda and the SDK name it; raises SettingsError without one."""
    found = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if not found:
        raise SettingsError(("AWS_REGION",))
    return found


def retention(environ: Mapping[str, str]) -> timedelta | None:
    """Read how long the ledger is locked; not at all unless LEDGER_RETENTION_DAYS says so."""
    days = environ.get("LEDGER_RETENTION_DAYS")
    if not days:
        return None
    if not days.isdecimal() or not 1 <= int(days) <= 36500:
        raise SettingsError(("LEDGER_RETENTION_DAYS",))
    return timedelta(days=int(days))
