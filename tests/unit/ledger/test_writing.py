"""Many writes side by side, of which one fails: the message comes again and finds the others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import pytest

from tests.builders import GUILD, at, by, person
from tests.fakes.objects import FakeObjects
from usher.attribution.wording import word_of
from usher.ids import UserId
from usher.ledger.lines import Line, LineType, join_id
from usher.ledger.names import JoinerNames
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore

LINES = 150


@dataclass
class Failing(FakeObjects):
    """A bucket for threads that fails at one of its writes."""

    at: int = 0
    writes: int = 0
    lock: Lock = field(default_factory=Lock)

    def add(self, key: str, content: bytes, *, lock_until: datetime | None = None) -> bool:
        with self.lock:
            self.writes += 1
            if self.writes == self.at:
                raise ConnectionError(key)
            return super().add(key, content, lock_until=lock_until)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as threads:
        yield threads


@pytest.mark.parametrize("number", [1, 2, LINES, 2 * LINES])
def test_when_one_of_300_writes_fails_the_others_end_first_and_all_stand_afterwards(
    number: int, pool: ThreadPoolExecutor
) -> None:
    # Given a bucket that fails once
    objects = Failing(at=number)
    writer = LedgerWriter(LedgerStore(objects, lambda: at(0)), pool)
    lines = [joined(str(user)) for user in range(LINES)]
    names = [JoinerNames(line, person(str(line.user_id)), "A guild") for line in lines]

    with pytest.raises(ConnectionError):
        writer.record(lines, names)

    # Then nothing is still under way, and all but one is there
    assert objects.writes == 2 * LINES
    assert len(objects.held) == 2 * LINES - 1

    # And the repetition meets its own lines
    assert writer.record(lines, names) == tuple(lines)
    assert len(objects.held) == 2 * LINES


def joined(user: str) -> Line:
    word, user_id = word_of(by()), UserId(user)
    return Line(LineType.JOIN, join_id(GUILD, user_id, at(1)), at(2), GUILD, user_id, at(1), word)
