"""One emulator with the real template deployed, every function replaced by a probe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.stacks import Stack, deployed, put_probes


@pytest.fixture(scope="session")
def probe_functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A functions folder in which every door is the probe."""
    functions = tmp_path_factory.mktemp("functions")
    put_probes(functions)
    return functions


@pytest.fixture(scope="session")
def stack(probe_functions: Path) -> Iterator[Stack]:
    with deployed(probe_functions) as stack:
        yield stack
