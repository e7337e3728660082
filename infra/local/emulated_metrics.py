"""CloudWatch's metrics inside the emulator: what AWS's services measure and MiniStack does not.

MiniStack 1.5.33 counts a function's invocations only where it is invoked directly, and takes no
metrics out of logs, queues and HTTP APIs. Rests on private names of that release, hence the exact
pin and tests/local/test_metrics.py. Metrics are not kept over a restart: MiniStack would write two
weeks of them to the disk each time that anything changes.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from types import ModuleType
from typing import Any, Final

from infra.local.emf import MARK, read_line

# ASGI, https://asgi.readthedocs.io/en/latest/specs/main.html
type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]
type Json = dict[str, Any]

_API: Final = re.compile(rb"([a-z0-9]+)[.]execute-api[.]")
_MOST_RECEIVES: Final = 3
_TIMES: Final = 2
"""How often queues are measured in a period of a minute: no period may be without."""


class EmulatedMetrics:
    """Measures. `minute` is how many seconds a minute of an alarm's period lasts."""

    def __init__(self, minute: float) -> None:
        from ministack.services import cloudwatch, lambda_svc, sqs

        self._record = cloudwatch.record_metric
        self._sqs: ModuleType = sqs
        self._minute = minute
        self._told: dict[tuple[str, str], float] = {}
        self._write_log = lambda_svc._emit_lambda_logs
        lambda_svc._emit_lambda_logs = self._ran
        self._count = lambda_svc._emit_lambda_metrics
        lambda_svc._emit_lambda_metrics = self._invoked
        saved = cloudwatch.get_state
        cloudwatch.get_state = lambda: {**saved(), "metrics": {}}

    async def run(self) -> None:
        """Measure the queues for ever."""
        while True:
            self._measure_queues(time.time())
            await asyncio.sleep(self._minute / _TIMES)

    def wrap(self, app: Application) -> Application:
        """Return the ASGI application, with every request of an HTTP API measured."""

        async def measuring(scope: Scope, receive: Receive, send: Send) -> None:
            api = _api_of(scope)
            if api is None:
                await app(scope, receive, send)
                return
            began, statuses = time.monotonic(), list[int]()

            async def noting(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])
                await send(message)

            await app(scope, receive, noting)
            self._answered(api, statuses[0] if statuses else 500, time.monotonic() - began)

        return measuring

    # ------------------------------------------------------------ functions

    def _invoked(self, name: str, *, duration_ms: float, error: bool, throttle: bool) -> None:
        if throttle:  # the rest is counted where every way of invoking passes
            self._record("AWS/Lambda", "Throttles", 1, "Count", {"FunctionName": name})

    def _ran(
        self,
        func: Json,
        request_id: str,
        log_text: str,
        error: bool,
        duration_ms: int,
        **more: str | None,
    ) -> None:
        self._write_log(func, request_id, log_text, error, duration_ms, **more)
        config = func.get("config") or func
        of = {"FunctionName": config.get("FunctionName", "unknown")}
        self._record("AWS/Lambda", "Invocations", 1, "Count", of)
        self._record("AWS/Lambda", "Errors", int(error), "Count", of)
        self._record("AWS/Lambda", "Throttles", 0, "Count", of)
        self._record("AWS/Lambda", "Duration", duration_ms, "Milliseconds", of)
        if MARK in log_text:
            for line in log_text.splitlines():
                for datum in read_line(line):
                    self._record(
                        datum.namespace, datum.name, datum.value, datum.unit, datum.dimensions
                    )

    # ------------------------------------------------------------ queues

    def _measure_queues(self, now: float) -> None:
        for queue in list(self._sqs._queues.values()):
            messages = [one for one in list(queue["messages"]) if _is_there(one, now)]
            visible = sum(one["visible_at"] <= now for one in messages)
            name = queue["name"]
            ages = [now - one["sent_at"] for one in messages if _has_age(one, name)]
            age = max(ages, default=0.0)
            self._gauge(name, "ApproximateNumberOfMessagesVisible", visible, "Count")
            self._gauge(name, "ApproximateAgeOfOldestMessage", age, "Seconds")

    def _gauge(self, queue: str, metric: str, value: float, unit: str) -> None:
        # A queue that stays empty tells nothing, as one that nobody uses does on AWS: days of
        # naughts would be tens of megabytes.
        if value or self._told.get((queue, metric)) != 0:
            self._record("AWS/SQS", metric, value, unit, {"QueueName": queue})
        self._told[queue, metric] = value

    # ------------------------------------------------------------ HTTP APIs

    def _answered(self, api: str, status: int, seconds: float) -> None:
        of = {"ApiId": api}
        self._record("AWS/ApiGateway", "Count", 1, "Count", of)
        self._record("AWS/ApiGateway", "4xx", int(400 <= status < 500), "Count", of)
        self._record("AWS/ApiGateway", "5xx", int(status >= 500), "Count", of)
        self._record("AWS/ApiGateway", "Latency", seconds * 1000, "Milliseconds", of)


def _api_of(scope: Scope) -> str | None:
    if scope["type"] != "http":
        return None
    headers: Mapping[bytes, bytes] = dict(scope["headers"])
    found = _API.match(headers.get(b"host", b""))
    return found[1].decode() if found else None


def _has_age(message: Json, queue: str) -> bool:
    """Say whether a message's age counts (SQS guide: Available CloudWatch metrics).

    In a standard queue one that was received three times does not any more.
    """
    return bool(queue.endswith(".fifo") or message["receive_count"] < _MOST_RECEIVES)


def _is_there(message: Json, now: float) -> bool:
    """Say whether a message counts: one that is delayed does not yet."""
    return bool(message["visible_at"] <= now or message["receive_count"])
