"""The zips of the local run."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from infra.local.packager import PackageError, package, room_of


@pytest.fixture
def functions(tmp_path: Path) -> Path:
    for name in ("usher/__init__.py", "usher/deep/rules.py", "door/app.py", "other/app.py"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {name}\n")
    (tmp_path / "door" / "__pycache__").mkdir()
    (tmp_path / "door" / "__pycache__" / "app.cpython-313.pyc").write_bytes(b"x")
    return tmp_path


def test_a_zip_holds_the_shared_package_and_one_room(functions: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO(package(functions, "door").content))

    assert archive.namelist() == ["usher/__init__.py", "usher/deep/rules.py", "door/app.py"]


def test_equal_sources_give_equal_zips_whatever_their_times(functions: Path) -> None:
    before = package(functions, "door")
    os.utime(functions / "door" / "app.py", (1, 1))

    assert package(functions, "door") == before


def test_a_changed_source_gives_another_key(functions: Path) -> None:
    before = package(functions, "door").key
    (functions / "usher" / "deep" / "rules.py").write_text("changed = True\n")

    assert package(functions, "door").key != before


def test_a_room_without_a_door_is_named(functions: Path) -> None:
    with pytest.raises(PackageError, match=r"functions/lost/app\.py is missing"):
        package(functions, "lost")


def test_the_room_is_read_from_the_handler() -> None:
    assert room_of("command_worker.app.handler") == "command_worker"
