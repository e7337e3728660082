"""The state folder: one user at a time, and never a folder that is not Usher's."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.state import StateError, StateFolder


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    first = StateFolder.open(tmp_path / "state")

    with pytest.raises(StateError, match="Another `usher up` is using"):
        StateFolder.open(tmp_path / "state")

    first.close()
    StateFolder.open(tmp_path / "state").close()


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    for reset in (False, True):
        with pytest.raises(StateError, match="not Usher's"):
            StateFolder.open(tmp_path, reset=reset)

    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")

    with pytest.raises(StateError, match="not a folder"):
        StateFolder.open(tmp_path / "state")


def test_what_was_kept_survives_and_reset_empties_it(tmp_path: Path) -> None:
    state = StateFolder.open(tmp_path)
    state.emulator_port = 4567
    state.practice_file.write_text("{}")
    state.emulator_folder.mkdir()
    state.close()

    again = StateFolder.open(tmp_path)
    assert (again.emulator_port, again.practice_file.exists()) == (4567, True)
    again.close()

    fresh = StateFolder.open(tmp_path, reset=True)
    assert (fresh.emulator_port, fresh.practice_file.exists()) == (0, False)
    assert not fresh.emulator_folder.exists()
    fresh.close()


def test_a_folder_in_use_is_not_reset(tmp_path: Path) -> None:
    first = StateFolder.open(tmp_path)
    first.practice_file.write_text("{}")

    with pytest.raises(StateError):
        StateFolder.open(tmp_path, reset=True)

    assert first.practice_file.exists()
    first.close()
