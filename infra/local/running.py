"""The parts of the running system and the names of what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.aws import Cloud
from infra.local.bot import Bot
from infra.local.deploy import Deployment
from infra.local.emulator import Emulator
from infra.local.front import Front
from infra.local.listener import ListenerProcess
from infra.local.listener_metrics import ListenerMetrics
from infra.local.state import StateFolder

if TYPE_CHECKING:
    from infra.practice import Practice


class Running:
    """What a system consists of once started; asking for a part it has not raises RuntimeError."""

    def __init__(self, bot: Bot | None) -> None:
        self._bot = bot
        self._state: StateFolder | None = None
        self._emulator: Emulator | None = None
        self._front: Front | None = None
        self._listener: ListenerProcess | None = None
        self._metrics: ListenerMetrics | None = None
        self._practice: Practice | None = None
        self._deployment: Deployment | None = None

    @property
    def url(self) -> str:
        """The front's address, without a slash at the end."""
        return there(self._front).url

    @property
    def interactions_url(self) -> str:
        """The interactions endpoint."""
        return f"{self.url}/interactions"

    @property
    def practice(self) -> Practice:
        """The practice Discord; only with `discord="practice"`."""
        return there(self._practice)

    @property
    def bot(self) -> Bot:
        """The application the system runs as."""
        return there(self._bot)

    @property
    def emulator(self) -> Emulator:
        """The embedded cloud."""
        return there(self._emulator)

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL must be."""
        return self.emulator.endpoint_url

    @property
    def cloud(self) -> Cloud:
        """SDK clients of the embedded cloud."""
        return Cloud(self.endpoint_url)

    @property
    def deployment(self) -> Deployment:
        """The stack as it stands."""
        return there(self._deployment)

    @property
    def outputs(self) -> Mapping[str, str]:
        """The stack's outputs."""
        return self.deployment.outputs

    @property
    def table_name(self) -> str:
        """The one table."""
        return self.outputs["TableName"]

    @property
    def ledger_bucket(self) -> str:
        """The bucket of the ledger."""
        return self.outputs["LedgerBucketName"]

    @property
    def events_queue_url(self) -> str:
        """Where observations go in."""
        return self.outputs["EventsQueueUrl"]

    @property
    def commands_queue_url(self) -> str:
        """Where deferred commands wait."""
        return self.outputs["CommandsQueueUrl"]

    @property
    def effects_queue_url(self) -> str:
        """Where effects wait."""
        return self.outputs["EffectsQueueUrl"]

    @property
    def confirmations_queue_url(self) -> str:
        """Where requests for Discord's own record wait."""
        return self.outputs["ConfirmationsQueueUrl"]

    @property
    def state_folder(self) -> Path:
        """Where everything is kept."""
        return there(self._state).folder

    @property
    def listener(self) -> ListenerProcess | None:
        """The listener's process; None with `discord="none"`."""
        return self._listener

    def addresses(self) -> dict[str, str]:
        """Return what a person wants to know once it runs, in the order to show it."""
        practice = {"Practice Discord": f"{self.url}/practice"} if self._practice else {}
        return {
            "Interactions endpoint": self.interactions_url,
            **practice,
            "Embedded cloud": self.endpoint_url,
            "Ledger bucket": self.ledger_bucket,
            "State folder": str(self.state_folder),
        }


def there[T](part: T | None) -> T:
    """Return the part; raises RuntimeError when the system has none."""
    if part is None:
        raise RuntimeError("the system has not started, or runs without this part")
    return part
