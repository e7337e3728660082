"""The folder of one `usher up`: marked, so that nothing else is deleted; locked, so it is alone."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import Final, Self

_MARK: Final = "usher-state.json"
_LOCK: Final = "lock"
_FORMAT: Final = 1


class StateError(Exception):
    """The folder cannot be used; the message is one sentence for the person."""


class StateFolder:
    """A locked state folder. `close` gives the lock up; the kernel does so if the process dies."""

    def __init__(self, folder: Path, lock: int) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, reset: bool = False) -> Self:
        """Lock the folder, made if need be, emptied first on `reset`; raises StateError."""
        folder = folder.resolve()
        _refuse_foreign(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise StateError(
                f"Another `usher up` is using {folder}. Stop it, or give this one its own --state."
            ) from error
        state = cls(folder, lock)
        if reset:
            state._empty()
        if not (folder / _MARK).exists():
            state._write({"format": _FORMAT})
        return state

    @property
    def practice_file(self) -> Path:
        """Where the practice Discord keeps its world."""
        return self.folder / "practice.json"

    @property
    def emulator_folder(self) -> Path:
        """Where the embedded cloud keeps its services."""
        return self.folder / "cloud"

    @property
    def emulator_port(self) -> int:
        """The port the embedded cloud had last time, 0 if none: queue addresses carry it."""
        return int(json.loads((self.folder / _MARK).read_text()).get("emulator_port", 0))

    @emulator_port.setter
    def emulator_port(self, port: int) -> None:
        self._write({"format": _FORMAT, "emulator_port": port})

    def close(self) -> None:
        """Give up the lock."""
        with contextlib.suppress(OSError):
            os.close(self._lock)

    def _write(self, content: dict[str, int]) -> None:
        fresh = self.folder / f"{_MARK}.new"
        fresh.write_text(json.dumps(content) + "\n")
        fresh.replace(self.folder / _MARK)

    def _empty(self) -> None:
        for entry in self.folder.iterdir():
            if entry.name == _LOCK:  # deleting it would let a second process lock a new one
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StateError(f"{folder} is not a folder.")
    if not folder.exists() or (folder / _MARK).exists():
        return
    if any(entry.name != _LOCK for entry in folder.iterdir()):
        raise StateError(
            f"{folder} holds files that are not Usher's; name an empty folder with --state."
        )
