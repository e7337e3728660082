"""The cloud of the daily job's tests, with what the hourly check needs besides."""

import pytest

from tests.integration.log_backup.conftest import emulator as emulator
from tests.integration.log_backup.conftest import environ as environ

__all__ = ["emulator", "environ"]


@pytest.fixture
def checked(environ: dict[str, str]) -> dict[str, str]:
    """The variables that the check knows its cloud by."""
    return {**environ, "DISCORD_TOKEN_SECRET": "token", "POWERTOOLS_SERVICE_NAME": "integrity"}
