"""DynamoDB's read and write units of a request, by the size of what it touches. Pure.

Source: DynamoDB developer guide, "Read and write operations", "Item sizes and formats", "Using
global secondary indexes" (write cost) and "Transactions" (each costs twice).
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

type Item = Mapping[str, Any]
"""As DynamoDB's JSON has it: attribute to type to value."""

READ: Final = 4096
WRITE: Final = 1024
INDEXES: Final = {"board": ("board", "score"), "due": ("due", "due_at")}
KEYS_ONLY: Final = ("due",)


def size(item: Item) -> int:
    """Return an item's size in bytes."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def read_units(items: list[Item], *, consistent: bool, together: bool) -> float:
    """Read units of items: of a query's sum, or of each one's own."""
    sizes = [size(item) for item in items]
    blocks = _blocks(sum(sizes), READ) if together else sum(_blocks(one, READ) for one in sizes)
    return max(blocks, 1) * (1.0 if consistent else 0.5)


def write_units(before: Item | None, after: Item | None, *, transacted: bool) -> int:
    """Write units of one item's change, its indexes included."""
    largest = max(size(before or {}), size(after or {}))
    own = _blocks(largest, WRITE) * (2 if transacted else 1)
    return own + sum(_index(name, before, after) for name in INDEXES)


def _index(name: str, before: Item | None, after: Item | None) -> int:
    old, new = _projected(name, before), _projected(name, after)
    if old == new:
        return 0
    sizes = [_blocks(size(one), WRITE) for one in (old, new) if one]
    moved = old and new and any(old[key] != new[key] for key in INDEXES[name])
    return sum(sizes) if moved else max(sizes)


def _projected(name: str, item: Item | None) -> Item:
    keys = INDEXES[name]
    if item is None or any(key not in item for key in keys):
        return {}
    if name in KEYS_ONLY:
        return {key: item[key] for key in ("pk", "sk", *keys)}
    return item


def _blocks(length: int, block: int) -> int:
    return max(1, ceil(length / block))


def _value(value: Mapping[str, Any]) -> int:
    [(kind, held)] = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return ceil(len(held.lstrip("-").replace(".", "")) / 2) + 1
        case "B":
            return len(held) * 3 // 4
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value(one) for name, one in held.items())
        case "L":
            return 3 + sum(1 + _value(one) for one in held)
        case "SS" | "NS" | "BS":
            return sum(len(one.encode()) for one in held)
        case _:
            return 1
