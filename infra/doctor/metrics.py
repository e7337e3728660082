"""Figures of CloudWatch that the doctor asks for."""

from datetime import datetime, timedelta
from typing import Any, Final

from infra.doctor.place import Place

DAY: Final = timedelta(days=1)
FIVE_MINUTES: Final = 300
QUARTER: Final = 900
"""Seconds of a data point, where days are looked at: CloudWatch gives 1,440 at most at a time."""


def total(place: Place, function: str, metric: str, now: datetime) -> int:
    """Sum up a metric of a function over the last day."""
    points = _points(place, "AWS/Lambda", metric, "FunctionName", function, now - DAY, now, "Sum")
    return int(sum(value for _, value in points))


def last_seen(place: Place, function: str, since: datetime, now: datetime) -> datetime | None:
    """Say when a function was invoked last, to a quarter of an hour; None for not since then."""
    points = _points(
        place, "AWS/Lambda", "Invocations", "FunctionName", function, since, now, "Sum"
    )
    ran = [at for at, value in points if value > 0]
    return min(now, max(ran) + timedelta(seconds=QUARTER)) if ran else None


def oldest_message(place: Place, queue: str, now: datetime) -> timedelta | None:
    """Say how old the oldest message of a queue was of late."""
    metric = "ApproximateAgeOfOldestMessage"
    since = now - timedelta(minutes=10)
    points = _points(place, "AWS/SQS", metric, "QueueName", queue, since, now, "Maximum")
    return timedelta(seconds=points[-1][1]) if points else None


def _points(
    place: Place,
    namespace: str,
    metric: str,
    dimension: str,
    value: str,
    since: datetime,
    now: datetime,
    statistic: str,
) -> list[tuple[datetime, float]]:
    period = FIVE_MINUTES if now - since < timedelta(hours=6) else QUARTER
    answer: dict[str, Any] = place.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": dimension, "Value": value}],
        StartTime=since,
        EndTime=now,
        Period=period,
        Statistics=[statistic],
    )
    points = [(one["Timestamp"], float(one[statistic])) for one in answer.get("Datapoints", ())]
    return sorted(points)
