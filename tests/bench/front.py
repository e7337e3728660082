"""The interactions function beside what it cannot do without, under AWS's runtime client.

Every function is started from its own built folder, the three in turn, so that a busy machine slows
all of them alike. CPU time decides; the clock on the wall stands beside it.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench import houses
from tests.bench.asking import PUBLIC_KEY, command
from tests.bench.board_server import serving
from tests.bench.houses import House
from tests.runtime_api import Function, Runtime

STARTS: Final = 15
ROUNDS: Final = 8
COMMANDS: Final = 250
"""Of a round."""


@dataclass(frozen=True, slots=True)
class Start:
    """One cold start: until the first answer was posted."""

    cpu: float
    wall: float
    """Both in milliseconds."""
    peak: float
    """MB."""


@dataclass(frozen=True)
class Bench:
    """The functions beside one another, and the table that they read."""

    runtime: Runtime
    contenders: Mapping[str, House]
    table: str

    def started(self, house: House, event: dict[str, Any]) -> Start:
        """Start a function for one event."""
        with self._running(house) as function:
            answered = function.invoke(event)
            _check(answered.value())
            wall = answered.at - function.began
            return Start(answered.cpu * 1000, wall * 1000, function.peak)

    def starts(self, path: str, number: int = STARTS) -> dict[str, list[Start]]:
        """Start all of them in turn, after one start each that is not counted."""
        found: dict[str, list[Start]] = {name: [] for name in self.contenders}
        for turn in range(number + 1):
            for name, house in self.contenders.items():
                start = self.started(house, command(path))
                if turn:
                    found[name].append(start)
        return found

    def warm(
        self, path: str, rounds: int = ROUNDS, number: int = COMMANDS
    ) -> dict[str, list[float]]:
        """CPU milliseconds a command, of rounds in turn; the first round is not counted."""
        found: dict[str, list[float]] = {name: [] for name in self.contenders}
        with ExitStack() as stack:
            functions = {
                name: stack.enter_context(self._running(house))
                for name, house in self.contenders.items()
            }
            for turn in range(rounds + 1):
                for name, function in functions.items():
                    took = _round(function, path, number)
                    if turn:
                        found[name].append(took)
        return found

    @contextmanager
    def _running(self, house: House) -> Iterator[Function]:
        environment = {
            "AWS_ENDPOINT_URL": self.table,
            "TABLE_NAME": "usher",
            "COMMANDS_QUEUE_URL": f"{self.table}/queue",
            "EFFECTS_QUEUE_URL": f"{self.table}/queue",
            "DISCORD_PUBLIC_KEY": PUBLIC_KEY,
            "DISCORD_APPLICATION_ID": "1",
            "POWERTOOLS_SERVICE_NAME": "interactions",
            "LOG_LEVEL": "INFO",
        }
        with self.runtime.running(house.folder, house.handler, environment) as function:
            yield function


@contextmanager
def bench() -> Iterator[Bench]:
    """Build everything, and serve a table."""
    with tempfile.TemporaryDirectory() as name, serving(1000, equal=False) as table:
        folder = Path(name)
        (folder / "client").mkdir()
        ours = houses.front(folder / "front")
        contenders = {
            "ours": ours,
            "floor": houses.floor(ours, folder / "floor"),
            "usual": houses.usual(folder / "worker", folder / "usual"),
        }
        yield Bench(Runtime(folder / "client"), contenders, table)


def _round(function: Function, path: str, number: int) -> float:
    events = [command(path) for _ in range(number + 1)]
    began = function.invoke(events[0])
    for event in events[1:]:
        ended = function.invoke(event)
    _check(ended.value())
    return (ended.cpu - began.cpu) * 1000 / number


def _check(answer: Any) -> None:  # noqa: ANN401 - whatever a handler returns
    assert answer["statusCode"] == 200, answer
    assert "invites" in answer["body"], answer


def measure() -> Iterator[str]:
    """Medians, and ratios within this run."""
    with bench() as one:
        starts = one.starts("invite view")
        for name, found in starts.items():
            cpu, wall, peak = (
                statistics.median(getattr(start, what) for start in found)
                for what in ("cpu", "wall", "peak")
            )
            ratio = statistics.median(
                ours.cpu / start.cpu for ours, start in zip(starts["ours"], found, strict=True)
            )
            yield f"cold {name:10} {cpu:8.1f} ms CPU {wall:8.1f} ms {peak:6.1f} MB {ratio:5.2f}"
        warm = one.warm("invite view")
        for name, took in warm.items():
            ratio = statistics.median(a / b for a, b in zip(warm["ours"], took, strict=True))
            yield f"warm {name:10} {statistics.median(took):8.3f} ms CPU a command {ratio:5.2f}"
