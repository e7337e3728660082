"""The front's metrics: one line a request in CloudWatch's embedded metric format, written by hand.

powertools' metrics would cost more at a cold start than the rest of the line does in a year.
"""

import time
from collections.abc import Callable, Mapping
from typing import Final

NAMESPACE: Final = "Usher"
FORGED: Final = 401
LONGEST_SECONDS: Final = 60.0
"""What API Gateway says of longer ago than it waits is no time of this request's."""


class Measure:
    """Writes what became of each request. `write` takes a line, `clock` tells Unix time."""

    def __init__(
        self,
        environ: Mapping[str, str],
        write: Callable[[str], object] = print,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._namespace = environ.get("POWERTOOLS_METRICS_NAMESPACE") or NAMESPACE
        self._service = environ.get("POWERTOOLS_SERVICE_NAME") or "interactions"
        self._write = write
        self._clock = clock
        self._failed = False

    def failed(self) -> None:
        """Note that the command of the request that is being answered failed."""
        self._failed = True

    def answered(
        self, event: Mapping[str, object], response: Mapping[str, object], began: float
    ) -> None:
        """Write a request's metrics; `began` is when the handler was called.

        How long it took counts from when API Gateway took the request, a cold start included.
        """
        now, failed = self._clock(), self._failed
        self._failed = False
        if response.get("statusCode") == FORGED:
            self._line(now, {"BadSignatures": 1})
            return
        took = round((now - _taken(event, began, now)) * 1000, 1)
        told: dict[str, float] = {"Interactions": 1, "HandlerMilliseconds": took}
        if failed:
            told["InteractionsFailed"] = 1
        self._line(now, told)

    def _line(self, now: float, told: Mapping[str, float]) -> None:
        metrics = ",".join(f'{{"Name":"{name}","Unit":"{_unit(name)}"}}' for name in told)
        values = ",".join(f'"{name}":{value}' for name, value in told.items())
        self._write(
            f'{{"_aws":{{"Timestamp":{int(now * 1000)},"CloudWatchMetrics":['
            f'{{"Namespace":"{self._namespace}","Dimensions":[["service"]],"Metrics":[{metrics}]}}'
            f']}},"service":"{self._service}",{values}}}'
        )


def _unit(name: str) -> str:
    return "Milliseconds" if name.endswith("Milliseconds") else "Count"


def _taken(event: Mapping[str, object], began: float, now: float) -> float:
    context = event.get("requestContext")
    told = context.get("timeEpoch") if isinstance(context, dict) else None
    if isinstance(told, int) and 0 <= now - told / 1000 <= LONGEST_SECONDS:
        return min(told / 1000, began)
    return began
