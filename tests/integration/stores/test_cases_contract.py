"""The case book: the fake, and both emulations."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from queue import SimpleQueue

import boto3
import pytest

from tests.builders import GUILD, START, at
from tests.fakes.cloud import REGION, TABLE, make_table, rows
from tests.fakes.court import MEMBER, Court
from tests.fakes.moderation import FakeCases
from tests.integration.stores.conftest import aws
from tests.integration.stores.test_referrals_contract import Moto
from usher.ids import ChannelId, GuildId, UserId
from usher.moderation.guard import Action
from usher.moderation.ladder import Rung
from usher.moderation.model import (
    Appeal,
    Case,
    Change,
    Evidence,
    Kind,
    MessageRef,
    Slot,
    SlotKind,
    Status,
    Told,
)
from usher.moderation.ports import CaseBook, Points, StaleError
from usher.moderation.rules import SETTLED_AFTER, changed, emptied, settled
from usher.moderation.settings import ModSettings
from usher.moderation.table import DynamoCases
from usher.platform.dynamo_reads import Caller
from usher.platform.signed_http import DYNAMODB, SignedClient

USER, MOD, OTHER = UserId("5"), UserId("6"), UserId("7")
ELSEWHERE = GuildId("99")


@dataclass
class Stored:
    book: CaseBook
    client: Caller | None = None


@pytest.fixture(params=["fake", "moto", "emulator"])
def stored(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stored]:
    if request.param == "fake":
        yield Stored(FakeCases())
        return
    with aws(request.param, request, monkeypatch):
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        caller: Caller = Moto(client) if request.param == "moto" else SignedClient(DYNAMODB)
        yield Stored(DynamoCases(caller, TABLE), caller)
        client.close()
        if isinstance(caller, SignedClient):
            caller.close()


def draft(key: str, kind: Kind = Kind.BAN, user: UserId = USER, points: int = 0) -> Case:
    return Case(
        GUILD, 0, key, kind, user, MOD, "spam", START, until=at(3600), points=points,
        evidence=(Evidence("https://cdn.example/a.png", "a.png"),),
    )  # fmt: skip


def test_cases_are_numbered_from_one_and_found_again(stored: Stored) -> None:
    book = stored.book
    first, second = book.open(draft("a")), book.open(draft("b", Kind.WARN, OTHER, 2))
    assert (first.number, second.number) == (1, 2)
    assert book.open(draft("a")) == first
    assert book.find(GUILD, 2) == second
    assert book.by_key(GUILD, "b") == second
    assert book.find(GUILD, 3) is None
    assert book.by_key(ELSEWHERE, "a") is None
    assert book.open(replace(draft("a"), guild_id=ELSEWHERE)).number == 1
    assert [one.number for one in book.of_member(GUILD, USER)] == [1]
    third = book.open(draft("c"))
    assert [one.number for one in book.of_member(GUILD, USER)] == [3, 1]
    assert [one.number for one in book.of_member(GUILD, USER, 3)] == [1]
    assert list(book.of_member(GUILD, USER, 1)) == []
    assert list(book.latest(GUILD, None, 2)) == [third, second]
    assert list(book.latest(GUILD, 2, 5)) == [first]


def test_a_change_is_of_the_version_before(stored: Stored) -> None:
    book = stored.book
    case = book.open(draft("a"))
    done = changed(case, at(1), MOD, Change.DONE, status=Status.ACTIVE, told=Told.YES)
    done = replace(done, message=MessageRef(ChannelId("4"), "44"))
    book.change(done)
    assert book.find(GUILD, 1) == done
    with pytest.raises(StaleError):
        book.change(changed(case, at(2), MOD, Change.EDITED, reason="other"))
    other = book.open(draft("b"))
    with pytest.raises(StaleError):  # all or nothing
        book.change(
            changed(other, at(2), MOD, Change.EDITED, reason="other"),
            changed(case, at(2), MOD, Change.EDITED, reason="other"),
        )
    assert book.find(GUILD, 2) == other


def test_a_slot_awaits_a_case_and_takes_it(stored: Stored) -> None:
    book = stored.book
    assert book.slot(GUILD, SlotKind.BAN, USER) == Slot(GUILD, SlotKind.BAN, USER)
    case = book.open(draft("a"))
    waiting = book.slot(GUILD, SlotKind.BAN, USER)
    assert (waiting.pending, waiting.case, waiting.version) == (1, None, 1)
    found = settled(waiting, case, done=True)
    done = changed(case, at(1), None, Change.DONE, status=Status.ACTIVE)
    book.change(done, slot=found.slot)
    held = book.slot(GUILD, SlotKind.BAN, USER)
    assert held == found.slot
    assert (held.case, held.until, held.pending) == (1, at(3600), None)
    assert list(book.in_force(GUILD, SlotKind.BAN)) == [held]
    assert list(book.in_force(GUILD, SlotKind.MUTE)) == []
    with pytest.raises(StaleError):
        book.change(slot=found.slot)
    book.change(slot=emptied(held))
    assert list(book.in_force(GUILD, SlotKind.BAN)) == []


def test_what_the_log_shows_is_no_new_version(stored: Stored) -> None:
    book, message = stored.book, MessageRef(ChannelId("9"), "99")
    case = book.open(draft("a"))
    done = changed(case, at(1), None, Change.DONE, status=Status.ACTIVE)
    book.change(done)
    assert book.logged(done, message)
    assert book.find(GUILD, 1) == replace(done, log=message, logged=done.version)
    edited = changed(done, at(2), MOD, Change.EDITED, reason="other")
    book.change(edited)
    assert not book.logged(done, message)
    assert book.find(GUILD, 1) == replace(edited, log=message, logged=done.version)
    assert book.logged(edited, None)
    assert book.find(GUILD, 1) == replace(edited, log=message, logged=edited.version)


def test_points_are_counted_once_and_taken_once(stored: Stored) -> None:
    book = stored.book
    first, second = (book.open(draft(key, Kind.WARN, points=2)) for key in "ab")
    book.take_points(first)
    assert book.add_points(first) == Points(0, 2)
    assert book.add_points(second) == Points(2, 4)
    assert book.add_points(first) == Points(0, 2)
    book.take_points(first)
    book.take_points(first)
    assert book.add_points(book.open(draft("c", Kind.WARN, points=1))) == Points(2, 3)


def test_the_clock_comes_back_to_what_is_open(stored: Stored) -> None:
    if stored.client is None:
        pytest.skip("rows")
    book = stored.book
    case = book.open(draft("a"))

    def due() -> dict[str, object]:
        found = [row for row in rows(prefix="X#") if "due" in row]
        return {row["sk"]: row["due_at"] for row in found}

    assert due() == {"X#case#1": _text(START + SETTLED_AFTER)}
    slot = settled(book.slot(GUILD, SlotKind.BAN, USER), case, done=True).slot
    done = changed(case, at(1), None, Change.DONE, status=Status.ACTIVE)
    book.change(done, slot=slot)
    assert due() == {
        "X#case#1": _text(at(1) + SETTLED_AFTER),
        "X#ban#5": _text(START + timedelta(hours=1)),
    }
    assert book.logged(done, None)
    assert due() == {"X#ban#5": _text(START + timedelta(hours=1))}
    [kept] = rows(prefix="X#ban#")
    assert "ttl" not in kept
    book.change(slot=emptied(slot))
    assert due() == {}
    for prefix in ("X#case#", "X#ban#"):
        [kept] = rows(prefix=prefix)
        assert "ttl" in kept
    book.open(draft("b"))
    [kept] = rows(prefix="X#ban#")
    assert "ttl" not in kept
    book.change(changed(done, at(9), MOD, Change.EDITED, reason="other"))
    [kept] = rows(prefix="X#case#1")
    assert ("ttl" in kept, "due" in kept) == (False, True)


@pytest.mark.parametrize("where", ["fake", "emulator"])
def test_fifty_at_once_leave_no_number_out(
    where: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "fake":
        _fifty(FakeCases(), [])
        return
    with aws(where, request, monkeypatch):
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        clients = [SignedClient(DYNAMODB) for _ in range(50)]
        _fifty(DynamoCases(clients[0], TABLE), clients)
        client.close()
        for one in clients:
            one.close()


def _fifty(book: CaseBook, clients: list[SignedClient]) -> None:
    """Each key comes twice, and every warning is of one member."""
    free: SimpleQueue[CaseBook] = SimpleQueue()
    for n in range(50):
        free.put(DynamoCases(clients[n], TABLE) if clients else book)

    def write(n: int) -> tuple[int, Points]:
        mine = free.get()  # a client is of one thread at a time
        case = mine.open(draft(f"key{n // 2}", Kind.WARN, points=1))
        points = mine.add_points(case)
        free.put(mine)
        return case.number, points

    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(write, range(100)))
    numbers = [number for number, _ in found]
    assert numbers[::2] == numbers[1::2]
    assert sorted(numbers[::2]) == list(range(1, 51))
    steps = sorted({points.after for _, points in found})
    assert steps == list(range(1, 51))
    assert all(points.before == points.after - 1 for _, points in found)
    assert [one.number for one in book.latest(GUILD, None, 100)] == list(range(50, 0, -1))


def _text(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", ".000000+00:00")


def test_an_appeal_and_reports_are_kept(stored: Stored) -> None:
    book = stored.book
    case = book.open(draft("a", Kind.WARN, points=1))
    appealed = changed(
        case, at(1), USER, Change.APPEALED, "no", appeal=Appeal("no", at(1)), status=Status.ACTIVE
    )
    book.change(appealed)
    assert book.find(GUILD, 1) == appealed
    assert [book.count_report(GUILD, USER, at(n)) for n in (0, 1, 3600)] == [1, 2, 1]
    assert book.count_report(GUILD, OTHER, at(0)) == 1


def test_fifty_warnings_at_once_lead_to_every_rung_once(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The member is there again after each kick, so that no rung stands in another's way.
    ladder = tuple(Rung(points, Kind.KICK) for points in range(5, 51, 5))
    court = Court(settings=ModSettings(ladder=ladder))
    member = court.desk.members[MEMBER]
    court.desk.kick = lambda *_: court.desk.members.update({MEMBER: member})  # type: ignore[method-assign]
    with aws("emulator", request, monkeypatch):
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        clients = [SignedClient(DYNAMODB) for _ in range(50)]
        orders = [court.order(Action.WARN, points=1) for _ in range(50)]

        def warn(n: int) -> None:
            sanctions = replace(court.sanctions, book=DynamoCases(clients[n], TABLE))
            sanctions.do(orders[n])

        with ThreadPoolExecutor(50) as pool:
            list(pool.map(warn, range(50)))
        cases = DynamoCases(clients[0], TABLE).latest(GUILD, None, 200)
        client.close()
        for one in clients:
            one.close()
    rungs = [one.key.rpartition(".rung")[2] for one in cases if ".rung" in one.key]
    assert sorted(map(int, rungs)) == list(range(5, 51, 5))
    assert {one.number for one in cases} == set(range(1, len(cases) + 1))
    assert sum(one.kind is Kind.WARN for one in cases) == 50
