"""Joins through the event worker, beside the bare writes that keep a join.

The event worker's artefact and the bare writes run under AWS's runtime client over one emulator, in
turn. The emulator is slow, and what it takes is the same for both: CPU of the function decides.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

import boto3

from infra.local.emulator import Emulator
from infra.local.host import architecture
from tests.bench import houses
from tests.bench.houses import House
from tests.bench.table import Row
from tests.builders import GUILD, joined, look, observe, row
from tests.building import build
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_bucket, make_queue, make_table
from tests.runtime_api import Function, Runtime
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode

BATCHES: Final = 8
MESSAGES: Final = 10
"""Of a batch: the most that a FIFO queue hands over."""
TOGETHER: Final = 10
"""Joins of one observation, all by one code: 100 joins at once, in a batch."""
BURST_SECONDS: Final = 3.0
"""How soon 100 joins at once are to be kept, all of them."""


class Crowd:
    """Observations of joins, each told with the look that follows them."""

    def __init__(self) -> None:
        self._members = count(10**17)
        self._uses = [0] * MESSAGES
        self._now = 0.0

    def batch(self) -> dict[str, Any]:
        """A hundred joins, as a batch of messages."""
        return {"Records": [_record(self._observation(code)) for code in range(MESSAGES)]}

    def baseline(self) -> dict[str, Any]:
        """What the listener saw before anybody came."""
        return {"Records": [_record(observe(look=self._look(), seconds=self._now))]}

    def _observation(self, code: int) -> Observation:
        self._now += 2
        came = [joined(str(next(self._members)), self._now - 1) for _ in range(TOGETHER)]
        self._uses[code] += TOGETHER
        return observe(*came, look=self._look(), seconds=self._now)

    def _look(self) -> Any:  # noqa: ANN401 - what the builder makes
        rows = [row(f"code{code}", uses, str(900 + code)) for code, uses in enumerate(self._uses)]
        return look(*rows, seconds=self._now)


def _record(observation: Observation) -> dict[str, Any]:
    return {
        "messageId": observation.id,
        "receiptHandle": observation.id,
        "body": encode(observation),
        "attributes": {"MessageGroupId": GUILD, "ApproximateReceiveCount": "1"},
    }


def measure() -> Iterator[Row]:
    """Measure both."""
    with tempfile.TemporaryDirectory() as name, _cloud() as environment:
        folder = Path(name)
        (folder / "client").mkdir()
        runtime = Runtime(folder / "client")
        artefact = build("EventWorkerFunction", folder / "worker", architecture())
        ours = House(artefact, "event_worker.app.handler")
        bare = houses.rival("writes", artefact, folder / "writes")
        with (
            runtime.running(ours.folder, ours.handler, environment) as worker,
            runtime.running(bare.folder, bare.handler, environment) as writes,
        ):
            yield from _compared(worker, writes)


def _compared(worker: Function, writes: Function) -> Iterable[Row]:
    crowd, ours, floors, number = Crowd(), [], [], MESSAGES * TOGETHER
    ended = worker.invoke(crowd.baseline())
    wrote = writes.invoke({"joins": [0]})
    for turn in range(BATCHES + 1):
        began, ended = ended, worker.invoke(crowd.batch())
        assert ended.value() == {"batchItemFailures": []}
        start, wrote = wrote, writes.invoke({"joins": [f"{turn}-{one}" for one in range(number)]})
        assert wrote.value() == {"batchItemFailures": []}
        if turn:
            ours.append(number / (ended.cpu - began.cpu))
            floors.append(number / (wrote.cpu - start.cpu))
    ratio = median(a / b for a, b in zip(ours, floors, strict=True))
    floor = f"bare writes: {median(floors):,.0f} a CPU second"
    yield Row("joins through the road", f"{median(ours):,.0f} a CPU second", floor, ratio)
    took = number / median(ours)
    what = f"… {number} at once, all of them"
    yield Row(what, f"{took:.2f} s CPU", f"the goal: {BURST_SECONDS:g} s", took / BURST_SECONDS, 1)


@contextmanager
def _cloud() -> Iterator[dict[str, str]]:
    with Emulator() as emulator:
        session, url = boto3.Session("test", "test", region_name=REGION), emulator.endpoint_url
        make_table(session.client("dynamodb", endpoint_url=url))
        make_bucket(session.client("s3", endpoint_url=url))
        sqs = session.client("sqs", endpoint_url=url)
        queues = ("EVENTS", "EFFECTS", "CONFIRMATIONS", "REPAIRS", "HOOKS")
        yield {
            **{f"{name}_QUEUE_URL": make_queue(sqs, name.lower()) for name in queues},
            "AWS_ENDPOINT_URL": url,
            "TABLE_NAME": TABLE,
            "LEDGER_BUCKET": BUCKET,
            "LEDGER_RETENTION_DAYS": "30",
            "POWERTOOLS_SERVICE_NAME": "event_worker",
            "LOG_LEVEL": "INFO",
        }
