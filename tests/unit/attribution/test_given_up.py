"""What a worker recorded before it died, and its queue gave up, is finished in the end."""

from contextlib import suppress

import pytest

from tests.builders import GUILD, changed, joined, look, observe, row, searched
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.integrity import AtTheTable, Hourly
from tests.property.test_rebuild import check
from usher.contracts.observation import Observation
from usher.credit.queries import Tally
from usher.credit.rebuild import keep_books
from usher.integrity.model import Kind
from usher.ledger.lines import Line, LineType, withdrawn_in

BEFORE = row("abc", 3), row("def", 0, "901")
AFTER = row("abc", 4), row("def", 1, "901")


def given_up(lost: Observation, *later: Observation) -> Hourly:
    """A guild in which a message's lines were written, and the message was laid aside."""
    hourly = Hourly()
    hourly.tell(observe(look=look(*BEFORE, seconds=-700), seconds=-700))
    hourly.check(0, asks=False)
    hourly.worker.burn(AtTheTable())
    with suppress(BrokenOffError):
        hourly.worker.handle(lost)
    hourly.worker.burn(Fuse())
    hourly.tell(*later)
    return hourly


def checked(hourly: Hourly, times: int = 3) -> None:
    for _ in range(times):
        hourly.check(asks=False)
        hourly.deliver()


def of_type(hourly: Hourly, kind: LineType) -> list[Line]:
    return [line for line in hourly.lines if line.type is kind]


def tallies(hourly: Hourly) -> dict[str, Tally]:
    counted = hourly.guild.counters.items()
    return {str(who): tally for (who, period), tally in counted if period == "all"}


def two_by_two() -> Observation:
    """Two join by codes of two: who by which is open, but both inviters are credited."""
    seen = look(*AFTER, seconds=42)
    return observe(joined("200", 40), joined("201", 41), look=seen, seconds=42)


@pytest.mark.parametrize("redriven", ["never", "at once", "after the check"])
def test_credit_that_was_given_up_counts_once_at_most(redriven: str) -> None:
    # Given credit lines of a message that was given up, and a look that shows the same uses
    lost = two_by_two()
    hourly = given_up(lost, observe(look=look(*AFTER, seconds=100), seconds=100))
    written = {line.event_id for line in of_type(hourly, LineType.CREDIT)}
    assert len(written) == 2

    # When it is put back, or never
    if redriven == "at once":
        hourly.worker.handle(lost, lost)
    checked(hourly)
    if redriven == "after the check":
        hourly.worker.handle(lost, lost)
    checked(hourly)

    # Then table and ledger agree, nothing is counted twice, and nobody has to be told
    check(hourly.worker, GUILD)
    assert len(of_type(hourly, LineType.JOIN)) == 2
    assert withdrawn_in(hourly.lines) >= written
    assert {what for what, _, _ in hourly.reports} <= {"healed"}
    # What belongs to no join is not decided again of joins that the check has booked.
    once = {"900": Tally(tracked=1), "901": Tally(tracked=1)}
    assert tallies(hourly) == (once if redriven == "at once" else {})

    # until Discord's record says who came by which
    told = searched("200", 40, "abc", "900"), searched("201", 41, "def", "901")
    hourly.tell(observe(*told, seconds=50_000))
    check(hourly.worker, GUILD)
    assert tallies(hourly) == once


def test_a_setting_that_was_given_up_is_withdrawn_and_comes_with_its_message() -> None:
    # Given a setting that was recorded and given up, and a newer one
    old = observe(changed("fake#young_account", "30", "d1", 10), seconds=10)
    new = observe(changed("fake#young_account", "7", "d2", 20), seconds=20)
    hourly = given_up(old, new)

    # When it is checked
    checked(hourly)

    # Then a rebuild knows as little of it as the table, and the repair is on the log
    assert hourly.guild.settings == {"fake#young_account": "7"}
    assert [kind for kind, _ in hourly.repairs] == [Kind.UNBOOKED]
    assert keep_books(hourly.lines).settings["fake#young_account"].value == "7"

    # and when the message is put back, it counts as what came last, in both
    hourly.worker.handle(old, old)
    checked(hourly)
    assert hourly.guild.settings == {"fake#young_account": "30"}
    assert keep_books(hourly.lines).settings["fake#young_account"].value == "30"
    assert {what for what, _, _ in hourly.reports} == {"healed"}


def test_what_nothing_came_after_is_finished_as_it_was_begun() -> None:
    lost = two_by_two()
    hourly = given_up(lost)

    hourly.worker.handle(lost)
    checked(hourly)

    check(hourly.worker, GUILD)
    assert of_type(hourly, LineType.WITHDRAWAL) == []
    assert tallies(hourly) == {"900": Tally(tracked=1), "901": Tally(tracked=1)}


def test_a_withdrawal_that_was_given_up_is_made_again() -> None:
    # Given a repair whose withdrawals were written and not booked
    hourly = given_up(two_by_two(), observe(look=look(*AFTER, seconds=100), seconds=100))
    hourly.check(asks=False)
    hourly.worker.burn(AtTheTable())
    with suppress(BrokenOffError):
        hourly.deliver()
    hourly.worker.burn(Fuse())

    checked(hourly)

    check(hourly.worker, GUILD)
    assert len(withdrawn_in(hourly.lines)) == len(of_type(hourly, LineType.WITHDRAWAL))
    assert {what for what, _, _ in hourly.reports} <= {"healed"}
