"""What every room of the practice Discord shares: the world, the hub, keys, posting, waiting."""

import asyncio
import secrets
from collections.abc import Callable

from infra.practice.faults.faults import Faults
from infra.practice.gateway.sessions import Hub
from infra.practice.intents import Dispatches
from infra.practice.interactions.endpoint import Endpoint
from infra.practice.interactions.signing import Signer
from infra.practice.posting import Postbox
from infra.practice.world import World


class Core:
    """The parts that act on one world together."""

    def __init__(
        self,
        world: World,
        hub: Hub,
        postbox: Postbox,
        signer: Signer,
        endpoint: Endpoint,
        faults: Faults,
        changed: Callable[[], None],
    ) -> None:
        self.world = world
        self.hub = hub
        self.postbox = postbox
        self.signer = signer
        self.endpoint = endpoint
        self.faults = faults
        self._changes = 0
        self._run = secrets.token_hex(4)
        self._changed = changed
        self._bell = asyncio.Event()

    @property
    def version(self) -> str:
        """A word that is another after every change, and after a restart."""
        return f"{self._run}.{self._changes}"

    def publish(self, dispatches: Dispatches) -> None:
        """Announce a change: to the gateway, to the state file, to whoever waits."""
        self.faults.dispatches.carry(dispatches, self.hub.publish)
        self._changes += 1
        self._changed()
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    async def wait_until(self, condition: Callable[[], bool], patience: float) -> bool:
        """Wait until a condition holds, looking after every change; at most `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                while not condition():
                    await self._bell.wait()
        except TimeoutError:
            return condition()
        return True
