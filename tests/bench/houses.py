"""The front as it is deployed, and rivals built the same way: same wheels, same bytecode."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local.host import architecture
from tests.building import build

HANDLERS: Final = Path(__file__).parent / "handlers"


@dataclass(frozen=True, slots=True)
class House:
    """A folder as Lambda would unpack it, and the handler in it."""

    folder: Path
    handler: str


def front(folder: Path) -> House:
    """Build the interactions function."""
    return House(build("InteractionsFunction", folder, architecture()), "interactions.app.handler")


def usual(scratch: Path, folder: Path) -> House:
    """Build the handler as it is usually written, from the command worker's wheels."""
    return rival("usual", build("CommandWorkerFunction", scratch, architecture()), folder)


def rival(name: str, wheels: Path, folder: Path) -> House:
    """Build a handler of `handlers/` from the wheels of an artefact."""
    ours = shutil.ignore_patterns("usher", "interactions", "command_worker", "__pycache__")
    shutil.copytree(wheels, folder, ignore=ours)
    shutil.copy(HANDLERS / f"{name}.py", folder)
    compiling = ("-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash")
    subprocess.run([sys.executable, *compiling, str(folder)], check=True)  # noqa: S603
    return House(folder, f"{name}.handler")
