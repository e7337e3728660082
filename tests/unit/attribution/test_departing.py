"""Leaves, kicks, bans and prunes are told apart by what comes with them, before or after."""

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from tests.builders import (
    GUILD,
    at,
    banned,
    joined,
    left,
    look,
    observe,
    pruned,
    removal,
    row,
)
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.causes import Cause
from usher.contracts.observation import GatewayEvent
from usher.credit.queries import Tally
from usher.credit.rules import MemberRecord
from usher.ids import UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType, leave_id

if TYPE_CHECKING:
    from collections.abc import Sequence

IDA, MODERATOR = UserId("900"), UserId("500")
KICK, BAN = 20, 22


def town(*users: str) -> Worker:
    """A guild whose members `users` came by Ida's invite."""
    worker = Worker()
    worker.handle(observe(look=look(row("abc", 0), seconds=-700), seconds=-700))
    for uses, user in enumerate(users, start=1):
        when = uses / 10
        seen = look(row("abc", uses), seconds=when + 1)
        worker.handle(observe(joined(user, when), look=seen, seconds=when + 1))
    return worker


def lines(worker: Worker, *kinds: LineType) -> list[Line]:
    found = [read_line(content) for content in worker.objects.under("lines/").values()]
    wanted = kinds or (LineType.LEAVE, LineType.LEAVE_CAUSE)
    return sorted(
        (line for line in found if line.type in wanted),
        key=lambda line: (line.timestamp, line.type.value),
    )


def record(worker: Worker, user: str) -> MemberRecord:
    assert isinstance(worker.guilds, FakeGuilds)
    return worker.guilds.guilds[GUILD].members[UserId(user)].now


def tally(worker: Worker) -> Tally:
    assert isinstance(worker.guilds, FakeGuilds)
    return worker.guilds.guilds[GUILD].counters[IDA, "all"]


def told(line: Line) -> tuple[Cause | None, UserId | None]:
    return line.cause, line.by


def test_a_leave_of_which_no_more_is_told_is_a_leave() -> None:
    worker = town("7")

    worker.handle(observe(left("7", 60, audited=True), seconds=61))

    [leave] = lines(worker)
    assert told(leave) == (Cause.LEFT, None)
    assert record(worker, "7").cause is Cause.LEFT


def test_where_the_audit_log_is_not_told_a_leave_may_be_anything() -> None:
    worker = town("7")

    worker.handle(observe(left("7", 60), seconds=61))

    [leave] = lines(worker)
    assert told(leave) == (Cause.UNKNOWN, None)


KICKED = (left("7", 60, audited=True), removal(KICK, "7", 60.1))
BANNED = (left("7", 60, audited=True), banned("7", 60.1), removal(BAN, "7", 60.2))


@pytest.mark.parametrize(
    ("events", "cause"),
    [
        *((order, Cause.KICKED) for order in permutations(KICKED)),
        *((order, Cause.BANNED) for order in permutations(BANNED)),
    ],
)
@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
def test_whatever_the_order_a_removal_is_told_in_the_end_and_reverses_once(
    events: "Sequence[GatewayEvent]", cause: Cause, apart: bool
) -> None:
    # Given a member with a live credit
    worker = town("7")

    # When what tells of the removal arrives, in one message or in one each
    if apart:
        for event in events:
            worker.handle(observe(event, seconds=61))
    else:
        worker.handle(observe(*events, seconds=61))

    # Then the credit ends once, and who reads the ledger knows why and by whom
    assert tally(worker) == Tally(tracked=1, left=1)
    gone = record(worker, "7")
    assert (gone.cause, gone.removed_by) == (cause, MODERATOR)
    first, *later = lines(worker)
    assert first.type is LineType.LEAVE
    assert first.credit_reversed_from == IDA
    assert all(line.type is LineType.LEAVE_CAUSE for line in later)
    assert {line.corrects for line in later} <= {leave_id(GUILD, UserId("7"), at(0.1))}
    assert told((first, *later)[-1]) == (cause, MODERATOR)
    if not apart:
        assert not later


def test_a_removal_told_by_two_listeners_is_one_line() -> None:
    worker = town("7")
    for shift in (0, 0.4):
        worker.handle(
            observe(left("7", 60 + shift, audited=True), seconds=61),
            observe(removal(KICK, "7", 60.1), seconds=62),
        )

    assert [line.type for line in lines(worker)] == [LineType.LEAVE, LineType.LEAVE_CAUSE]


def test_who_leaves_and_is_banned_an_hour_later_has_left() -> None:
    worker = town("7")
    worker.handle(observe(left("7", 60, audited=True), seconds=61))

    worker.handle(observe(banned("7", 3660), removal(BAN, "7", 3660), seconds=3661))

    [leave] = lines(worker)
    assert told(leave) == (Cause.LEFT, None)


def test_who_is_kicked_and_then_banned_was_kicked() -> None:
    worker = town("7")

    worker.handle(
        observe(
            removal(KICK, "7", 60),
            left("7", 60.1),
            removal(BAN, "7", 64),
            banned("7", 64),
            seconds=65,
        )
    )

    assert record(worker, "7").cause is Cause.KICKED


def test_an_old_entry_does_not_end_the_membership_of_who_came_back() -> None:
    worker = town("7")
    worker.handle(observe(left("7", 60, audited=True), seconds=61))
    worker.handle(observe(joined("7", 63), look=look(row("abc", 2), seconds=64), seconds=64))

    worker.handle(observe(removal(KICK, "7", 60), seconds=65))

    assert record(worker, "7").left_at is None
    assert tally(worker) == Tally(tracked=2, left=1)


def test_a_ban_of_a_stranger_is_no_leave() -> None:
    worker = town("7")

    worker.handle(observe(banned("99", 60), removal(BAN, "99", 60), seconds=61))

    assert lines(worker) == []


def test_a_kick_told_after_the_leave_of_somebody_unknown_is_about_that_leave() -> None:
    worker = town()
    worker.handle(observe(left("99", 60, audited=True), seconds=61))
    worker.handle(observe(removal(KICK, "99", 60.1), seconds=62))

    leave, cause = lines(worker)
    assert (leave.joined_at, cause.corrects) == (None, leave.event_id)
    assert told(cause) == (Cause.KICKED, MODERATOR)


def test_a_kick_during_an_absence_ends_the_membership_that_nobody_saw_end() -> None:
    # Given an absence of the listener after a join
    worker = town("7", "8")
    worker.handle(observe(look=look(row("abc", 2), seconds=600), seconds=600, gap=True))

    # When the audit log, read afterwards, tells of a kick of a member and of one never recorded
    worker.handle(observe(removal(KICK, "7", 300), removal(KICK, "99", 301), seconds=601))

    # Then
    known, stranger = lines(worker)
    assert known.recovered
    assert told(known) == told(stranger) == (Cause.KICKED, MODERATOR)
    assert tally(worker) == Tally(tracked=2, left=1)
    assert record(worker, "7").left_at == at(300)


def test_a_rejoin_reveals_the_leave_that_was_missed() -> None:
    worker = town("7")

    worker.handle(observe(joined("7", 60), look=look(row("abc", 2), seconds=61), seconds=61))

    [leave] = lines(worker)
    assert leave.recovered
    assert (leave.joined_at, told(leave)) == (at(0.1), (Cause.UNKNOWN, None))
    assert leave.credit_reversed_from == IDA
    assert tally(worker) == Tally(tracked=2, left=1)
    assert record(worker, "7").joined_at == at(60)


@pytest.mark.parametrize("first", ["leaves", "entry"])
def test_a_prune_takes_the_leaves_about_its_time(first: str) -> None:
    worker = town("1", "2", "3")
    leaves = observe(*(left(str(n), 60 + n / 10, audited=True) for n in (1, 2, 3)), seconds=61)
    entry = observe(pruned(3, 61), seconds=62)

    worker.handle(*((leaves, entry) if first == "leaves" else (entry, leaves)))

    assert {record(worker, str(n)).cause for n in (1, 2, 3)} == {Cause.PRUNED}
    assert {record(worker, str(n)).removed_by for n in (1, 2, 3)} == {MODERATOR}
    assert tally(worker) == Tally(tracked=3, left=3)


def test_a_prune_takes_no_leave_where_there_are_more_than_it_removed() -> None:
    worker = town("1", "2", "3")
    leaves = [left(str(n), 60 + n / 10, audited=True) for n in (1, 2, 3)]

    worker.handle(observe(*leaves, pruned(2, 61), seconds=62))

    assert {record(worker, str(n)).cause for n in (1, 2, 3)} == {Cause.LEFT}


def test_a_kick_beside_a_prune_is_a_kick() -> None:
    worker = town("1", "2")

    worker.handle(
        observe(left("1", 60), removal(KICK, "1", 60), left("2", 60.5), pruned(1, 61), seconds=62)
    )

    assert record(worker, "1").cause is Cause.KICKED
    assert record(worker, "2").cause is Cause.PRUNED


def test_leaves_are_forgotten_a_minute_later() -> None:
    worker = town("7")
    worker.handle(observe(left("7", 60, audited=True), seconds=61), observe(seconds=200))

    assert isinstance(worker.guilds, FakeGuilds)
    assert worker.guilds.guilds[GUILD].head.departures == ()


def test_a_kick_that_is_replayed_with_its_leave_is_told_although_the_leave_is_dated_early() -> None:
    # Given a leave that a session's replay tells of: it happened within the last minute
    worker = town("7")
    gone = replace(left("7", 10), audited=True, until=at(70))

    # When the kick is replayed with it, with Discord's time
    worker.handle(observe(gone, removal(KICK, "7", 50), seconds=70))

    # Then
    [line] = lines(worker)
    assert (line.cause, line.by) == (Cause.KICKED, MODERATOR)
    assert line.timestamp == at(10)


def test_a_leave_of_an_earlier_membership_that_is_told_late_ends_no_return() -> None:
    # Given somebody who left and came back
    worker = town("7")
    worker.handle(observe(left("7", 10), seconds=11), observe(joined("7", 20), seconds=21))

    # When another listener tells of the leave, twenty seconds late
    late = replace(left("7", 30), began_by=at(0.1))
    worker.handle(observe(late, seconds=31))

    # Then they are still there, and the leave is on record once
    assert record(worker, "7").left_at is None
    assert len(lines(worker, LineType.LEAVE)) == 1


def test_a_leave_of_the_latest_membership_ends_it() -> None:
    worker = town("7")
    worker.handle(observe(left("7", 10), seconds=11), observe(joined("7", 20), seconds=21))

    worker.handle(observe(replace(left("7", 30), began_by=at(20)), seconds=31))

    assert record(worker, "7").left_at == at(30)
