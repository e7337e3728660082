"""What the hourly check has found is booked once, by the one writer."""

from datetime import timedelta

from tests.builders import GUILD, at, joined, left, look, observe, row
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.contracts.mending import YOUNG, LinesUnbooked, MemberMissing
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import decode, encode
from usher.credit.queries import Tally
from usher.credit.rebuild import keep_books
from usher.ids import UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType


def watched(worker: Worker) -> Worker:
    """A guild with one code, and a join by it."""
    worker.handle(
        observe(look=look(row("abc", 3), seconds=-700), seconds=-700),
        observe(joined("1", 10), look=look(row("abc", 4), seconds=11), seconds=11),
    )
    return worker


def lines_of(worker: Worker) -> list[Line]:
    return [read_line(content) for content in worker.objects.under("lines/").values()]


def forget(worker: Worker) -> list[Line]:
    """Take what follows from the lines out of the table, as if it had never been written."""
    assert isinstance(worker.guilds, FakeGuilds)
    lines = lines_of(worker)
    for line in lines:
        worker.guilds.marks.pop(line.event_id)
    worker.guilds.guilds[GUILD].members.clear()
    worker.guilds.guilds[GUILD].counters.clear()
    return lines


def found(lines: list[Line], seconds: float = 3600, id_: str = "mend") -> Observation:
    named = tuple((line.event_id, line.timestamp) for line in lines)
    return decode(encode(observe(LinesUnbooked(named, at(seconds)), seconds=seconds, id=id_)))


def tally(worker: Worker) -> Tally:
    assert isinstance(worker.guilds, FakeGuilds)
    return worker.guilds.guilds[GUILD].counters.get((UserId("900"), "all"), Tally())


def test_an_unbooked_line_is_booked_once() -> None:
    worker = watched(Worker())
    lines = forget(worker)

    worker.handle(found(lines), found(lines), found(lines, id_="mend-again"))

    assert isinstance(worker.guilds, FakeGuilds)
    guild = worker.guilds.guilds[GUILD]
    books = keep_books(lines_of(worker))
    assert {user: row.now for user, row in guild.members.items()} == books.members
    assert tally(worker) == Tally(tracked=1)
    assert len(lines_of(worker)) == len(lines)


def test_a_line_that_is_booked_counts_no_second_time() -> None:
    worker = watched(Worker())

    worker.handle(found(lines_of(worker)))

    assert tally(worker) == Tally(tracked=1)


def test_a_line_of_the_day_before_is_left_alone() -> None:
    worker = watched(Worker())
    lines = forget(worker)

    worker.handle(found(lines, seconds=(YOUNG + timedelta(minutes=1)).total_seconds()))

    assert tally(worker) == Tally()


def test_a_missing_member_has_left_once() -> None:
    worker = watched(Worker())
    gone = MemberMissing(UserId("1"), at(10), at(7200))

    worker.handle(observe(gone, seconds=7200), observe(gone, seconds=7201))

    [line] = [line for line in lines_of(worker) if line.type is LineType.LEAVE]
    assert (line.timestamp, line.joined_at, line.recovered) == (at(7200), at(10), True)
    assert tally(worker) == Tally(tracked=1, left=1)


def test_who_came_back_meanwhile_is_not_missing() -> None:
    worker = watched(Worker())
    again = observe(
        left("1", 20), joined("1", 30), look=look(row("abc", 5), seconds=31), seconds=31
    )

    worker.handle(again, observe(MemberMissing(UserId("1"), at(10), at(7200)), seconds=7200))

    assert tally(worker) == Tally(tracked=2, left=1)


def test_what_is_found_says_nothing_of_the_listener() -> None:
    worker = watched(Worker())
    assert isinstance(worker.guilds, FakeGuilds)
    before = worker.guilds.guilds[GUILD].head.seen_at

    worker.handle(found(lines_of(worker)))

    assert worker.guilds.guilds[GUILD].head.seen_at == before
