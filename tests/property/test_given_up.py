"""An observation that is given up between its lines and their booking leaves no difference."""

import random
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import GUILD, at
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.integrity import AtTheTable, Clock, Hourly
from tests.fakes.town import STEPS, Step, Town
from tests.fakes.worker import Worker
from tests.judging.naive import recount
from tests.property.test_rebuild import check

MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def break_off(hourly: Hourly, rng: random.Random) -> Fuse:
    """Before the first transaction, or anywhere."""
    return AtTheTable() if rng.random() < 0.7 else Fuse(at=rng.randrange(1, 12), before=True)


@MANY
@given(STEPS, st.integers(0, 2**32), st.sampled_from([98, 12]), st.booleans())
def test_ledger_and_table_agree_whatever_was_given_up(
    steps: list[Step], seed: int, room: int, redriven: bool
) -> None:
    # Given what happened in a town
    town, rng = Town(), random.Random(seed)  # noqa: S311 - chooses moments, guards nothing
    town.send(looking=True)
    for step in steps:
        town.happen(*step)
    town.rest()
    told = town.told
    lost = rng.randrange(1, len(told))
    back = rng.randrange(lost, len(told))

    # and a worker whose queue gave one message up, after the lines were written
    hourly = Hourly(worker=Worker(room=room), clock=Clock(at(0)))
    hourly.tell(*told[:lost])
    hourly.check(0, asks=False)
    for _ in range(rng.randrange(1, 3)):
        hourly.worker.burn(break_off(hourly, rng))
        with suppress(BrokenOffError):
            hourly.worker.handle(told[lost])
    hourly.worker.burn(Fuse())
    hourly.tell(*told[lost + 1 : back + 1])

    # When it is put back, sooner or later than the check comes by, or never
    early = rng.random() < 0.5
    if redriven and early:
        hourly.worker.handle(told[lost], told[lost])
    hourly.tell(*told[back + 1 :])
    for _ in range(4):
        hourly.check(1, asks=False)
        hourly.deliver()
    if redriven and not early:
        hourly.worker.handle(told[lost], told[lost])
    for hours in (1, 1, 1, 24):
        hourly.check(hours, asks=False)
        hourly.deliver()

    # Then nothing differs, nobody counts twice, and nobody had to be told
    check(hourly.worker, GUILD)
    assert hourly.reports == [] or {what for what, *_ in hourly.reports} == {"healed"}
    assert max(recount(hourly.lines).live.values(), default=0) <= 1
