"""Rows of two tables compared, attribute by attribute. Pure."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

type Item = Mapping[str, Mapping[str, Any]]
"""A row as DynamoDB's API writes it: `{"pk": {"S": "G#1"}, …}`."""

LEFT_OUT: Final = frozenset({"ahead", "before"})
"""Attributes of rows of a burst under way."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same in both."""

    pk: str
    sk: str
    name: str
    """The attribute; empty where a whole row is on one side only."""
    ours: object
    """As the ledger has it; None for not at all."""
    theirs: object

    def __str__(self) -> str:
        where = f"{self.pk} {self.sk}"
        if not self.name:
            return f"{where}: only in the {'table' if self.ours is None else 'ledger'}"
        return f"{where}: {self.name} is {self.theirs!r}, by the ledger {self.ours!r}"


def compare(
    ours: Iterator[Item], theirs: Iterator[Item], now: datetime, kinds: tuple[str, ...]
) -> Iterator[Difference]:
    """Compare rows of a guild, both in order of sort keys, by every attribute they have.

    Only those whose sort keys begin with one of `kinds`.

    Counts of 0 and rows of nothing else are as if they were not there, since a row that was added
    to and taken from stays; so are rows that have expired.
    """
    marked = heapq.merge(
        ((row["sk"], 0, row) for row in _plain(ours, now, kinds)),
        ((row["sk"], 1, row) for row in _plain(theirs, now, kinds)),
        key=lambda one: one[:2],
    )
    for sk, group in groupby(marked, key=lambda one: one[0]):
        sides = {side: row for _, side, row in group}
        left, right = sides.get(0), sides.get(1)
        if left is None or right is None:
            yield Difference((left or right or {})["pk"], sk, "", left, right)
            continue
        for name in sorted(left.keys() | right.keys()):
            if left.get(name) != right.get(name):
                yield Difference(left["pk"], sk, name, left.get(name), right.get(name))


def _plain(
    items: Iterator[Item], now: datetime, kinds: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    """Write each row as text by attribute, without what says nothing."""
    for item in items:
        if not item["sk"]["S"].startswith(kinds):
            continue
        counts = not item["sk"]["S"].startswith("M#")
        row = {
            name: value
            for name, typed in item.items()
            if name not in LEFT_OUT
            and (value := _value(typed)) is not None
            and not (counts and "N" in typed and float(value) == 0)
        }
        if "ttl" in row and int(row["ttl"]) <= now.timestamp():
            continue
        if row.keys() - {"pk", "sk", "board", "ttl"}:
            yield row


def _value(typed: Mapping[str, object]) -> str | None:
    if typed.get("NULL"):
        return None
    [value] = typed.values()
    return value if isinstance(value, str) else repr(value)
