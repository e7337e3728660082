"""Which backups there are, how each is named, and which is due. Pure (SPEC 4.5)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

SETTINGS: Final = "S#"
"""What the sort keys of settings begin with (attribution/rows.py)."""
PASSING: Final = "OD#"
"""What partitions begin with that are in no backup: what people have typed and not sent yet
(onboarding/table.py). An erasure does not reach backups."""
SALTS: Final = "SALT"
"""The partition of the days' salts, which is in no backup either: it goes after two days, and with
it whatever could tell who a visitor was (referrals/click_table.py). Its values are bytes."""


class Kind(StrEnum):
    """A kind of backup, each with a folder, a period and a life of its own."""

    DAILY = "daily"
    """The whole table."""
    SETTINGS = "settings"
    """Weekly: what people have set, as one JSON object a row; to read, and to restore by hand."""
    MONTHLY = "monthly"
    """The whole table, kept longer."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: a period of a kind has one at most."""

    kind: Kind
    name: str

    @property
    def key(self) -> str:
        """Where it is kept."""
        end = "json" if self.kind is Kind.SETTINGS else "jsonl.gz"
        return f"{prefix(self.kind)}{self.name}.{end}"


def prefix(kind: Kind) -> str:
    """Say where backups of a kind are kept; the bucket's lifecycle ends them there."""
    return f"backups/{kind.value}/"


def backup_of(kind: Kind, now: datetime) -> Backup:
    """Name the backup of a moment's day, ISO week or month, by UTC."""
    day = now.astimezone(UTC).date()
    year, week, _ = day.isocalendar()
    names = {
        Kind.DAILY: day.isoformat(),
        Kind.SETTINGS: f"{year}-W{week:02}",
        Kind.MONTHLY: f"{day:%Y-%m}",
    }
    return Backup(kind, names[kind])
