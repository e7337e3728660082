"""The listener's metrics, from its log to the embedded cloud: CloudWatch Logs does so on AWS."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Final

from infra.local.emf import Datum, read_line
from usher.platform.signed_http import AwsError, SignedClient

MOST: Final = 1_000
"""Metrics of one call (PutMetricData)."""


class LogTail:
    """Reads what was appended to a file since the last look, whole lines only."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0
        self._rest = b""

    def lines(self) -> Iterator[str]:
        """Return the new lines; a file that became shorter is read from its beginning."""
        with contextlib.suppress(FileNotFoundError), self._file.open("rb") as log:
            if self._file.stat().st_size < self._read:
                self._read, self._rest = 0, b""
            log.seek(self._read)
            content = log.read()
            self._read += len(content)
            *whole, self._rest = (self._rest + content).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)


class ListenerMetrics:
    """Carries metrics every few seconds for as long as it runs."""

    def __init__(self, log: Path, cloudwatch: SignedClient, every: float) -> None:
        self._tail = LogTail(log)
        self._cloudwatch = cloudwatch
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._cloudwatch.close()

    async def _run(self) -> None:
        while True:
            found = [datum for line in self._tail.lines() for datum in read_line(line)]
            if found:
                with contextlib.suppress(AwsError):  # a metric is no reason to end
                    await asyncio.to_thread(self._put, found)
            await asyncio.sleep(self._every)

    def _put(self, found: list[Datum]) -> None:
        for namespace in {datum.namespace for datum in found}:
            mine = (datum for datum in found if datum.namespace == namespace)
            for some in batched(mine, MOST, strict=False):
                told = {"Namespace": namespace, "MetricData": [_written(datum) for datum in some]}
                self._cloudwatch.call("PutMetricData", told)


def _written(datum: Datum) -> dict[str, object]:
    named = datum.dimensions.items()
    return {
        "MetricName": datum.name,
        "Value": datum.value,
        "Unit": datum.unit,
        "Timestamp": datum.at,
        "Dimensions": [{"Name": name, "Value": value} for name, value in named],
    }
