"""What was counted of links and campaigns in the DynamoDB table, without the SDK."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from usher.funnel.buckets import QUARTER, Quarter
from usher.funnel.measure import Cell
from usher.funnel.numbers import TooMuchError
from usher.funnel.rows import CLICK_DAYS, CLICK_HOURS, QUARTERS, STEP_DAYS, STEP_HOURS, hour_of
from usher.funnel.tallies import AFTER_DAYS, LOST, WON
from usher.platform.dynamo_reads import Caller, DynamoReads, Item
from usher.referrals.codec import COUNTERS, read_counts
from usher.referrals.model import Counts, LinkCode

MOST_ROWS: Final = 25_000
"""Rows of one answer: some 4 MB, 500 read units, and a second or two."""
_COHORT: Final = tuple(name.format(days=days) for days in AFTER_DAYS for name in (LOST, WON))


@dataclass(frozen=True, slots=True)
class DynamoNumbers:
    """Implements NumberRows."""

    client: Caller
    name: str

    def days(self, partition: str, first: date, last: date) -> tuple[Cell, ...]:
        """Read UTC days by link and variant."""
        rows = self._rows(
            partition,
            lambda kind: (f"{kind}{first.isoformat()}#", f"{kind}{last.isoformat()}#~"),
            (CLICK_DAYS, STEP_DAYS),
        )
        return tuple(_cell(row) for row in rows)

    def quarters(self, partition: str, begin: datetime, end: datetime) -> tuple[Quarter, ...]:
        """Read the quarters of the hours that a time touches; the end is not read any more."""
        final = end - timedelta(microseconds=1)
        rows = self._rows(
            partition,
            lambda kind: (f"{kind}{hour_of(begin)}", f"{kind}{hour_of(final)}"),
            (CLICK_HOURS, STEP_HOURS),
        )
        return tuple(quarter for row in rows for quarter in _quarters(row))

    def _rows(
        self, partition: str, span: Callable[[str], tuple[str, str]], kinds: tuple[str, ...]
    ) -> Iterator[Item]:
        reads, number = DynamoReads(self.client, self.name), 0
        for kind in kinds:
            for row in reads.between(partition, *span(kind)):
                number += 1
                if number > MOST_ROWS:
                    raise TooMuchError
                yield row


def _cell(row: Item) -> Cell:
    _, day, variant, link = str(row["sk"]).split("#", 3)
    cohort = {name: number for name in _COHORT if isinstance(number := row.get(name), int)}
    return Cell(date.fromisoformat(day), variant, LinkCode(link), read_counts(row), cohort)


def _quarters(row: Item) -> Iterator[Quarter]:
    hour = datetime.fromisoformat(f"{str(row['sk']).partition('#')[2]}:00").replace(tzinfo=UTC)
    for number in range(QUARTERS):
        counted: Item = {
            name: found
            for name in (*COUNTERS, "value")
            if isinstance(found := row.get(f"{name}_{number}"), int | Decimal)
        }
        if (counts := read_counts(counted)) != Counts():
            yield hour + number * QUARTER, counts
