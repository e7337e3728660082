"""A check that breaks off anywhere and is made again: nothing is lost, nothing goes on for ever."""

from collections import Counter
from contextlib import suppress

from tests.builders import joined, look, observe, row
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.integrity import AtTheTable, Hourly
from usher.credit.queries import Tally
from usher.credit.rebuild import keep_books
from usher.ids import UserId
from usher.integrity.model import Kind
from usher.integrity.ports import Present

GONE = UserId("105")


def damaged() -> Hourly:
    """A guild with an unbooked join, a counter that is wrong, a ghost and a ban unknown."""
    hourly = Hourly()
    rows = (row("abc", 3), row("def", 2, "901"))
    hourly.tell(
        observe(look=look(*rows, seconds=-700), seconds=-700),
        observe(joined(GONE, 10), look=look(row("abc", 4), rows[1], seconds=11), seconds=11),
    )
    hourly.agree()
    hourly.check()
    rows = (row("abc", 5), rows[1])
    hourly.worker.burn(AtTheTable())
    with suppress(BrokenOffError):
        hourly.tell(observe(joined("600", 4000), look=look(*rows, seconds=4001), seconds=4001))
    hourly.worker.burn(Fuse())
    [join] = [line for line in hourly.lines if line.user_id == "600"]
    hourly.tell(observe(look=look(*rows, seconds=4100), seconds=4100))
    hourly.agree()
    hourly.guild.counters[UserId("901"), "all"] = Tally(added=7)
    hourly.roster.present[UserId("600")] = Present(UserId("600"), join.joined_at)
    del hourly.roster.present[GONE]
    hourly.table.banned.append(UserId("50"))
    return hourly


def run(hourly: Hourly) -> None:
    for hours in (1, 1, 24):
        hourly.check(hours)
        hourly.deliver()


def steps() -> int:
    hourly = damaged()
    hourly.fuse = fuse = Fuse()
    run(hourly)
    assert Counter(kind for kind, _ in hourly.repairs) == {Kind.UNBOOKED: 1, Kind.GHOST: 1}
    return fuse.steps


def test_a_check_that_breaks_off_is_made_again() -> None:
    # A death after a step is one before the step that follows it.
    last = steps()
    assert last > 30
    for step in range(1, last + 1):
        hourly = damaged()
        hourly.fuse = Fuse(at=step)
        name = "nothing"
        for hours in (1, 1, 24, 1, 24):
            try:
                hourly.check(hours)
            except BrokenOffError:
                name = hourly.fuse.log[-1]
                hourly.fuse = Fuse()
            hourly.deliver()

        where = f"before step {step}: {name}"
        assert hourly.guild.members[GONE].now.left_at is not None, where
        assert keep_books(hourly.lines).members[UserId("600")] == (
            hourly.guild.members[UserId("600")].now
        ), where
        told = Counter(hourly.differences())
        assert {kind for kind, _ in told} >= {Kind.ROW, Kind.BAN}, where
        assert max(told.values()) <= 2, where
        tries = Counter(hourly.repairs)
        assert max(tries.values()) <= 2, where
        assert hourly.check().open == 1, where
