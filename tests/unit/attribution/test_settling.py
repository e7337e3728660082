"""Joins are counted for the alarm once their evidence is put away, not while they wait."""

from tests.builders import joined, look, observe, row
from tests.fakes.worker import Worker
from usher.contracts.observation import Observation

HOUR = 60 * 60


def shown(uses: int, seconds: float, user: str | None = None) -> Observation:
    events = [joined(user, seconds - 1)] if user else []
    return observe(
        *events, look=look(row("abc", uses), seconds=seconds), seconds=seconds, id=f"at-{seconds}"
    )


def counted(*observations: Observation) -> list[tuple[int, int]]:
    worker = Worker()
    reports = [worker.handle(one) for one in observations]
    return [(report.settled, report.uncertain) for report in reports]


def test_a_join_with_its_use_is_settled_at_once_and_certain() -> None:
    assert counted(shown(1, 0), shown(2, 11, "7")) == [(0, 0), (1, 0)]


def test_a_join_without_a_use_waits_before_it_counts_as_uncertain() -> None:
    assert counted(shown(1, 0), shown(1, 11, "7"), shown(1, HOUR)) == [(0, 0), (0, 0), (1, 1)]


def test_a_repetition_counts_nothing_again() -> None:
    again = shown(2, 11, "7")

    assert counted(shown(1, 0), again, again) == [(0, 0), (1, 0), (0, 0)]
