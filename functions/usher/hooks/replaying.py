"""Deliveries sent again on request: one, or those of a span of time, page by page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from usher.contracts.hook_order import Deliver, Replay
from usher.frozen import frozen
from usher.hooks.model import Delivery, EndpointId, State
from usher.hooks.ports import DeliveryTable, Orders, StaleError
from usher.hooks.rules import delivery_key
from usher.hooks.spreading import GRACE
from usher.ids import GuildId
from usher.times import format_time

PAGE: Final = 50
SECONDS: Final = 5
"""Between pages: an endpoint that was down gets some ten events a second."""


@frozen
class Replaying:
    """Sends deliveries again, under the ids they had. A page done twice sends nothing twice."""

    deliveries: DeliveryTable
    orders: Orders
    clock: Callable[[], datetime]

    def page(self, order: Replay) -> None:
        """Send a page, and order the next one; raises AwsError."""
        found = self.deliveries.deliveries(
            order.guild_id, EndpointId(order.endpoint_id), order.first, order.last, PAGE
        )
        for one in found:
            failed = one.state in (State.FAILED, State.HELD)
            if one.run != order.run and (failed or not order.only_failed):
                again(self.deliveries, self.orders, order.guild_id, one, order.run, self.clock())
        if len(found) == PAGE:
            following = replace(order, first=delivery_key(found[-1].event))
            self.orders.order([following], SECONDS)


def again(
    deliveries: DeliveryTable,
    orders: Orders,
    guild_id: GuildId,
    delivery: Delivery,
    run: str,
    now: datetime,
) -> bool:
    """Send a delivery again from its first try on; False where it is on its way already.

    Raises AwsError.
    """
    if delivery.state is State.PENDING:
        return False
    due_at = now + GRACE
    wanted = replace(delivery, state=State.PENDING, tries=0, due_at=due_at, run=run)
    try:
        deliveries.change_delivery(wanted, delivery)
    except StaleError:
        return False
    key = delivery_key(delivery.event)
    orders.order([Deliver(guild_id, delivery.endpoint_id, key, format_time(due_at))])
    return True
