"""One whole system for the tests of a module."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.local.system import System


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """Everything, with the practice Discord."""
    state: Path = tmp_path_factory.mktemp("system")
    async with System(state=state) as running:
        yield running
