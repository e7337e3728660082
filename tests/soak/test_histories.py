"""Ten thousand random histories a world against their truth; CI runs a hundredth of them.

`make soak ARGS=-s` shows the rows. Two processes share the seeds.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Final

import pytest

from tests.judging.judge import Judgement, judge
from tests.simulator.history import History
from tests.simulator.worlds import ALL_SHOWN, CONFIRMED, WORLDS

HISTORIES: Final = 10_000
CI_SHARE: Final = 100
JOINS: Final = 40
CODES: Final = 6
CHUNK: Final = 250


def show(row: str) -> None:
    """Show a row at once, from whichever process."""
    sys.stdout.write(f"{row}\n")
    sys.stdout.flush()


def run(world: str, seeds: range) -> Judgement:
    """Judge the histories of some seeds."""
    total = Judgement()
    for seed in seeds:
        history = History(seed, JOINS, CODES, WORLDS[world])
        judgement = judge(history)
        short = judgement.short if world in ALL_SHOWN else ()
        for fault in (*judgement.wrong, *judgement.incomplete, *short):
            show(f"{world}, seed {seed}: {fault}")
        total.add(judgement)
    return total


def judged(world: str, histories: int) -> Judgement:
    """Judge histories 0 to `histories`, many of them in two processes, showing how far they are."""
    if histories <= CHUNK:
        return run(world, range(histories))
    chunks = [range(n, min(n + CHUNK, histories)) for n in range(0, histories, CHUNK)]
    total = Judgement()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for n, part in enumerate(pool.map(partial(run, world), chunks), start=1):
            total.add(part)
            if n % 8 == 0 or n == len(chunks):
                show(f"{world:18} {min(n * CHUNK, histories):6} histories {total.row()}")
    return total


SHARES: Final = [
    *(pytest.param(world, HISTORIES // CI_SHARE, id=f"{world} in CI") for world in WORLDS),
    *(
        pytest.param(
            world, HISTORIES, id=world, marks=[pytest.mark.soak, pytest.mark.timeout(3600)]
        )
        for world in WORLDS
    ),
]


@pytest.mark.parametrize(("world", "histories"), SHARES)
def test_no_credit_is_wrong_in_any_history(world: str, histories: int) -> None:
    total = judged(world, histories)

    assert total.wrong == []
    assert total.incomplete == [], "the true code is among the candidates"
    assert total.silent == 0, "who used a code is certain or ambiguous"
    if world in ALL_SHOWN:
        assert total.short == [], "what was shown is counted"
    if WORLDS[world].searched:
        assert total.certain + total.gone == total.joins, "who is on Discord's record is certain"
    if WORLDS[world] is CONFIRMED:
        # Those who leave before Discord's index knows them count too.
        assert total.certainty >= 0.999
