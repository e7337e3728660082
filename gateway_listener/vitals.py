"""Taking the listener's pulse: the health endpoint, the loop's lag and the heartbeat metric."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, TextIO

from gateway_listener.health import Vitals, ailments

LAG_EVERY: Final = 1.0
REQUEST_WITHIN: Final = 5.0

log = logging.getLogger(__name__)


class LagMeter:
    """Measures how late the event loop runs what is due."""

    def __init__(self) -> None:
        self._beat = time.monotonic()
        self._lag = 0.0
        self._worst = 0.0

    @property
    def lag(self) -> float:
        """Seconds behind: of the last measurement, or of the one that is overdue."""
        return max(self._lag, time.monotonic() - self._beat - LAG_EVERY, 0.0)

    def take_worst(self) -> float:
        """Tell the most seconds behind since this was asked last."""
        worst, self._worst = max(self._worst, self.lag), 0.0
        return worst

    async def run(self) -> None:
        """Measure for ever."""
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(LAG_EVERY)
            self._lag = max(0.0, time.monotonic() - self._beat - LAG_EVERY)
            self._worst = max(self._worst, self._lag)


async def serve(port: int, take: Callable[[], Vitals]) -> asyncio.Server:
    """Serve GET /health on 127.0.0.1; the caller closes the server.

    Two answers do not need aiohttp's server, which costs 2.5 MB.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_WITHIN):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(
                    _health(take) if request.startswith(b"GET /health ") else _response(404)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, TimeoutError):
            log.debug("A request for the health was broken off.")
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port)


def _health(take: Callable[[], Vitals]) -> bytes:
    report = take().report()
    return _response(503 if report["ailments"] else 200, json.dumps(report).encode())


def _response(status: int, body: bytes = b"") -> bytes:
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def metric_line(values: Mapping[str, float], milliseconds: int, namespace: str) -> str:
    """Write metrics as a log line of CloudWatch's embedded metric format.

    The service is the only dimension: every further value of one would be a metric to pay for.
    """
    described = [{"Name": name, "Unit": _unit(name)} for name in values]
    metrics = {"Namespace": namespace, "Dimensions": [["service"]], "Metrics": described}
    head = {"Timestamp": milliseconds, "CloudWatchMetrics": [metrics]}
    return json.dumps({"_aws": head, "service": "listener", **values})


def _unit(name: str) -> str:
    return "Milliseconds" if name.endswith("Milliseconds") else "Count"


async def beat(
    take: Callable[[], Vitals],
    count: Callable[[], Mapping[str, int]],
    gauge: Callable[[], Awaitable[Mapping[str, float]]],
    namespace: str,
    every: float,
    stream: TextIO = sys.stdout,
) -> None:
    """Write the heartbeat metric for ever: 1 when the listener is well, else 0.

    `count` gives totals, of which each line holds what was added since the line before; `gauge`
    gives what stands now.
    """
    before: Mapping[str, int] = {}
    while True:
        now = count()
        values: dict[str, float] = {name: now[name] - before.get(name, 0) for name in now}
        before = now
        wrong = ailments(take())
        values |= {"ListenerHeartbeat": int(not wrong), **await gauge()}
        print(metric_line(values, int(time.time() * 1000), namespace), file=stream, flush=True)
        if wrong:
            log.warning("The listener is not well.", extra={"ailments": wrong})
        await asyncio.sleep(every)
