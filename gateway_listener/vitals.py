"""Taking the listener's pulse: the health endpoint, the loop's lag and the heartbeat metric."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from aiohttp import web

from gateway_listener.health import Vitals, ailments

NAMESPACE: Final = "Usher"
HEARTBEAT_EVERY: Final = 60.0
LAG_EVERY: Final = 1.0


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


async def serve(port: int, take: Callable[[], Vitals]) -> web.AppRunner:
    """Serve GET /health on 127.0.0.1; port 0 takes a free one. The caller cleans the runner up."""

    async def health(_: web.Request) -> web.Response:
        report = take().report()
        return web.json_response(report, status=503 if report["ailments"] else 200)

    application = web.Application()
    application.router.add_get("/health", health)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


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
