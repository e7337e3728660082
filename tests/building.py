"""The artefacts of functions, built as `sam build` has them built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.local.host import ROOT


def build(function: str, folder: Path, architecture: str) -> Path:
    """Build one function's artefact, by its logical id; raises AssertionError with what was said.

    UV and MAKE name the tools where they are not on PATH.
    """
    folder.mkdir()
    done = subprocess.run(  # noqa: S603 - our own Makefile
        [tool("make", "MAKE"), "--directory", str(ROOT / "functions"), f"build-{function}"],
        env={
            **os.environ,
            "ARTIFACTS_DIR": str(folder),
            "USHER_ARCHITECTURE": architecture,
            "UV": tool("uv", "UV"),
            "PYTHON": sys.executable,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def tool(name: str, variable: str) -> str:
    """Return the path of a tool, from its variable or from PATH; raises AssertionError."""
    found = os.environ.get(variable) or shutil.which(name)
    assert found, f"{name} is not on PATH (or set {variable})"
    return found
