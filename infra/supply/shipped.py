"""What is shipped: the locked packages of every function and of the listener's image."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_PIN: Final = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """One package at one version."""

    name: str
    version: str
    rooms: tuple[str, ...]
    """Where it is shipped, by folder."""


def requirements() -> list[Path]:
    """Find the lists that artefacts and image are built of (`make requirements`)."""
    found = [*ROOT.glob("functions/*/requirements.txt"), ROOT / "gateway_listener/requirements.txt"]
    return sorted(found)


def packages() -> list[Package]:
    """Read all that is shipped, by name."""
    rooms: dict[tuple[str, str], list[str]] = {}
    for file in requirements():
        for name, version in _PIN.findall(file.read_text(encoding="utf-8")):
            rooms.setdefault((name, version), []).append(file.parent.name)
    return [Package(*pin, tuple(where)) for pin, where in sorted(rooms.items())]
