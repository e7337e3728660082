"""Discord's limits as functions tell each other of them, each told once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from functools import partial
from typing import Final

from infra.local.aws import environment
from infra.local.system import System
from tests.e2e.watching import eventually
from usher.limits.breaker import Closure, Why
from usher.limits.rows import Rows
from usher.limits.rules import lane_of
from usher.limits.table import DynamoLimits
from usher.platform.signed_http import DYNAMODB, SignedClient

WORTH_TELLING: Final = 1.1
"""Seconds."""


async def limited[T](
    system: System, function: str, method: str, path: str, act: Callable[[], Awaitable[T]]
) -> T:
    """Have a function be the first to ask Discord after it was closed, and be told of a limit.

    Wait until it has opened Discord and noted the limit. Another one may be quicker, or a container
    have looked a moment ago: then it acts again. `function` is its log's name.
    """
    lane, faults = lane_of(method, path), system.practice.faults

    def opened(before: int) -> bool:
        return _openings(system, function) > before

    async with asyncio.timeout(60):
        while True:
            before = _openings(system, function)
            with closing(SignedClient(DYNAMODB, environment(system.endpoint_url))) as client:
                limits, now = DynamoLimits(Rows(client, system.table_name)), time.time()
                limits.trip(Closure(Why.BAN, now - 1, 1), now)
                faults.clear()
                faults.answer(method, path, 429, retry_after=WORTH_TELLING, scope="shared")
                told = await act()
                with suppress(TimeoutError):
                    await eventually(partial(opened, before), 5)
                    if lane.key in {one.key for one in limits.board(now).closed}:
                        return told


def _openings(system: System, function: str) -> int:
    """Count how often a function has opened Discord."""
    pages = system.cloud.logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/usher/local/{function}"
    )
    lines = [one["message"] for page in pages for one in page["events"]]
    return sum("Discord answers again" in line for line in lines)
