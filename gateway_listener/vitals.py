"""Taking the listener's pulse: the health endpoint, the loop's lag and the heartbeat metric."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TextIO

from gateway_listener.health import Vitals, ailments

NAMESPACE: Final = "Usher"
HEARTBEAT_EVERY: Final = 60.0
LAG_EVERY: Final = 1.0
REQUEST_WITHIN: Final = 5.0

log = logging.getLogger(__name__)


class LagMeter:
    """Measures how late the event loop runs what is due."""

    def __init__(self) -> None:
        self._beat = time.monotonic()
        self._lag = 0.0

    @property
    def lag(self) -> float:
        """Seconds behind: of the last measurement, or of the one that is overdue."""
        return max(self._lag, time.monotonic() - self._beat - LAG_EVERY, 0.0)

    async def run(self) -> None:
        """Measure for ever."""
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(LAG_EVERY)
            self._lag = max(0.0, time.monotonic() - self._beat - LAG_EVERY)


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


def metric_line(values: dict[str, int], milliseconds: int) -> str:
    """Write counts as a log line of CloudWatch's embedded metric format.

    The service is the only dimension: every further value of one would be a metric to pay for.
    """
    described = [{"Name": name, "Unit": "Count"} for name in values]
    metrics = {"Namespace": NAMESPACE, "Dimensions": [["Service"]], "Metrics": described}
    head = {"Timestamp": milliseconds, "CloudWatchMetrics": [metrics]}
    return json.dumps({"_aws": head, "Service": "listener", **values})


async def beat(
    take: Callable[[], Vitals],
    count: Callable[[], dict[str, int]],
    gauge: Callable[[], dict[str, int]],
    stream: TextIO = sys.stdout,
) -> None:
    """Write the heartbeat metric every minute for ever: 1 when the listener is well, else 0.

    `count` gives totals, of which each line holds what was added since the line before; `gauge`
    gives what stands now.
    """
    before: dict[str, int] = {}
    while True:
        now = count()
        values = {name: now[name] - before.get(name, 0) for name in now}
        before = now
        wrong = ailments(take())
        values |= {"ListenerHeartbeat": int(not wrong), **gauge()}
        print(metric_line(values, int(time.time() * 1000)), file=stream, flush=True)
        await asyncio.sleep(HEARTBEAT_EVERY)
