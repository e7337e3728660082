"""What could not be written beside a line, on its way to be written later (SPEC 4.3).

It waits in a queue of its own, since it holds names: they belong in no table, and the bucket is
what failed. The daily job empties it.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

REPAIR_VERSION = 1


class RepairError(ValueError):
    """A message is not a repair."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One object that is missing."""

    key: str
    content: bytes


class Waiting(Protocol):
    """One repair that waits."""

    @property
    def body(self) -> str:
        """The message."""
        ...

    def done(self) -> None:
        """Take it out of the queue."""
        ...


def encode_repair(repair: Repair) -> str:
    """Write a message; it is ASCII, whatever characters the names have."""
    text = repair.content.decode()
    return json.dumps({"v": REPAIR_VERSION, "key": repair.key, "content": text})


def decode_repair(body: str) -> Repair:
    """Read a message; raises RepairError."""
    try:
        fields = json.loads(body)
        if fields["v"] != REPAIR_VERSION or not fields["key"].startswith("names/"):
            raise RepairError("version or key")
        return Repair(fields["key"], fields["content"].encode())
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RepairError(type(error).__name__) from error


def repair_all(waiting: Iterable[Waiting], keep: Callable[[str, bytes], object]) -> int:
    """Have what waits kept and return how many were done; raises errors of bucket and queue.

    A message that is no repair stays where it is until its queue forgets it.
    """
    done = 0
    for one in waiting:
        try:
            repair = decode_repair(one.body)
        except RepairError:
            continue
        keep(repair.key, repair.content)
        one.done()
        done += 1
    return done
