"""An alarm of infra/alarms.yaml on the metrics that listeners write into their logs."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, Self

from infra.local.aws import environment, session
from infra.local.emulator import Emulator
from infra.local.host import ROOT
from infra.local.listener_metrics import ListenerMetrics
from infra.local.transform import load
from tests.integration.gateway_listener.machine import Process
from usher.platform.signed_http import CLOUDWATCH, SignedClient

NAMESPACE = "Usher/test"


class Alarm:
    """The alarm as it is deployed, but for whom it tells."""

    def __init__(self, name: str, emulator: Emulator, minute: float) -> None:
        self._name = name
        self._endpoint = emulator.endpoint_url
        self._every = minute / 6
        client: Any = session().client
        self._cloudwatch = client("cloudwatch", endpoint_url=self._endpoint)
        self._hearing = AsyncExitStack()
        declared = load(ROOT / "infra" / "alarms.yaml")["Resources"][name]["Properties"]
        left = {"AlarmDescription", "AlarmActions", "OKActions"}
        kept = {key: value for key, value in declared.items() if key not in left}
        self._cloudwatch.put_metric_alarm(**kept | {"AlarmName": name, "Namespace": NAMESPACE})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hearing.aclose()
        self._cloudwatch.close()

    def hear(self, listener: Process) -> None:
        """Take the metrics of a process that tells them under `NAMESPACE`."""
        client = SignedClient(CLOUDWATCH, environment(self._endpoint))
        metrics = ListenerMetrics(listener.log, client, self._every)
        metrics.start()
        self._hearing.push_async_callback(metrics.stop)

    async def becomes(self, state: str) -> None:
        """Wait for a state."""
        async with asyncio.timeout(40):
            while await asyncio.to_thread(self._state) != state:  # noqa: ASYNC110 - another's pace
                await asyncio.sleep(0.05)

    def rung(self) -> int:
        """Tell how often it has begun."""
        told = self._cloudwatch.describe_alarm_history(AlarmName=self._name)
        return sum("to ALARM" in one["HistorySummary"] for one in told["AlarmHistoryItems"])

    def _state(self) -> str:
        (alarm,) = self._cloudwatch.describe_alarms(AlarmNames=[self._name])["MetricAlarms"]
        state: str = alarm["StateValue"]
        return state
