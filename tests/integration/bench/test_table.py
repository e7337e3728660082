"""One table ends the bench, and a goal that is missed fails it."""

from collections.abc import Iterator

import pytest

from tests.bench import __main__ as bench
from tests.bench.table import Row, table

FAST = Row("a start", "90 ms", "floor: 80 ms", 1.125, 1.3)
SLOW = Row("a command", "3.5 ms", "floor: 1 ms", 3.5, 3)
FEW = Row("joins", "9 a second", "bare: 10 a second", 0.9, 1, least=True)
FREE = Row("memory", "30 MB", "floor: 28 MB", 1.07)


def test_a_row_has_its_ratio_its_goal_and_whether_it_is_met() -> None:
    head, *rows = table([FAST, SLOW, FEW, FREE])

    assert head.split("  ")[0] == "what"
    assert [row.split()[-3:] for row in rows[:3]] == [
        ["≤", "1.3", "yes"],
        ["≤", "3", "NO"],
        ["≥", "1", "NO"],
    ]
    assert rows[3].endswith("1.07")


@pytest.mark.parametrize(("rows", "code"), [((FAST, FREE), 0), ((FAST, SLOW), 1), ((FEW,), 1)])
def test_a_goal_that_is_missed_fails_the_run(
    rows: tuple[Row, ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def measure() -> Iterator[str | Row]:
        yield "a detail"
        yield from rows

    monkeypatch.setitem(bench.BENCHES, "front", ("The front", measure))

    assert bench.main(["front"]) == code
    said = capsys.readouterr().out
    assert "The front\n  a detail\n" in said
    assert rows[0].what in said


def test_a_bench_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["front", "nonsense"]) == 2
    assert "There is no bench nonsense; there are front, road" in capsys.readouterr().out
