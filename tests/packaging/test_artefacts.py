"""What is uploaded: complete, minimal, for the right machine, with bytecode Lambda accepts."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.packaging.conftest import Artefacts
from tests.packaging.templates import FUNCTIONS, READ_AT_ONCE, ROOMS
from usher.catalogue import ROUTER
from usher.indexing import index
from usher.slash.index import Index

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]

EVERY_FUNCTION = pytest.mark.parametrize("function", ROOMS)
# PEP 552: the pyc is found by its source's hash, and nobody checks the hash.
_HASHED, _CHECKED = 0b01, 0b10
_NEVER_SHIPPED = {"discord", "aiohttp", "ministack", "moto", "pytest", "samtranslator", "tests"}
_NOT_ON_THE_FRONT = {
    "PIL", "boto3", "botocore", "httpx", "pydantic", "pynamodb", "requests", "s3transfer",
    "urllib3",
}  # fmt: skip
_ELF_MACHINES = {"arm64": 183, "x86_64": 62}
_WHEEL_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}


def _sources(artefact: Path) -> Iterator[Path]:
    return artefact.rglob("*.py")


@EVERY_FUNCTION
def test_every_source_has_bytecode_that_is_never_made_again(
    artefacts: Artefacts, function: str
) -> None:
    sources = list(_sources(artefacts[function]))
    assert sources
    for source in sources:
        header = Path(importlib.util.cache_from_source(str(source))).read_bytes()[:16]
        assert header[:4] == importlib.util.MAGIC_NUMBER, source
        assert int.from_bytes(header[4:8], "little") & (_HASHED | _CHECKED) == _HASHED, source
        assert header[8:] == importlib.util.source_hash(source.read_bytes()), source


@EVERY_FUNCTION
def test_bytecode_names_the_path_it_will_have(artefacts: Artefacts, function: str) -> None:
    room = ROOMS[function]
    compiled = importlib.util.cache_from_source(str(artefacts[function] / room / "app.py"))

    assert f"/var/task/{room}/app.py".encode() in Path(compiled).read_bytes()


@EVERY_FUNCTION
@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_every_wheel_is_for_the_architecture(
    build: Callable[[str], Artefacts], architecture: str, function: str
) -> None:
    artefact = build(architecture)[function]
    machine = _WHEEL_MACHINES[architecture]
    tags = [
        tag
        for wheel in artefact.glob("*.dist-info/WHEEL")
        for tag in re.findall(r"^Tag: (\S+)$", wheel.read_text(), re.MULTILINE)
    ]
    assert tags
    for tag in tags:
        python, _, platform = tag.split("-")
        assert platform == "any" or platform.endswith(f"_{machine}"), tag
        assert platform == "any" or python == "cp313" or "abi3" in tag, tag
    for library in artefact.rglob("*.so"):
        # ELF header, e_machine: two bytes at offset 18.
        assert int.from_bytes(library.read_bytes()[18:20], "little") == _ELF_MACHINES[architecture]


@EVERY_FUNCTION
def test_an_artefact_holds_its_own_room_and_nothing_of_the_workshop(
    artefacts: Artefacts, function: str
) -> None:
    held = {entry.name for entry in artefacts[function].iterdir()}

    assert {"usher", ROOMS[function]} <= held
    assert not held & (set(ROOMS.values()) - {ROOMS[function]})
    assert not held & (_NEVER_SHIPPED | {"bin", ".lock"})


def test_the_front_ships_no_sdk(artefacts: Artefacts) -> None:
    held = {entry.name for entry in artefacts["InteractionsFunction"].iterdir()}

    assert not held & _NOT_ON_THE_FRONT


def test_the_front_has_the_index_of_every_declaration(artefacts: Artefacts) -> None:
    made = artefacts["InteractionsFunction"] / "usher" / "index.json"

    assert Index.read(made.read_text(encoding="utf-8")) == index(ROUTER)


@EVERY_FUNCTION
def test_the_handler_runs_on_its_artefact_alone(artefacts: Artefacts, function: str) -> None:
    # Isolated and without site-packages: what is not in the artefact or in Python is not there.
    code = (
        "import importlib, json, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "module = importlib.import_module(sys.argv[2])\n"
        "print(json.dumps([callable(module.handler), sorted(sys.modules)]))\n"
    )
    module = FUNCTIONS[function]["Handler"].removesuffix(".handler")
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-I", "-S", "-B", "-c", code, str(artefacts[function]), module],
        env=_environment(function),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    is_callable, modules = json.loads(done.stdout.splitlines()[-1])
    assert is_callable
    if function == "InteractionsFunction":
        assert not {name.split(".")[0] for name in modules} & _NOT_ON_THE_FRONT
        # The room of a command is imported when the command is asked for.
        rooms = {name for name in modules if name.endswith("commands")}
        assert rooms == {"usher.slash.commands"}


@EVERY_FUNCTION
def test_what_is_imported_late_is_shipped_too(artefacts: Artefacts, function: str) -> None:
    artefact = artefacts[function]
    missing = {
        f"{file.relative_to(artefact)}: {name}"
        for file in _reachable(artefact, ROOMS[function])
        for name in _outside(file)
        if not _is_there(artefact, name)
    }

    assert missing == set()


def _environment(function: str) -> dict[str, str]:
    names = FUNCTIONS[function]["Environment"]["Variables"]
    values = dict.fromkeys(names, "https://example.invalid/value")
    return {
        **values,
        **{name: value for name, value in READ_AT_ONCE.items() if name in names},
        "LOG_LEVEL": "INFO",
        "PATH": os.defpath,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


class _Imports(ast.NodeVisitor):
    """Collects every module a file imports at run time, wherever the import stands."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" in ast.unparse(node.test):
            for statement in node.orelse:
                self.visit(statement)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.names |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module and node.level == 0:
            self.names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}


def _imports(file: Path) -> set[str]:
    visitor = _Imports()
    visitor.visit(ast.parse(file.read_text()))
    return visitor.names


def _file_of(artefact: Path, name: str) -> Path | None:
    path = artefact / name.replace(".", "/")
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _reachable(artefact: Path, room: str) -> set[Path]:
    """Return the first-party files a room may ever import, function bodies included."""
    waiting = set((artefact / room).rglob("*.py"))
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        for name in _imports(file):
            if name.split(".")[0] in {"usher", room}:
                target = _file_of(artefact, name)
                if target is not None and target not in seen:
                    waiting.add(target)
    return seen


def _outside(file: Path) -> set[str]:
    return {name.split(".")[0] for name in _imports(file)} - sys.stdlib_module_names


def _is_there(artefact: Path, name: str) -> bool:
    return (
        (artefact / name).is_dir()
        or (artefact / f"{name}.py").is_file()
        or any(artefact.glob(f"{name}.*.so"))
    )
