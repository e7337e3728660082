"""What the last whole run of the tests wrote down, and what the templates grant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.local.host import ROOT
from tests.grants import services
from tests.grants.judging import Call, read_calls
from tests.grants.policies import Json, read, statements
from tests.grants.unseen import UNSEEN

CHROMIUM = Path("/usr/bin/chromium")
CALLS = ROOT / ".build" / "calls"


@pytest.fixture(scope="session")
def recorded() -> list[Call]:
    """Every kind of call that a role made."""
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip("needs Chromium: some stories are told in a browser")
    found = read_calls(CALLS)
    assert found, f"No call is written down in {CALLS}: run `make test` first, whole."
    return found


@pytest.fixture(scope="session")
def calls(recorded: list[Call]) -> list[Call]:
    """And those that AWS makes in a role's name, and those that cannot be brought about."""
    return [*recorded, *services.calls(read()), *UNSEEN]


@pytest.fixture(scope="session")
def roles() -> dict[str, list[Json]]:
    """Every role's statements."""
    return statements(read())
