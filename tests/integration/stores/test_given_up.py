"""Lines that were given up are finished on the table as on the fake."""

from contextlib import suppress

import pytest

from tests.builders import GUILD, at, changed, joined, look, observe, row
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.integrity import AtTheTable
from tests.fakes.worker import Worker
from tests.integration.stores.conftest import StoredGuilds
from usher.contracts.mending import LinesUnbooked
from usher.credit.queries import Tally
from usher.credit.rebuild import keep_books
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType, withdrawn_in

BEFORE = row("abc", 3), row("def", 0, "901")
AFTER = row("abc", 4), row("def", 1, "901")


def lines_of(worker: Worker) -> list[Line]:
    return [read_line(content) for content in worker.objects.under("lines/").values()]


@pytest.mark.parametrize("repaired", [True, False], ids=["repaired first", "redriven alone"])
def test_table_and_ledger_agree_on_what_was_given_up(stored: StoredGuilds, repaired: bool) -> None:
    # Given credit and a setting whose lines were written, a message laid aside, and what came next
    worker = Worker(guilds=stored.guilds)
    worker.handle(observe(look=look(*BEFORE, seconds=-700), seconds=-700))
    lost = observe(
        *(joined("200", 40), joined("201", 41), changed("fake#young_account", "30", "d1", 41.5)),
        look=look(*AFTER, seconds=42),
        seconds=42,
    )
    stored.burn(AtTheTable())
    with suppress(BrokenOffError):
        worker.handle(lost)
    stored.burn(Fuse())
    written = lines_of(worker)
    worker.handle(observe(look=look(*AFTER, seconds=100), seconds=100))
    assert stored.counters(GUILD) == {}

    # When the check names them, twice, and the message is put back, twice
    if repaired:
        named = tuple((line.event_id, line.timestamp) for line in written)
        found = [observe(LinesUnbooked(named, at(n)), seconds=n) for n in (7200, 7300)]
        worker.handle(*found)
    worker.handle(lost, lost)

    # Then the table is what the ledger amounts to, and nothing counts twice
    books = keep_books(lines_of(worker))
    counted = {one.inviter_id: t for one, t in books.counters.items() if one.period == "all"}
    assert counted == {who: t for who, t in stored.counters(GUILD).items() if t != Tally()}
    assert all(tally.tracked == 1 for tally in counted.values())
    assert books.settings["fake#young_account"].value == "30"
    assert stored.guilds.rules(GUILD).young_account == 30
    credit = {line.event_id for line in written if line.type in (LineType.CREDIT, LineType.SETTING)}
    assert withdrawn_in(lines_of(worker)) == credit
    members = stored.guilds.members(GUILD, books.members.keys(), "another").now
    assert members == books.members
