"""The artefacts, built once a session for each architecture, as `sam build` has them built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from infra.local.host import ROOT, architecture
from tests.packaging.templates import ROOMS

type Artefacts = Mapping[str, Path]


def tool(name: str, variable: str) -> str:
    """Return the path of a tool, from its variable or from PATH."""
    found = os.environ.get(variable) or shutil.which(name)
    if not found:
        pytest.fail(f"{name} is not on PATH (or set {variable})")
    return found


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Artefacts]:
    """Return a function that builds every artefact for an architecture, the first time only."""
    built: dict[str, Artefacts] = {}

    def run(wanted: str) -> Artefacts:
        if wanted not in built:
            built[wanted] = _build(wanted, tmp_path_factory.mktemp(f"artefacts-{wanted}"))
        return built[wanted]

    return run


@pytest.fixture
def artefacts(build: Callable[[str], Artefacts]) -> Artefacts:
    """The artefacts for this machine, by logical id."""
    return build(architecture())


def _build(wanted: str, folder: Path) -> Artefacts:
    artefacts = {name: folder / name for name in ROOMS}
    for name, artefact in artefacts.items():
        artefact.mkdir()
        done = subprocess.run(  # noqa: S603 - our own Makefile
            [tool("make", "MAKE"), "--directory", str(ROOT / "functions"), f"build-{name}"],
            env={
                **os.environ,
                "ARTIFACTS_DIR": str(artefact),
                "USHER_ARCHITECTURE": wanted,
                "UV": tool("uv", "UV"),
                "PYTHON": sys.executable,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return artefacts
