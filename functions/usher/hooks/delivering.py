"""One try of a delivery: what is sent, and what follows from the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.hook_event import HookType
from usher.contracts.hook_order import Deliver
from usher.hooks.model import Attempt, Delivery, Endpoint, EndpointId, Health, State
from usher.hooks.ports import (
    Answered,
    DeliveryTable,
    EndpointTable,
    Orders,
    StaleError,
)
from usher.hooks.rules import (
    MOST_KEPT,
    after,
    body_of,
    delivery_key,
    pause_after,
    succeeded,
    wish_of,
)
from usher.hooks.signing import headers_of
from usher.hooks.spreading import GRACE
from usher.hooks.telling import Telling
from usher.times import format_time

LONGEST_DELAY: Final = timedelta(minutes=15)
"""Of a message (SQS); the clock looks after what is due later."""
PROBE: Final = timedelta(seconds=30)
"""How long others wait while one looks whether a silent endpoint answers again."""
SPREAD: Final = timedelta(minutes=1)
"""Over how long those come back that waited for a silent endpoint."""
ATTEMPTS: Final = 4
AGENT: Final = "Usher-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Ready:
    """A try that can go out."""

    delivery: Delivery
    endpoint: Endpoint
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivering:
    """Tries deliveries. `begin` and `settle` use the table, what is between them the network."""

    endpoints: EndpointTable
    deliveries: DeliveryTable
    orders: Orders
    telling: Telling
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    """Draws from 0 to 1."""

    def begin(self, order: Deliver) -> Ready | None:
        """Prepare a try; None where none is to be made, or not now. Raises AwsError."""
        endpoint_id = EndpointId(order.endpoint_id)
        delivery = self.deliveries.delivery(order.guild_id, endpoint_id, order.key)
        if delivery is None or delivery.state is not State.PENDING or delivery.due_at is None:
            return None
        if format_time(delivery.due_at) != order.due_at:
            return None  # tried since
        found = self.endpoints.endpoint(order.guild_id, endpoint_id)
        if found is None:
            self._change(replace(delivery, state=State.FAILED, due_at=None), delivery)
            return None
        endpoint, health = found
        if delivery.event.type is not HookType.TEST:
            if health.ending is not None or not endpoint.active:
                self.telling.tell(endpoint, health)
                self._change(replace(delivery, state=State.HELD, due_at=None), delivery)
                return None
            if not self._admitted(endpoint, health, delivery):
                return None
        body = body_of(delivery.event)
        headers = {
            "content-type": "application/json",
            "user-agent": AGENT,
            **headers_of(endpoint, delivery.event.id, body, self.clock()),
        }
        return Ready(delivery, endpoint, headers, body)

    def settle(self, ready: Ready, answered: Answered) -> None:
        """Note what came back, and order what follows. Raises AwsError."""
        delivery, attempt = ready.delivery, answered.attempt
        wish = wish_of(attempt, answered.headers)
        test = delivery.event.type is HookType.TEST
        health = Health() if test else self._heed(ready.endpoint, attempt, wish)
        tried = replace(
            delivery,
            tries=delivery.tries + 1,
            attempts=(*delivery.attempts, attempt)[-MOST_KEPT:],
            due_at=None,
        )
        if succeeded(attempt):
            self._change(replace(tried, state=State.DELIVERED), delivery)
            return
        pause = None if test else pause_after(tried.tries, self.chance())
        if health.ending is not None:
            self._change(replace(tried, state=State.HELD), delivery)
        elif pause is None:
            self._change(replace(tried, state=State.FAILED), delivery)
        else:
            self._again(tried, delivery, max(pause, wish or timedelta()))

    def _admitted(self, endpoint: Endpoint, health: Health, delivery: Delivery) -> bool:
        """Whether an endpoint may be asked now: of a silent one, one try at a time finds out."""
        now, rest = self.clock(), health.resting_until
        if rest is None:
            return True
        if rest <= now:
            try:
                probed = replace(health, resting_until=now + PROBE)
                self.endpoints.keep_health(endpoint, health, probed)
            except StaleError:
                rest = now + PROBE
            else:
                return True
        self._again(delivery, delivery, rest - now + SPREAD * self.chance())
        return False

    def _heed(self, endpoint: Endpoint, attempt: Attempt, wish: timedelta | None) -> Health:
        """Keep how the endpoint answered; of several at once each is counted."""
        for _ in range(ATTEMPTS):
            found = self.endpoints.endpoint(endpoint.guild_id, endpoint.id)
            if found is None:
                return Health()
            _, before = found
            health = after(before, attempt, wish)
            if health == before:
                return health
            try:
                if health == Health():
                    self.endpoints.heal(endpoint.guild_id, endpoint.id)
                else:
                    self.endpoints.keep_health(endpoint, before, health)
            except StaleError:
                continue
            self.telling.tell(endpoint, health)
            return health
        return Health()  # others were quicker, and saw the same

    def _again(self, delivery: Delivery, before: Delivery, pause: timedelta) -> None:
        """Have it tried after a while: by the queue if it can wait so long, else by the clock."""
        now = self.clock()
        by_queue = pause <= LONGEST_DELAY
        due_at = now + pause + (GRACE if by_queue else timedelta())
        if not self._change(replace(delivery, due_at=due_at), before) or not by_queue:
            return
        event = delivery.event
        order = Deliver(
            event.guild_id, delivery.endpoint_id, delivery_key(event), format_time(due_at)
        )
        self.orders.order([order], int(pause.total_seconds()))

    def _change(self, delivery: Delivery, before: Delivery) -> bool:
        try:
            self.deliveries.change_delivery(delivery, before)
        except StaleError:
            return False  # somebody else has tried it meanwhile
        return True
