"""CloudWatch's alarms inside the emulator: MiniStack keeps and tells them, this says their state.

MiniStack 1.5.33 evaluates when a metric is put, by the metric's name alone, and its CloudFormation
has no metric math, no composite alarms and no budgets. It rests on private names of that release,
hence the exact pin and tests/local/test_alarms.py.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from infra.local.alarm_evaluation import ALARM, period, reason_of, state_of, values_of
from infra.local.metric_math import Point

type Json = dict[str, Any]

TICK_MINUTES = 1 / 60
"""How often alarms are looked at, so that silence is noticed: every second of a minute's sixty."""


class EmulatedAlarms:
    """Replaces MiniStack's evaluation. `minute` is how many seconds a minute of a period lasts.

    With `patient`, nobody is silent who had no time to speak since the start: a cloud that was
    off for the night does not ring in the morning.
    """

    def __init__(self, minute: float, *, patient: bool = False) -> None:
        from ministack.services import cloudwatch
        from ministack.services.cloudformation import provisioners

        self._cloudwatch: ModuleType = cloudwatch
        self._minute = minute
        self._patient_since = time.time() if patient else 0.0
        self._held_back: set[str] = set()
        cloudwatch._evaluate_alarm = self._evaluate
        self._send = cloudwatch._dispatch_alarm_actions
        cloudwatch._dispatch_alarm_actions = self._tell
        self._record = provisioners._cw_metric_alarm_record
        provisioners._cw_metric_alarm_record = self._read
        provisioners._RESOURCE_HANDLERS |= {
            "AWS::CloudWatch::CompositeAlarm": {
                "create": self._create_composite,
                "update": self._update_composite,
                "delete": self._delete_composite,
            },
            "AWS::Budgets::Budget": {
                "create": lambda logical_id, _properties, stack: (f"{stack}-{logical_id}", {}),
                "delete": lambda _physical_id, _properties: None,
            },
        }

    async def run(self) -> None:
        """Look at every alarm for ever: what falls silent puts no metric."""
        while True:
            await asyncio.sleep(max(0.05, TICK_MINUTES * self._minute))
            self._cloudwatch._evaluate_all_alarms()
            self._release()

    # ------------------------------------------------------------ states

    def _evaluate(self, alarm: Json) -> None:
        values = values_of(alarm, lambda stat: self._values(alarm, stat))
        state = state_of(self._as_judged(alarm), values)
        if state is None or state == alarm["StateValue"]:
            return
        before, alarm["StateValue"] = alarm["StateValue"], state
        reason = reason_of(alarm, values, state)
        alarm["StateReason"] = reason
        alarm["StateUpdatedTimestamp"] = int(time.time())
        self._cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
        self._cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
        self._cloudwatch._evaluate_parent_alarms(alarm)

    def _as_judged(self, alarm: Json) -> Json:
        looked_at = period(alarm) / 60 * self._minute * int(alarm["EvaluationPeriods"])
        if time.time() - self._patient_since >= looked_at:
            return alarm
        if alarm.get("TreatMissingData") != "breaching":
            return alarm
        return {**alarm, "TreatMissingData": "ignore"}

    def _values(self, alarm: Json, stat: Json) -> list[Point]:
        metric, name = stat["Metric"], str(stat["Stat"])
        wanted = {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])}
        key = metric["Namespace"], metric["MetricName"], self._cloudwatch._dims_key(wanted)
        points = self._cloudwatch._metrics.get(key) or ()
        span = period(alarm) / 60 * self._minute
        now, number = time.time(), int(alarm["EvaluationPeriods"])
        return [
            self._statistic([p for p in points if begin < p["Timestamp"] <= begin + span], name)
            for begin in (now - span * n for n in range(number, 0, -1))
        ]

    def _statistic(self, points: Sequence[Json], name: str) -> Point:
        if not points:
            return None
        found = self._cloudwatch._calc_stats(points)
        value = self._cloudwatch._stat_value(found, name, points)
        return None if value is None else float(value)

    # ------------------------------------------------------------ messages

    def _tell(self, alarm: Json, before: str, after: str, reason: str) -> None:
        """Send an alarm's message, unless a suppressor is in alarm (PutCompositeAlarm)."""
        name = alarm["AlarmName"]
        if after == ALARM and self._is_suppressed(alarm):
            self._held_back.add(name)
            return
        if name in self._held_back:
            self._held_back.discard(name)
            if after != ALARM:
                return  # nobody was told of it
        self._send(alarm, before, after, reason)

    def _is_suppressed(self, alarm: Json) -> bool:
        suppressor = str(alarm.get("ActionsSuppressor") or "").rpartition(":")[2]
        held = self._cloudwatch._alarms.get(suppressor)
        held = held or self._cloudwatch._composite_alarms.get(suppressor)
        return bool(suppressor) and held is not None and held["StateValue"] == ALARM

    def _release(self) -> None:
        """Tell of what is in alarm still, once its suppressor is not."""
        for alarm in self._cloudwatch._composite_alarms.values():
            if alarm["AlarmName"] in self._held_back and not self._is_suppressed(alarm):
                self._held_back.discard(alarm["AlarmName"])
                self._send(alarm, "OK", ALARM, alarm.get("StateReason", ""))

    # ------------------------------------------------------------ CloudFormation

    def _read(self, name: str, properties: Json) -> Json:
        """Read an alarm of a template; MiniStack refuses metric math."""
        metrics = properties.get("Metrics")
        if not metrics:
            found: Json = self._record(name, properties)
            return found
        first = next(q for q in metrics if "MetricStat" in q)["MetricStat"]
        stand_in = {
            **{key: value for key, value in properties.items() if key != "Metrics"},
            "Namespace": first["Metric"]["Namespace"],
            "MetricName": first["Metric"]["MetricName"],
            "Period": first["Period"],
        }
        alarm: Json = self._record(name, stand_in)
        alarm["Metrics"] = metrics
        for alone in ("Namespace", "MetricName", "Statistic", "Dimensions", "Period"):
            del alarm[alone]
        return alarm

    def _create_composite(
        self, logical_id: str, properties: Json, stack: str
    ) -> tuple[str, dict[str, str]]:
        name = properties.get("AlarmName") or f"{stack}-{logical_id}"
        status, _, body = self._cloudwatch._put_composite_alarm(
            {}, {**properties, "AlarmName": name}, is_cbor=False, is_json=True
        )
        if status != 200:
            raise ValueError(f"{logical_id}: {json.loads(body)}")
        alarm = self._cloudwatch._composite_alarms[name]
        alarm["ActionsSuppressor"] = properties.get("ActionsSuppressor")
        return name, {"Arn": alarm["AlarmArn"]}

    def _update_composite(
        self, physical_id: str, before: Json, after: Json, stack: str
    ) -> tuple[str, dict[str, str]]:
        del before
        return self._create_composite(physical_id, {"AlarmName": physical_id, **after}, stack)

    def _delete_composite(self, physical_id: str, properties: Json) -> None:
        del properties
        self._cloudwatch._composite_alarms.pop(physical_id, None)
