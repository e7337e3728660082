"""What is true of the table alone: its rows, their cost, and what DynamoDB refuses."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, at, by, joined, left, look, observe, row, vanity
from tests.fakes.cloud import rows
from tests.fakes.effects import FakeEffects
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.objects import FakeObjects
from tests.fakes.story import story
from tests.fakes.worker import Worker
from tests.integration.stores.conftest import FusedTransactions, StoredGuilds
from usher.attribution.facts import JoinRecorded
from usher.attribution.model import Decision, Head, Stored
from usher.attribution.ports import ContestedError, PoisonError
from usher.attribution.store import DynamoGuilds
from usher.contracts.observation import MemberJoined, Observation
from usher.credit.rules import KEEP_PERIODS
from usher.ids import InviteCode
from usher.platform.dynamo import Actions, TableBusyError

PLAIN = ("fuse", "ttl", "ahead", "before")


def kept() -> list[dict[str, Any]]:
    """Rows as a reader sees them: without what an unfinished burst may leave behind."""
    return [{name: value for name, value in item.items() if name not in PLAIN} for item in rows()]


def worker_on(table: StoredGuilds, room: int = 98) -> Worker:
    return Worker(guilds=table.guilds, room=room)


def cold_look(count: int) -> Observation:
    codes = [row(f"code{number:04}", number, str(900 + number % 50)) for number in range(count)]
    return observe(look=look(*codes, seconds=-700), seconds=-700)


def size(item: Iterable[tuple[str, dict[str, Any]]]) -> int:
    """Bytes of an item, near enough: names and values."""
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in item)


@dataclass
class Counting:
    """Transactions that keep what they wrote."""

    inner: FusedTransactions
    written: list[Actions] = field(default_factory=list)

    def run(self, actions: Actions) -> float:
        self.written.append(actions)
        return self.inner.run(actions)


def test_an_ordinary_join_at_a_thousand_codes_writes_eleven_items_of_a_kilobyte_at_most(
    emulated: StoredGuilds,
) -> None:
    # Given a guild with 1,000 codes
    assert emulated.transactions is not None
    assert isinstance(emulated.guilds, DynamoGuilds)
    counting = Counting(emulated.transactions)
    guilds = DynamoGuilds(counting, emulated.guilds.clock)
    worker = Worker(guilds=guilds)
    worker.handle(cold_look(1000))
    assert len(list(rows(prefix="I#"))) == 1000
    counting.written.clear()

    # When somebody joins by one of them
    partial = look(row("code0007", 8, "907"), seconds=11, full=False)
    worker.handle(observe(joined("7", 10), look=partial, seconds=11))

    # Then one transaction writes few units; updated rows are counted whole
    [actions] = counting.written
    sizes = [size(built["Item"].items()) for built, _ in actions.puts]
    sizes += [
        size((name, {"S": value}) for name, value in item.items()) for item in rows(prefix="C#907")
    ]
    sizes += [
        size((name, {"S": value}) for name, value in item.items()) for item in rows(prefix="ACC")
    ]
    sizes += [
        size((name, {"S": value}) for name, value in item.items()) for item in rows(prefix="N#")
    ]
    units = sum(ceil(one / 1024) for one in sizes)
    assert len(actions) == 11
    assert units <= 11


def test_day_and_week_counters_expire_and_names_are_nowhere(table: StoredGuilds) -> None:
    # When somebody joins by a code, and somebody by the vanity code
    worker = worker_on(table)
    worker.handle(
        observe(
            look=look(row("abc", 0), seconds=-700), vanity=vanity("cool", 0, -700), seconds=-700
        ),
        observe(
            joined("7", 10),
            look=look(row("abc", 1), seconds=11),
            vanity=vanity("cool", 0, 11),
            seconds=11,
        ),
        observe(
            joined("8", 20),
            look=look(row("abc", 1), seconds=21),
            vanity=vanity("cool", 1, 21),
            seconds=21,
        ),
    )

    # Then
    counters = {item["sk"]: item for item in rows(prefix="C#")}
    day = counters["C#900#day#2026-11-20"]
    assert int(day["ttl"]) == int((at(12 * 3600) + KEEP_PERIODS).timestamp())
    assert day["board"] == f"G#{GUILD}#board#day#2026-11-20"
    assert "ttl" not in counters["C#900"]
    assert counters["C#900"]["score"] == 1
    assert counters["C#VANITY"]["tracked"] == 1
    assert not any("board" in item for key, item in counters.items() if "VANITY" in key)
    text = json.dumps(kept(), default=str).casefold()
    assert "user7" not in text
    assert '"ida' not in text


def test_the_story_on_the_table_survives_breaking_off_at_any_transaction(
    table: StoredGuilds,
) -> None:
    # Given the story undisturbed in one guild's table
    whole = worker_on(table, room=12)
    told = story()
    whole.handle(*told)
    assert table.transactions is not None
    steps = table.transactions.fuse.steps
    expected, ledger = kept(), whole.objects.held.keys()
    assert steps > len(told)

    # When the worker breaks off at every transaction, before it and after it
    again = worker_on(_emptied(table), room=12)
    for observation in told:
        for before in (True, False):
            number = 1
            while True:
                table.burn(Fuse(at=number, before=before))
                try:
                    again.handle(observation)
                except BrokenOffError:
                    number += 1
                    continue
                break
        table.burn(Fuse())
        assert again.handle(observation).repeated

    # Then
    assert again.objects.held.keys() == ledger
    assert kept() == expected


def test_a_change_that_can_never_be_stored_is_poison(table: StoredGuilds) -> None:
    # Given a decision whose item is larger than 400 KB
    def huge(stored: Stored, observation: Observation) -> Decision:
        [event] = observation.events
        assert isinstance(event, MemberJoined)
        codes = tuple(InviteCode(f"code{number}") for number in range(60_000))
        outcome = by()
        fact = JoinRecorded(
            event.person,
            event.joined_at,
            event.at,
            type(outcome)(
                outcome.kind, None, outcome.inviter_id, outcome.confidence, outcome.method, codes
            ),
        )
        return Decision(Head(stored.head.version + 1), (), (), (), (fact,))

    worker = Worker(guilds=table.guilds, attribute=huge, needs_closed=lambda *_: False)

    with pytest.raises(PoisonError):
        worker.handle(observe(joined("7")))
    assert list(rows()) == []


def test_workers_on_one_guild_at_once_lose_nothing_and_count_nothing_twice(
    emulated: StoredGuilds,
) -> None:
    # Given a guild, and the same 24 joins told by two listeners to workers that run at once
    worker_on(emulated).handle(observe(look=look(row("abc", 0), seconds=-700), seconds=-700))
    objects, effects = _Locked(), FakeEffects()
    messages = [
        observe(
            *(joined(str(100 + n), n) for n in range(first, first + 4)),
            look=look(row("abc", 24, "900"), seconds=40 + first),
            seconds=40 + first,
            id=f"{listener}-{first}",
        )
        for first in range(0, 24, 4)
        for listener in ("one", "two")
    ]

    # When
    def work(message: Observation) -> None:
        worker = Worker(guilds=emulated.guilds, objects=objects, effects=effects)
        for _ in range(40):
            try:
                worker.handle(message)
            except (TableBusyError, ContestedError):
                continue
            return
        raise AssertionError("never done")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, messages))

    # Then
    assert len(list(rows(prefix="M#"))) == 24
    assert sum(
        key.startswith("lines/") and b'"join"' in objects.held[key][0] for key in objects.held
    )
    [counter] = [item for item in rows(prefix="C#900") if item["sk"] == "C#900"]
    assert counter["tracked"] == counter["score"] == 24
    assert not any("burst" in item for item in rows(prefix="HEAD"))


def test_a_leave_in_the_message_of_its_join_works_in_order(table: StoredGuilds) -> None:
    worker = worker_on(table)
    worker.handle(observe(look=look(row("abc", 0), seconds=-700), seconds=-700))

    worker.handle(
        observe(joined("7", 10), left("7", 10.5), look=look(row("abc", 1), seconds=11), seconds=11)
    )

    [member] = rows(prefix="M#7")
    assert member["left_at"] == "2026-11-20T12:00:10.500000+00:00"
    [counter] = [item for item in rows(prefix="C#900") if item["sk"] == "C#900"]
    assert (counter["tracked"], counter["left"], counter["score"]) == (1, 1, 0)


class _Locked(FakeObjects):
    """A bucket in memory for threads."""

    _lock = Lock()

    def add(self, key: str, content: bytes, **more: Any) -> bool:  # noqa: ANN401
        with self._lock:
            return super().add(key, content, **more)


def _emptied(table: StoredGuilds) -> StoredGuilds:
    """Delete every row."""
    resource = boto3.resource("dynamodb", region_name="us-east-1").Table("usher")
    with resource.batch_writer() as batch:
        for item in rows():
            batch.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    return table
