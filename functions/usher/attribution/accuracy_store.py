"""The rows of accuracy: one a guild and UTC day of joining (pynamodb)."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.update import Action

from usher.attribution.accuracy import Accuracy, Check
from usher.attribution.outcomes import Confidence
from usher.attribution.rows import guild_key
from usher.ids import GuildId
from usher.platform.dynamo import Actions, Row

PREFIX: Final = "ACCURACY#"


class AccuracyRow(Row):
    """`ACCURACY#<day>`: joins by confidence, checks by result; attributes named as they are."""

    deterministic = NumberAttribute(null=True)
    confirmed = NumberAttribute(null=True)
    exact = NumberAttribute(null=True)
    inferred = NumberAttribute(null=True)
    ambiguous = NumberAttribute(null=True)
    none = NumberAttribute(null=True)
    agreed = NumberAttribute(null=True)
    settled = NumberAttribute(null=True)
    disagreed = NumberAttribute(null=True)


def accuracy_row(guild_id: GuildId, day: date, accuracy: Accuracy) -> AccuracyRow:
    """Build a day's row whole."""
    numbers: dict[str, Any] = {name.value: number for name, number in _numbers(accuracy) if number}
    return AccuracyRow(guild_key(guild_id), f"{PREFIX}{day.isoformat()}", **numbers)


def _numbers(accuracy: Accuracy) -> Iterable[tuple[Confidence | Check, int]]:
    return (*accuracy.joins.items(), *accuracy.checks.items())


def add_accuracy(actions: Actions, guild_id: GuildId, day: date, accuracy: Accuracy) -> None:
    """Add to a day's row."""
    changes: list[Action] = [
        getattr(AccuracyRow, name.value).add(number) for name, number in _numbers(accuracy)
    ]
    actions.update(AccuracyRow(guild_key(guild_id), f"{PREFIX}{day.isoformat()}"), changes)


def load_accuracy(guild_id: GuildId, first: date, last: date) -> dict[date, Accuracy]:
    """Read the days `first` to `last`, both included; days without joins are left out."""
    days = AccuracyRow.sk.between(f"{PREFIX}{first.isoformat()}", f"{PREFIX}{last.isoformat()}")
    return {
        date.fromisoformat(row.sk.removeprefix(PREFIX)): Accuracy(
            {one: int(n) for one in Confidence if (n := getattr(row, one.value))},
            {one: int(n) for one in Check if (n := getattr(row, one.value))},
        )
        for row in AccuracyRow.query(guild_key(guild_id), days)
    }
