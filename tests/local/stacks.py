"""What the tests of this folder share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from infra.local.aws import Cloud
from infra.local.deploy import Deployment
from infra.local.emulator import Emulator
from infra.local.settings import ALERTS_SECRET, TOKEN_SECRET

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


def wait_for[T](look: Callable[[], T | None], seconds: float = 15.0) -> T:
    """Poll until the look finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
