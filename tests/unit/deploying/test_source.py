"""The image's tag: of the last commit that changed it, and of its content where nothing is said."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.cli.terminal import Machine
from infra.deploying.source import image_tag


def git(folder: Path, *arguments: str) -> str:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(  # noqa: S603
        ["git", *who, *arguments],  # noqa: S607
        cwd=folder,
        env={**os.environ, **quiet},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return git(folder, "log", "-1", "--abbrev=12", "--format=%h")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    write(tmp_path, "gateway_listener/a.py", "1")
    write(tmp_path, "functions/usher/b.py", "1")
    return tmp_path


def tag(folder: Path) -> str:
    return image_tag(Machine(folder), folder, "arm64")


def test_a_clean_checkout_is_named_by_its_commit(checkout: Path) -> None:
    made = commit(checkout)

    assert tag(checkout) == f"{made}-arm64"
    assert image_tag(Machine(checkout), checkout, "x86_64") == f"{made}-x86_64"


def test_a_commit_that_leaves_the_listener_alone_does_not_rename_it(checkout: Path) -> None:
    made = commit(checkout)
    write(checkout, "docs/c.md", "new")
    commit(checkout)

    assert tag(checkout) == f"{made}-arm64"


def test_what_is_not_committed_has_a_name_of_its_own_each_time(checkout: Path) -> None:
    made = commit(checkout)
    names = []
    for text in ("2", "3", "2"):
        write(checkout, "gateway_listener/new.py", text)
        names.append(tag(checkout))

    assert names[0] == names[2] != names[1]
    assert all(name.startswith(f"{made}-") for name in names)


def test_a_download_without_git_is_named_by_its_content(tmp_path: Path) -> None:
    write(tmp_path, "gateway_listener/a.py", "1")

    first = tag(tmp_path)
    write(tmp_path, "gateway_listener/__pycache__/a.pyc", "x")

    assert first.startswith("nogit-")
    assert tag(tmp_path) == first


def test_a_program_that_is_not_there_is_no_crash(tmp_path: Path) -> None:
    done = Machine(tmp_path).run(["no-such-program"], quiet=True)

    assert done.code == 127


def test_what_is_piped_in_reaches_the_program(tmp_path: Path) -> None:
    assert Machine(tmp_path).run(["cat"], stdin="hush", quiet=True).output == "hush"
