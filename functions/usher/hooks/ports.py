"""What the webhooks room asks of the world, and what may go wrong there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from usher.contracts.effect import Effect
from usher.contracts.hook_event import HookEvent
from usher.contracts.hook_order import HookOrder
from usher.frozen import frozen
from usher.hooks.model import Attempt, Delivery, Endpoint, EndpointId, Health
from usher.ids import ChannelId, GuildId


class TakenError(Exception):
    """An endpoint or delivery of this name is there already."""


class StaleError(Exception):
    """Somebody else changed it since it was read."""


class EndpointTable(Protocol):
    """Endpoints. Every method may raise AwsError."""

    def endpoints(self, guild_id: GuildId) -> tuple[tuple[Endpoint, Health], ...]:
        """Read a guild's endpoints, oldest first."""
        ...

    def endpoint(
        self, guild_id: GuildId, endpoint_id: EndpointId
    ) -> tuple[Endpoint, Health] | None:
        """Read an endpoint."""
        ...

    def add_endpoint(self, endpoint: Endpoint) -> None:
        """Write a new endpoint; raises TakenError."""
        ...

    def change_endpoint(self, endpoint: Endpoint) -> None:
        """Replace an endpoint of the version before; raises StaleError."""
        ...

    def forget_endpoint(self, guild_id: GuildId, endpoint_id: EndpointId) -> None:
        """Delete an endpoint. Its log stays until it ends by itself."""
        ...

    def keep_health(self, endpoint: Endpoint, before: Health, health: Health) -> None:
        """Write an endpoint's health; raises StaleError where it is not as `before` any more."""
        ...

    def heal(self, guild_id: GuildId, endpoint_id: EndpointId) -> None:
        """Forget how an endpoint has answered."""
        ...


class DeliveryTable(Protocol):
    """Deliveries of an endpoint, in the order of their events. Methods may raise AwsError."""

    def delivery(self, guild_id: GuildId, endpoint_id: EndpointId, key: str) -> Delivery | None:
        """Read a delivery by its key."""
        ...

    def add_delivery(self, delivery: Delivery) -> None:
        """Write a new delivery; raises TakenError."""
        ...

    def change_delivery(self, delivery: Delivery, before: Delivery) -> None:
        """Replace a delivery; raises StaleError where another try than `before`'s is awaited."""
        ...

    def deliveries(
        self, guild_id: GuildId, endpoint_id: EndpointId, first: str, last: str, limit: int
    ) -> tuple[Delivery, ...]:
        """Read deliveries with keys after `first` and up to `last`, oldest first."""
        ...

    def latest(
        self, guild_id: GuildId, endpoint_id: EndpointId, before: str, limit: int
    ) -> tuple[Delivery, ...]:
        """Read deliveries with keys before `before`, newest first."""
        ...


class KeptEvents(Protocol):
    """Events that were written together with their facts. Methods may raise AwsError."""

    def kept(self, guild_id: GuildId, event_id: str) -> HookEvent | None:
        """Read an event that may not have been handed over; None once it has been."""
        ...

    def drop(self, guild_id: GuildId, event_id: str) -> None:
        """Forget an event: it has been handed over."""
        ...


class Orders(Protocol):
    """The queue of the webhooks function."""

    def order(self, orders: Sequence[HookOrder], delay: int = 0) -> None:
        """Hand orders over, to be done after `delay` seconds; raises AwsError."""
        ...


class Effects(Protocol):
    """The queue of the effects function."""

    def send(self, effects: Sequence[Effect]) -> None:
        """Hand effects over; raises AwsError."""
        ...


class Admins(Protocol):
    """Where a guild's admins are told things."""

    def channel(self, guild_id: GuildId) -> ChannelId | None:
        """Read the channel; None where there is none. May raise AwsError."""
        ...


@frozen
class Answered:
    """An attempt, with the headers of the answer in lower case."""

    attempt: Attempt
    headers: Mapping[str, str]


class Post(Protocol):
    """Posts to endpoints."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answered:
        """Post a body, waiting for the answer for some seconds; never raises."""
        ...
