"""What the routes of webhooks share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from referral_api.problems import ProblemError
from usher.hooks.managing import WebhookDesk
from usher.hooks.model import Delivery, Endpoint, EndpointId, Health
from usher.ids import GuildId
from usher.referrals.ports import KeptHooks


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What the routes of webhooks use."""

    desk: WebhookDesk
    kept: KeptHooks
    switch_on: Callable[[GuildId, str], None]
    """Has the guild's events told from now on; takes who asks."""
    clock: Callable[[], datetime]

    def reach(self, guild_id: GuildId, id_: str) -> tuple[Endpoint, Health]:
        """Read an endpoint; raises ProblemError."""
        found = self.desk.endpoints.endpoint(guild_id, EndpointId(id_))
        if found is None:
            raise ProblemError(404, "unknown_webhook", "No such webhook")
        return found

    def sent(self, endpoint: Endpoint, event_id: str) -> Delivery:
        """Read a delivery; raises ProblemError."""
        found = self.desk.find(endpoint, event_id, self.clock())
        if found is None:
            raise ProblemError(404, "unknown_delivery", "The log has no such delivery")
        return found
