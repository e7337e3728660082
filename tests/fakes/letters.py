"""Dead letters in memory: two queues, hiding, and a crash at any step."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from infra.dlq.letter import Letter
from infra.dlq.ports import Pair, UnsupportedError
from tests.builders import START
from tests.fakes.fuse import Fuse

BATCH = 10


@dataclass
class FakeLetters:
    """Implements Letters. What is hidden comes back with `pass_time`, as after a crash."""

    dead: dict[str, Letter] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)
    """Bodies in the queue itself, in order."""
    fifo: bool = False
    fuse: Fuse = field(default_factory=Fuse)
    failing_at: datetime | None = None
    """When whatever is put back is given up again, with a new id."""
    hidden: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    """Deduplication ids of the last five minutes."""

    def put(self, *bodies: str, at: datetime = START, group: str | None = None) -> None:
        for body in bodies:
            letter = Letter(f"m-{body}", body, at, f"r-{body}", group)
            self.dead[letter.id] = letter

    def pass_time(self) -> None:
        self.hidden.clear()

    def count(self, pair: Pair) -> int:
        del pair
        return len(self.dead)

    def take(self, pair: Pair, seconds: int) -> Sequence[Letter]:
        del pair
        assert seconds > 0
        busy = {self.dead[one].group for one in self.hidden if one in self.dead and self.fifo}
        free = [
            one
            for one in self.dead.values()
            if one.id not in self.hidden and (not self.fifo or one.group not in busy)
        ]
        taken = free[:BATCH]
        self.hidden |= {one.id for one in taken}
        return taken

    def release(self, pair: Pair, letters: Sequence[Letter]) -> None:
        del pair
        self.hidden -= {one.id for one in letters}

    def send(self, pair: Pair, letter: Letter, deduplication_id: str) -> None:
        del pair

        def act() -> None:
            if self.fifo and deduplication_id in self.seen:
                return
            self.seen.add(deduplication_id)
            self.queue.append(letter.body)
            if self.failing_at is not None:
                again = f"{letter.body}!"
                self.dead[f"m-{again}"] = Letter(f"m-{again}", again, self.failing_at, "r")

        self.fuse.step("send", act)

    def delete(self, pair: Pair, letter: Letter) -> None:
        del pair

        def act() -> None:
            self.dead.pop(letter.id, None)
            self.hidden.discard(letter.id)

        self.fuse.step("delete", act)

    def move(self, pair: Pair) -> str:
        raise UnsupportedError(pair.name)

    def moved(self, pair: Pair, task: str) -> tuple[str, int]:
        raise NotImplementedError(pair, task)


LATER = START + timedelta(minutes=1)
