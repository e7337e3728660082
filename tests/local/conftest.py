"""One emulator with the real template deployed, every function replaced by a probe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import bot_token, fixups
from infra.local.aws import Cloud
from infra.local.deploy import deploy, plan
from infra.local.emulator import Emulator
from infra.local.host import ROOT
from infra.local.settings import ALERTS_SECRET, TEMPLATE, TOKEN_SECRET
from tests.local.stacks import PARAMETERS, ROOMS, Stack


@pytest.fixture(scope="session")
def probe_functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A functions folder in which every door is the probe."""
    functions = tmp_path_factory.mktemp("functions")
    (functions / "usher").mkdir()
    (functions / "usher" / "__init__.py").write_text("")
    for room in ROOMS:
        (functions / room).mkdir()
        (functions / room / "__init__.py").write_text("")
        shutil.copyfile(ROOT / "tests" / "local" / "probe.py", functions / room / "app.py")
    return functions


@pytest.fixture(scope="session")
def stack(probe_functions: Path) -> Iterator[Stack]:
    with Emulator(enforce_iam=True) as emulator:
        cloud = Cloud(emulator.endpoint_url)
        deployment = deploy(cloud, plan(TEMPLATE, probe_functions, PARAMETERS))
        fixups.apply(cloud, deployment)
        bot_token.store(cloud, TOKEN_SECRET, "the token")
        bot_token.store(cloud, ALERTS_SECRET, "https://discord.example/api/webhooks/1/x")
        yield Stack(emulator, cloud, deployment)
