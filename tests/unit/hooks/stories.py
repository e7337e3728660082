"""The webhooks function's services over one table and queue, and time that a test moves."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.builders import GUILD, at
from tests.fakes.hook_room import FakeAdmins, FakeHookQueue, FakeHookTable, FakeReceiver
from usher.contracts.hook_event import SUBSCRIBED, HookEvent, HookType, hook_id
from usher.contracts.hook_order import Deliver, Replay
from usher.hooks.delivering import Delivering
from usher.hooks.managing import WebhookDesk, Wish
from usher.hooks.model import Delivery, Endpoint, Health
from usher.hooks.replaying import Replaying
from usher.hooks.rules import delivery_key
from usher.hooks.spreading import Spreading
from usher.hooks.telling import Telling
from usher.times import format_time

URL = "https://hooks.example/usher"
EVERY = frozenset(SUBSCRIBED)


@dataclass
class Room:
    """A room with its queue, emptied by hand."""

    table: FakeHookTable = field(default_factory=FakeHookTable)
    queue: FakeHookQueue = field(default_factory=FakeHookQueue)
    receiver: FakeReceiver = field(default_factory=FakeReceiver)
    admins: FakeAdmins = field(default_factory=FakeAdmins)
    now: datetime = field(default_factory=lambda: at(0))

    def __post_init__(self) -> None:
        self.desk = WebhookDesk(self.table, self.table, self.queue, bytes, lambda _: None)
        self.spreading = Spreading(self.table, self.table, self.table, self.queue, self.clock)
        telling = Telling(self.table, self.admins, self.admins)
        self.delivering = Delivering(
            self.table, self.table, self.queue, telling, self.clock, lambda: 0.0
        )
        self.replaying = Replaying(self.table, self.queue, self.clock)

    def clock(self) -> datetime:
        return self.now

    def endpoint(self, url: str = URL, types: frozenset[HookType] = EVERY) -> Endpoint:
        return self.desk.make(GUILD, Wish(url, types), "1", f"test {url}", self.now)

    def health(self, endpoint: Endpoint) -> Health:
        found = self.table.endpoint(GUILD, endpoint.id)
        assert found is not None
        return found[1]

    def emit(self, *events: HookEvent) -> None:
        self.spreading.spread(events)

    def work(self) -> int:
        """Do what the queue holds, whatever its delays; return the number of posts."""
        posts = 0
        waiting, self.queue.orders = self.queue.orders, []
        for order, _ in waiting:
            if isinstance(order, Replay):
                self.replaying.page(order)
            if isinstance(order, Deliver):
                posts += self.tried(order)
        return posts

    def tried(self, order: Deliver) -> int:
        ready = self.delivering.begin(order)
        if ready is None:
            return 0
        url = ready.endpoint.url
        answered = self.receiver.post(url, ready.headers, ready.body, self.now)
        self.delivering.settle(ready, answered)
        return 1

    def swept(self) -> None:
        """Let the clock order what is due."""
        for one in list(self.table.log.values()):
            if one.due_at is not None and one.due_at <= self.now:
                key = delivery_key(one.event)
                due = format_time(one.due_at)
                self.queue.order([Deliver(GUILD, one.endpoint_id, key, due)])

    def later(self, span: timedelta) -> None:
        self.now += span

    def delivery(self, event: HookEvent, endpoint: Endpoint) -> Delivery:
        found = self.table.delivery(GUILD, endpoint.id, delivery_key(event))
        assert found is not None
        return found

    def bodies(self) -> list[str]:
        return [json.loads(body)["data"]["n"] for _, _, body in self.receiver.taken]


def event(number: str = "1", kind: HookType = HookType.JOIN_RECORDED) -> HookEvent:
    return HookEvent(hook_id(kind, GUILD, number), kind, GUILD, at(float(number)), {"n": number})
