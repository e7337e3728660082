"""What admins do goes the way of the joins: once, in order, into ledger and counters."""

from tests.builders import GUILD, at, changed, granted, joined, look, observe, row, upgraded
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.credit.queries import Tally
from usher.ids import UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType, deed_id

IDA = UserId("900")


def lines(worker: Worker) -> list[Line]:
    return [read_line(content) for content in worker.objects.under("lines/").values()]


def counters(worker: Worker) -> dict[tuple[UserId, str], Tally]:
    assert isinstance(worker.guilds, FakeGuilds)
    return worker.guilds.guilds[GUILD].counters


def test_a_grant_is_a_line_and_counts_for_all_time_alone() -> None:
    worker = Worker()

    worker.handle(observe(granted("900", 5, "a")))

    [line] = lines(worker)
    assert (line.type, line.event_id) == (LineType.GRANT, deed_id(GUILD, "a"))
    assert (line.staff_id, line.delta, line.by, line.user_id) == ("900", 5, "990", None)
    assert counters(worker) == {(IDA, "all"): Tally(added=5)}


def test_a_reset_takes_away_what_was_added_and_says_how_much() -> None:
    worker = Worker()

    worker.handle(
        observe(granted("900", 5, "a"), granted("900", 2, "b")),
        observe(granted("900", None, "c"), granted("900", 1, "d"), granted("900", None, "e")),
    )

    deltas = {line.event_id: line.delta for line in lines(worker)}
    assert deltas[deed_id(GUILD, "c")] == -7
    assert deltas[deed_id(GUILD, "e")] == -1
    assert counters(worker)[IDA, "all"] == Tally()


def test_the_same_deed_is_done_once() -> None:
    worker = Worker()

    for id_ in ("one", "two", "one"):
        worker.handle(observe(granted("900", 5, "a"), id=id_))

    assert counters(worker)[IDA, "all"] == Tally(added=5)
    assert len(lines(worker)) == 1


def test_a_deed_says_nothing_of_the_listeners_presence() -> None:
    # Given a guild that is only known by a deed
    worker = Worker()
    worker.handle(observe(granted("900", 5, "a")))
    assert isinstance(worker.guilds, FakeGuilds)

    # Then it has not been seen yet, and the first look is a first look
    head = worker.guilds.guilds[GUILD].head
    assert (head.since, head.seen_at) == (None, None)
    worker.handle(observe(joined("7", 10), look=look(row("abc", 3), seconds=11), seconds=11))
    assert {line.type for line in lines(worker)} == {LineType.GRANT, LineType.JOIN}


def test_a_setting_is_a_line_and_a_row_until_it_is_the_default_again() -> None:
    worker = Worker()
    assert isinstance(worker.guilds, FakeGuilds)

    worker.handle(observe(changed("guild#members_search", "off", "a")))
    assert worker.guilds.guilds[GUILD].settings == {"guild#members_search": "off"}
    worker.handle(observe(changed("guild#members_search", None, "b")))

    assert worker.guilds.guilds[GUILD].settings == {}
    said = {line.event_id: (line.name, line.value, line.by) for line in lines(worker)}
    assert said == {
        deed_id(GUILD, "a"): ("guild#members_search", "off", "990"),
        deed_id(GUILD, "b"): ("guild#members_search", None, "990"),
    }


def test_an_upgrade_is_one_line_and_one_row_whoever_records_it_how_often() -> None:
    # Given an inviter's member
    worker = Worker()
    assert isinstance(worker.guilds, FakeGuilds)
    worker.handle(observe(look=look(row("abc", 3))))

    # When two admins put the upgrade to the same account, beside the join and later
    worker.handle(observe(joined("7", 10), upgraded("7", "900", "a", 20), seconds=21))
    worker.handle(observe(upgraded("7", "900", "b", 30), seconds=31))

    # Then it is recorded once, as it was the first time, and says nothing of the membership
    [line] = [line for line in lines(worker) if line.type is LineType.UPGRADE]
    assert (line.user_id, line.staff_id, line.by, line.timestamp) == ("7", "900", "990", at(20))
    assert line.value is not None
    assert worker.guilds.guilds[GUILD].settings == {"upgrade#7#900": line.value}
    assert worker.guilds.guilds[GUILD].members[UserId("7")].now.joined_at == at(10)


def test_an_upgrade_for_another_staff_member_is_another() -> None:
    worker = Worker()

    worker.handle(observe(upgraded("7", "900", "a"), upgraded("7", "901", "b")))

    assert {line.staff_id for line in lines(worker)} == {"900", "901"}
