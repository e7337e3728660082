"""The interactions function beside what it cannot do without, under AWS's runtime client.

Every function is started from its own built folder, all of them in turn, so that a busy machine
slows them alike. CPU time decides; the clock on the wall stands beside it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from tests.bench import houses
from tests.bench.asking import PUBLIC_KEY, banning, command, ping
from tests.bench.board_server import serving
from tests.bench.houses import House
from tests.bench.table import Row
from tests.runtime_api import SNAPSHOT, Function, Runtime

STARTS: Final = 21
ROUNDS: Final = 12
COMMANDS: Final = 200
"""Of a round."""
FLOOR_GOAL: Final = 1.3
USUAL_GOAL: Final = 0.45
WARM_GOAL: Final = 3.0

OURS, FLOOR, USUAL, NOTHING = "ours", "floor", "usual", "nothing"
type Ask = Callable[[], dict[str, Any]]

FIRSTS: Final[Mapping[str, Ask]] = {
    "a PING": ping,
    "/invite leaderboard": lambda: command("invite leaderboard"),
    "/ban, deferred": banning,
}
"""First events of other kinds; what the goals hold for is /invite view."""
RESTORED: Final[Mapping[str, Ask]] = {"/invite view": command, "/ban, deferred": banning}
"""First events after a snapshot was restored."""


@dataclass(frozen=True, slots=True)
class Start:
    """One cold start, until the first answer was posted: milliseconds, and MB at most."""

    cpu: float
    wall: float
    peak: float


type Starts = Mapping[str, list[Start]]
type Rounds = Mapping[str, list[float]]
"""CPU milliseconds a command."""


@dataclass(frozen=True)
class Bench:
    """The functions beside one another, and the table that they read."""

    runtime: Runtime
    contenders: Mapping[str, House]
    table: str

    def starts(self, number: int = STARTS) -> Starts:
        """Start all of them in turn, after one start each that is not counted."""
        asked: dict[str, tuple[str, Ask]] = {name: (name, command) for name in (OURS, FLOOR, USUAL)}
        asked |= {what: (OURS, event) for what, event in FIRSTS.items()}
        found: dict[str, list[Start]] = {what: [] for what in asked}
        for turn in range(number + 1):
            for what, (name, event) in asked.items():
                start = self._start(self.contenders[name], event())
                if turn:
                    found[what].append(start)
        return found

    def restored(self, number: int = STARTS) -> Starts:
        """Go on from where a snapshot would be taken; what was used before it does not count."""
        found: dict[str, list[Start]] = {what: [] for what in RESTORED}
        snapshot = {**SNAPSHOT, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.table}/credentials"}
        for turn in range(number + 1):
            for what, event in RESTORED.items():
                with self._running(self.contenders[OURS], snapshot) as function:
                    before = function.restore()
                    answered = function.invoke(event())
                    _check(answered.value())
                    cpu, wall = answered.cpu - before, answered.at - function.began
                    if turn:
                        found[what].append(Start(cpu * 1000, wall * 1000, function.peak))
        return found

    def rounds(self, number: int = ROUNDS, each: int = COMMANDS) -> Rounds:
        """Have warm functions answer in turn; the first round is not counted."""
        found: dict[str, list[float]] = {name: [] for name in self.contenders}
        with ExitStack() as stack:
            functions = {
                name: stack.enter_context(self._running(house))
                for name, house in self.contenders.items()
            }
            for turn in range(number + 1):
                for name, function in functions.items():
                    took = _round(function, each)
                    if turn:
                        found[name].append(took)
        return found

    def _start(self, house: House, event: dict[str, Any]) -> Start:
        with self._running(house) as function:
            answered = function.invoke(event)
            _check(answered.value())
            wall = answered.at - function.began
            return Start(answered.cpu * 1000, wall * 1000, function.peak)

    @contextmanager
    def _running(self, house: House, more: Mapping[str, str] | None = None) -> Iterator[Function]:
        environment = {
            **(more or {}),
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
            OURS: ours,
            FLOOR: houses.rival("floor", ours.folder, folder / "floor"),
            USUAL: houses.usual(folder / "worker", folder / "usual"),
            NOTHING: houses.rival("nothing", ours.folder, folder / "nothing"),
        }
        yield Bench(Runtime(folder / "client"), contenders, table)


def measure() -> Iterator[Row]:
    """Measure everything."""
    with bench() as one:
        starts = one.starts()
        yield from _cold(starts)
        yield from _restored(one.restored(), starts[OURS])
        yield from _warm(one.rounds())


def _cold(starts: Starts) -> Iterator[Row]:
    ours = starts[OURS]
    first = "cold start to the first answer, /invite view"
    for name, goal in ((FLOOR, FLOOR_GOAL), (USUAL, USUAL_GOAL)):
        ratio = _paired([one.cpu for one in ours], [one.cpu for one in starts[name]])
        yield Row(first, _begun(ours), f"{name}: {_begun(starts[name])}", ratio, goal)
    for what in FIRSTS:
        ratio = _paired([one.cpu for one in starts[what]], [one.cpu for one in starts[FLOOR]])
        beside = f"{FLOOR}: {_begun(starts[FLOOR])}"
        yield Row(f"… {what}", _begun(starts[what]), beside, ratio)
    peaks = {name: median(one.peak for one in starts[name]) for name in (OURS, FLOOR, USUAL)}
    for name in (FLOOR, USUAL):
        ratio = peaks[OURS] / peaks[name]
        yield Row("memory", f"{peaks[OURS]:.1f} MB", f"{name}: {peaks[name]:.1f} MB", ratio)


def _restored(restored: Starts, cold: list[Start]) -> Iterator[Row]:
    for what, starts in restored.items():
        ratio = _paired([one.cpu for one in starts], [one.cpu for one in cold])
        beside = f"cold, /invite view: {_begun(cold)}"
        yield Row(f"after a snapshot's restore, {what}", _begun(starts), beside, ratio)


def _warm(rounds: Rounds) -> Iterator[Row]:
    nothing = median(rounds[NOTHING])
    worked = {name: [took - nothing for took in rounds[name]] for name in (OURS, FLOOR, USUAL)}
    what = "a warm command, /invite view"
    for name in (FLOOR, USUAL):
        ratio = _paired(rounds[OURS], rounds[name])
        yield Row(what, _took(rounds[OURS]), f"{name}: {_took(rounds[name])}", ratio)
    what = "… without the runtime client's own"
    for name, goal in ((FLOOR, WARM_GOAL), (USUAL, None)):
        ratio = _paired(worked[OURS], worked[name])
        yield Row(what, _took(worked[OURS]), f"{name}: {_took(worked[name])}", ratio, goal)


def _paired(ours: list[float], others: list[float]) -> float:
    return median(a / b for a, b in zip(ours, others, strict=True))


def _begun(starts: list[Start]) -> str:
    low, _, high = quantiles([one.cpu for one in starts], n=4)
    cpu, wall = (median(getattr(one, name) for one in starts) for name in ("cpu", "wall"))
    return f"{cpu:.0f} ms CPU ({low:.0f} to {high:.0f}), {wall:.0f} ms in all"


def _took(rounds: list[float]) -> str:
    low, _, high = quantiles(rounds, n=4)
    return f"{median(rounds):.2f} ms CPU ({low:.2f} to {high:.2f})"


def _round(function: Function, number: int) -> float:
    events = [command() for _ in range(number + 1)]
    began = ended = function.invoke(events[0])
    for event in events[1:]:
        ended = function.invoke(event)
    _check(ended.value())
    return (ended.cpu - began.cpu) * 1000 / number


def _check(answer: Any) -> None:  # noqa: ANN401 - whatever a handler returns
    assert answer["statusCode"] == 200, answer
    assert "did not work" not in answer["body"], answer
