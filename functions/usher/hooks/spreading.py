"""From an event to a delivery for each endpoint that wants it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.hook_event import HookEvent, HookType
from usher.contracts.hook_order import Deliver, TellKept
from usher.frozen import frozen
from usher.hooks.model import Delivery, Endpoint, Health, State
from usher.hooks.ports import DeliveryTable, EndpointTable, KeptEvents, Orders, TakenError
from usher.hooks.rules import delivery_key, is_held
from usher.ids import GuildId
from usher.times import format_time

GRACE: Final = timedelta(minutes=10)
"""A try that the queue was to see is looked for by the clock after so long."""


@frozen
class Spreading:
    """Writes deliveries and orders their first try. Doing it again has the effect of once."""

    endpoints: EndpointTable
    deliveries: DeliveryTable
    kept: KeptEvents
    orders: Orders
    clock: Callable[[], datetime]

    def spread(self, events: Sequence[HookEvent]) -> int:
        """Take events in; return the number of deliveries ordered. Raises AwsError."""
        known: dict[GuildId, tuple[tuple[Endpoint, Health], ...]] = {}
        orders: list[Deliver] = []
        for event in events:
            if event.guild_id not in known:
                known[event.guild_id] = self.endpoints.endpoints(event.guild_id)
            orders += self._spread(event, known[event.guild_id])
        self.orders.order(orders)
        return len(orders)

    def tell(self, order: TellKept) -> int:
        """Take in an event that was written with its fact, if nobody has; as `spread`."""
        event = self.kept.kept(order.guild_id, order.event_id)
        if event is None:
            return 0
        ordered = self.spread([event])
        self.kept.drop(event.guild_id, event.id)
        return ordered

    def _spread(
        self, event: HookEvent, endpoints: Sequence[tuple[Endpoint, Health]]
    ) -> Iterator[Deliver]:
        now = self.clock()
        for endpoint, health in endpoints:
            state = _state(event, endpoint, health, now)
            if state is None:
                continue
            due_at = now + GRACE if state is State.PENDING else None
            delivery = Delivery(endpoint.id, event, state, due_at)
            try:
                self.deliveries.add_delivery(delivery)
            except TakenError:
                # Told before. Whoever wrote it may have ended before its try was ordered.
                key = delivery_key(event)
                found = self.deliveries.delivery(event.guild_id, endpoint.id, key)
                if found is None or found.tries or found.due_at is None:
                    continue
                due_at = found.due_at
            if due_at is not None:
                yield Deliver(event.guild_id, endpoint.id, delivery_key(event), format_time(due_at))


def _state(event: HookEvent, endpoint: Endpoint, health: Health, now: datetime) -> State | None:
    """Say whether an endpoint gets an event now (`pending`), later by a replay, or not at all."""
    if event.type is HookType.TEST:
        return State.PENDING if event.data.get("webhook_id") == endpoint.id else None
    if event.type not in endpoint.types or not endpoint.active:
        return None
    if health.ended_at is None:
        return State.PENDING
    return State.HELD if is_held(health, now) else None
