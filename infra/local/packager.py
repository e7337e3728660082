"""A function's code as the emulator wants it: first-party source only, named by its own hash.

The emulator runs functions on this very environment, so wheels need not be copied; a missing
requirement is what tests/packaging finds. Equal sources give equal bytes, so a restart deploys
nothing that did not change.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Zip has no time zones and begins in 1980; one fixed time keeps the hash a hash of the sources.
_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
_SHARED: Final = "usher"


class PackageError(Exception):
    """A function's folder is not where its handler says."""


@dataclass(frozen=True, slots=True)
class Package:
    """A zip archive and the object key that its content gives it."""

    key: str
    content: bytes


def room_of(handler: str) -> str:
    """Return the folder a handler lives in: `interactions.app.handler` -> `interactions`."""
    return handler.split(".", 1)[0]


def package(functions: Path, room: str) -> Package:
    """Zip the shared package and one room; raises PackageError when the room has no app.py."""
    if not (functions / room / "app.py").is_file():
        raise PackageError(f"functions/{room}/app.py is missing")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for file in _sources(functions, room):
            entry = zipfile.ZipInfo(file.relative_to(functions).as_posix(), _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, file.read_bytes())
    content = archive.getvalue()
    return Package(f"{room}-{hashlib.sha256(content).hexdigest()[:20]}.zip", content)


def _sources(functions: Path, room: str) -> Iterator[Path]:
    for folder in (functions / _SHARED, functions / room):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
                yield file
