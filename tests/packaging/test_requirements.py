"""The exported requirements are what the lock says now."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from infra.local.host import ROOT
from tests.building import tool
from tests.packaging.templates import ROOMS

pytestmark = pytest.mark.packaging

EXPORTED = {room: ROOT / "functions" / room / "requirements.txt" for room in ROOMS.values()} | {
    "listener": ROOT / "gateway_listener" / "requirements.txt"
}


@pytest.mark.parametrize("group", EXPORTED)
def test_a_requirements_file_is_not_stale(group: str, tmp_path: Path) -> None:
    fresh = tmp_path / "requirements.txt"
    subprocess.run(  # noqa: S603 - uv alone
        [
            tool("uv", "UV"), "export", "--quiet", "--frozen", "--offline",
            "--project", str(ROOT), "--only-group", group, "--no-emit-project",
            "--no-annotate", "--no-header", "--output-file", str(fresh),
        ],
        check=True,
    )  # fmt: skip

    assert EXPORTED[group].read_text() == fresh.read_text(), "run: make requirements"
