"""Reading CloudWatch's metrics without the SDK (API reference: GetMetricData)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from usher.alerting.figures import Query, Series
from usher.platform.dynamo_reads import Caller

MOST: Final = 500
"""Queries of one call."""


@dataclass(frozen=True, slots=True)
class MetricReads:
    """Implements Metrics. Every 1,000 queries cost a US cent."""

    client: Caller

    def read(
        self, queries: Sequence[Query], first: datetime, last: datetime, step: timedelta
    ) -> dict[str, Series]:
        """Read values by the query's id, oldest first; may raise AwsError."""
        found: dict[str, list[tuple[datetime, float]]] = {query.id: [] for query in queries}
        request: dict[str, object] = {
            "MetricDataQueries": [_written(one, step) for one in queries[:MOST]],
            "StartTime": first.timestamp(),
            "EndTime": last.timestamp(),
            "ScanBy": "TimestampAscending",
        }
        while True:
            answer: Mapping[str, Any] = self.client.call("GetMetricData", request)
            for result in answer.get("MetricDataResults") or ():
                values = zip(result["Timestamps"], result["Values"], strict=True)
                found[result["Id"]] += [(_moment(at), float(value)) for at, value in values]
            if not (token := answer.get("NextToken")):
                return {name: sorted(series) for name, series in found.items()}
            request["NextToken"] = token


def _written(query: Query, step: timedelta) -> dict[str, object]:
    dimensions = [{"Name": name, "Value": value} for name, value in query.dimensions.items()]
    metric = {
        "Namespace": query.namespace,
        "MetricName": query.metric,
        "Dimensions": dimensions,
    }
    seconds = int(step.total_seconds())
    stat = {"Metric": metric, "Period": seconds, "Stat": query.stat}
    return {"Id": query.id, "MetricStat": stat, "ReturnData": True}


def _moment(told: object) -> datetime:
    """Read a time: seconds since 1970 in AWS's JSON, ISO 8601 in an emulator's."""
    if isinstance(told, int | float):
        return datetime.fromtimestamp(told, UTC)
    return datetime.fromisoformat(str(told)).astimezone(UTC)
