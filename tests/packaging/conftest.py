"""The artefacts, built once a session for each architecture, as `sam build` has them built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from infra.local.host import architecture
from tests.building import build as build_one
from tests.packaging.templates import ROOMS

type Artefacts = Mapping[str, Path]


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
    return {name: build_one(name, folder / name, wanted) for name in ROOMS}
