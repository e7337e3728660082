"""A join is written as line and as row; what becomes of it when one cannot be (SPEC 4.3)."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD, at, by, person
from tests.fakes.objects import FakeObjects, Inline
from usher.attribution.wording import word_of
from usher.contracts.observation import Person
from usher.ids import UserId
from usher.ledger.lines import Line, LineType, join_id
from usher.ledger.names import JoinerNames, StaffName, names_key, read_names, row_key
from usher.ledger.repairs import (
    Repair,
    RepairError,
    decode_repair,
    encode_repair,
    repair_all,
)
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore

ID = join_id(GUILD, UserId("7"), at(0))
LINE = Line(LineType.JOIN, ID, at(0), GUILD, UserId("7"), at(0), word_of(by("900")))
NAMES = (JoinerNames(LINE, person("7"), "A guild"), StaffName(LINE, UserId("900"), "ida"))
ROW, STAFF = row_key(GUILD, UserId("7"), ID), names_key(GUILD, UserId("900"), ID)


class RefusedError(Exception):
    """The bucket refuses."""


@dataclass
class Refusing(FakeObjects):
    """A bucket that refuses what begins so."""

    refused: tuple[str, ...] = ()

    def add(self, key: str, content: bytes, *, lock_until: datetime | None = None) -> bool:
        if key.startswith(self.refused):
            raise RefusedError(key)
        return super().add(key, content, lock_until=lock_until)


@dataclass
class Queue:
    """Repairs that wait."""

    bodies: list[str] = field(default_factory=list)
    broken: bool = False

    def ask(self, repairs: list[Repair]) -> None:
        if self.broken:
            raise RefusedError("queue")
        self.bodies += [encode_repair(one) for one in repairs]


@dataclass
class Message:
    body: str
    queue: Queue

    def done(self) -> None:
        self.queue.bodies.remove(self.body)


def write(objects: FakeObjects, queue: Queue | None) -> tuple[Line, ...]:
    store = LedgerStore(objects, lambda: at(0))
    return LedgerWriter(store, Inline(), queue).record([LINE], NAMES)  # type: ignore[arg-type]


def whole() -> dict[str, bytes]:
    objects = FakeObjects()
    write(objects, Queue())
    return objects.under("")


def test_both_forms_and_the_inviters_name_are_three_objects() -> None:
    held = whole()

    assert [key.split("/")[0] for key in sorted(held)] == ["lines", "names", "names"]
    assert held[ROW].startswith(b"\xef\xbb\xbfTimestamp,User ID,Username,")
    assert held[ROW].count(b"\r\n") == 2


@pytest.mark.parametrize("refused", [(ROW,), (STAFF,), ("names/",)])
def test_when_a_row_or_name_fails_the_line_stands_and_it_is_written_later(
    refused: tuple[str, ...],
) -> None:
    # Given a bucket that refuses it
    objects, queue = Refusing(refused=refused), Queue()

    # When the join is written
    assert write(objects, queue) == (LINE,)

    # Then the rest is there, and what is missing waits
    assert objects.under("").keys() == {k for k in whole() if not k.startswith(refused)}
    assert {decode_repair(body).key for body in queue.bodies} == whole().keys() - objects.held

    # When the bucket takes it again
    objects.refused = ()
    waiting = [Message(body, queue) for body in queue.bodies]
    assert repair_all(waiting, objects.add) == len(waiting)

    # Then nothing is missing and nothing waits
    assert objects.under("") == whole()
    assert queue.bodies == []


@pytest.mark.parametrize("refused", [("lines/",), ("",)])
def test_when_the_line_fails_so_does_the_message_and_what_can_be_is_written(
    refused: tuple[str, ...],
) -> None:
    objects, queue = Refusing(refused=refused), Queue()

    with pytest.raises(RefusedError, match="lines/"):
        write(objects, queue)

    assert objects.under("").keys() == {k for k in whole() if not k.startswith(refused)}
    objects.refused = ()
    assert write(objects, queue) == (LINE,)
    assert objects.under("") == whole()


def test_when_it_cannot_even_wait_the_message_fails() -> None:
    for queue in (Queue(broken=True), None):
        with pytest.raises(RefusedError):
            write(Refusing(refused=("names/",)), queue)


def test_a_repair_waits_on_while_the_bucket_refuses() -> None:
    objects, queue = Refusing(refused=("names/",)), Queue()
    write(objects, queue)

    with pytest.raises(RefusedError):
        repair_all([Message(body, queue) for body in queue.bodies], objects.add)

    assert len(queue.bodies) == 2


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"v":1,"key":"lines/x","content":"forged"}'])
def test_what_is_no_repair_writes_nothing(body: str) -> None:
    objects, queue = FakeObjects(), Queue([body])

    with pytest.raises(RepairError):
        decode_repair(body)
    assert repair_all([Message(body, queue)], objects.add) == 0
    assert objects.held == {}


@given(st.text(), st.text(), st.text(max_size=4))
def test_names_come_back_from_the_row_as_they_were(user: str, display: str, tail: str) -> None:
    def written(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    named = replace(NAMES[0], person=Person(UserId("7"), user, display, discriminator=tail))

    found = read_names(ROW, decode_repair(encode_repair(Repair(ROW, named.content()))).content)

    expected = {"username": user, "display_name": display, "discriminator": tail}
    assert {name: found.get(name, "") for name in expected} == {
        name: written(text) for name, text in expected.items()
    }
    assert found["guild_name"] == "A guild"
