"""CloudWatch's embedded metric format: a log line with metrics in it, read.

CloudWatch user guide: Specification, embedded metric format. A line that is something else tells
nothing, and neither does a metric that has no number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MARK: Final = '"_aws"'


@dataclass(frozen=True, slots=True)
class Datum:
    """One value of one metric."""

    namespace: str
    name: str
    value: float
    unit: str
    dimensions: Mapping[str, str]
    at: float
    """Seconds since 1970."""


def read_line(line: str) -> Iterator[Datum]:
    """Read the metrics of a log line."""
    begin = line.find("{") if MARK in line else -1
    if begin < 0:
        return
    try:
        fields = json.loads(line[begin:])
        head = fields["_aws"]
        at = float(head["Timestamp"]) / 1000
        for directive in head["CloudWatchMetrics"]:
            yield from _directive(fields, directive, at)
    except (KeyError, TypeError, ValueError):
        return


def _directive(fields: Mapping[str, Any], told: Mapping[str, Any], at: float) -> Iterator[Datum]:
    for names in told["Dimensions"]:
        dimensions = {name: str(fields[name]) for name in names}
        for metric in told["Metrics"]:
            found = fields.get(metric["Name"])
            for value in found if isinstance(found, list) else [found]:
                if isinstance(value, int | float):
                    unit = str(metric.get("Unit") or "None")
                    yield Datum(
                        told["Namespace"], metric["Name"], float(value), unit, dimensions, at
                    )
