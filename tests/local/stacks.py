"""What the tests of this folder share."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.local import bot_token, fixups
from infra.local.aws import Cloud
from infra.local.deploy import Deployment, deploy, plan
from infra.local.emulator import Emulator
from infra.local.host import ROOT
from infra.local.settings import ALERTS_SECRET, TEMPLATE, TOKEN_SECRET

ROOMS = (
    "interactions",
    "command_worker",
    "event_worker",
    "effects",
    "confirmer",
    "sweeper",
    "log_backup",
    "rollup",
    "integrity",
    "referral_api",
    "webhooks",
    "alerts",
)
PARAMETERS = {
    "Stage": "test",
    "Architecture": "x86_64",
    "DiscordPublicKey": "ab" * 32,
    "DiscordApplicationId": "123456789012345678",
    "DiscordApiBase": "http://127.0.0.1:9/api/v10",
    "DiscordTokenSecretName": TOKEN_SECRET,
    "AlertsWebhookSecretName": ALERTS_SECRET,
    "DeployListener": "false",
}


@dataclass(frozen=True)
class Stack:
    """A deployed stack."""

    emulator: Emulator
    cloud: Cloud
    deployment: Deployment

    def physical(self, logical_id: str) -> str:
        return self.deployment.physical_ids[logical_id]


def put_probes(functions: Path) -> None:
    """Fill a functions folder in which every door is the probe."""
    (functions / "usher").mkdir()
    (functions / "usher" / "__init__.py").write_text("")
    for room in ROOMS:
        (functions / room).mkdir()
        (functions / room / "__init__.py").write_text("")
        shutil.copyfile(ROOT / "tests" / "local" / "probe.py", functions / room / "app.py")


@contextlib.contextmanager
def deployed(functions: Path, parameters: dict[str, str] = PARAMETERS) -> Iterator[Stack]:
    """Deploy the real template over these functions."""
    with Emulator(enforce_iam=True) as emulator:
        cloud = Cloud(emulator.endpoint_url)
        deployment = deploy(cloud, plan(TEMPLATE, functions, parameters))
        fixups.apply(cloud, deployment)
        bot_token.store(cloud, TOKEN_SECRET, "the token")
        bot_token.store(cloud, ALERTS_SECRET, "https://discord.example/api/webhooks/1/x")
        yield Stack(emulator, cloud, deployment)


def wait_for[T](look: Callable[[], T | None], seconds: float = 15.0) -> T:
    """Poll until the look finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
