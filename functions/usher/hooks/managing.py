"""What admins do with their webhooks, by command and by the REST API alike."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

from usher.contracts.hook_event import SUBSCRIBED, HookEvent, HookType, hook_id
from usher.contracts.hook_order import HookOrder, Replay
from usher.frozen import frozen
from usher.hooks.model import (
    DESCRIPTION,
    MOST_ENDPOINTS,
    Delivery,
    Endpoint,
    EndpointId,
    Health,
    State,
)
from usher.hooks.ports import DeliveryTable, EndpointTable
from usher.hooks.replaying import again
from usher.hooks.rules import KEEP, delivery_key
from usher.hooks.signing import OVERLAP, new_secret
from usher.hooks.targets import TargetError, read_target
from usher.ids import GuildId
from usher.slash.say import say
from usher.times import format_time

PAUSES: Final = (0.2, 0.3, *([0.5] * 15))
"""Seconds between looks at what became of a test: eight in all."""
WEBHOOKS: Final = "guild#webhooks"
"""The setting that has events told at all; `on` once there has been an endpoint."""


class WishError(ValueError):
    """It cannot be done so; the message is a sentence for who asked."""


class TooManyError(WishError):
    """There are as many endpoints as there can be."""


class Queue(Protocol):
    """The queue of the webhooks function. Methods may raise AwsError."""

    def order(self, orders: Sequence[HookOrder], delay: int = 0) -> None:
        """Hand orders over."""
        ...

    def tell(self, events: Sequence[HookEvent]) -> None:
        """Hand events over."""
        ...


@frozen
class Wish:
    """What an endpoint is to be."""

    url: str
    types: frozenset[HookType]
    description: str = ""
    active: bool = True


@frozen
class WebhookDesk:
    """Makes and changes endpoints. Every method may raise AwsError."""

    endpoints: EndpointTable
    deliveries: DeliveryTable
    queue: Queue
    random: Callable[[int], bytes]
    pause: Callable[[float], None]
    anywhere: bool = False
    """As in `read_target`."""

    def make(self, guild_id: GuildId, wish: Wish, by: str, made_by: str, now: datetime) -> Endpoint:
        """Make an endpoint, with its secret; the same `made_by` again gets a new secret.

        Raises WishError.
        """
        id_ = EndpointId(f"we_{sha256(made_by.encode()).hexdigest()[:12]}")
        others = [one for one, _ in self.endpoints.endpoints(guild_id) if one.id != id_]
        if len(others) >= MOST_ENDPOINTS:
            most = MOST_ENDPOINTS
            raise TooManyError(
                say("A server has at most {most} webhooks. Delete one first.", most=most)
            )
        self._check(wish)
        endpoint = Endpoint(
            id=id_,
            guild_id=guild_id,
            url=wish.url,
            types=wish.types,
            secret=new_secret(self.random),
            created_at=now,
            updated_at=now,
            created_by=by,
            description=_line(wish.description),
            active=wish.active,
            made_by=made_by,
        )
        self.endpoints.add_endpoint(endpoint)
        return endpoint

    def change(self, endpoint: Endpoint, wish: Wish, now: datetime) -> Endpoint:
        """Change an endpoint; raises WishError, StaleError."""
        self._check(wish)
        changed = replace(
            endpoint,
            url=wish.url,
            types=wish.types,
            description=_line(wish.description),
            active=wish.active,
        )
        if changed == endpoint:
            return endpoint
        return self._keep(changed, now)

    def enable(self, endpoint: Endpoint, health: Health, now: datetime) -> Endpoint:
        """Switch an endpoint on again, whoever had switched it off. Raises StaleError."""
        if health != Health():
            self.endpoints.heal(endpoint.guild_id, endpoint.id)
        return endpoint if endpoint.active else self._keep(replace(endpoint, active=True), now)

    def rotate(self, endpoint: Endpoint, now: datetime) -> Endpoint:
        """Give an endpoint a new secret; the one before is signed with too for a day.

        Of two changes within the day the very first secret stays in force. Raises StaleError.
        """
        held = endpoint.old_until is not None and now < endpoint.old_until
        return self._keep(
            replace(
                endpoint,
                secret=new_secret(self.random),
                old_secret=endpoint.old_secret if held else endpoint.secret,
                old_until=now + OVERLAP,
            ),
            now,
        )

    def test(self, endpoint: Endpoint, asked: str, now: datetime) -> str:
        """Send a test event, whatever it listens to; return the delivery's key."""
        event = HookEvent(
            hook_id(HookType.TEST, endpoint.guild_id, endpoint.id, asked),
            HookType.TEST,
            endpoint.guild_id,
            now,
            {"guild_id": endpoint.guild_id, "webhook_id": endpoint.id},
        )
        self.queue.tell([event])
        return delivery_key(event)

    def wait(self, endpoint: Endpoint, key: str) -> Delivery | None:
        """Wait some seconds for what becomes of a delivery; None where it takes longer."""
        for seconds in PAUSES:
            self.pause(seconds)
            found = self.deliveries.delivery(endpoint.guild_id, endpoint.id, key)
            if found is not None and found.state is not State.PENDING:
                return found
        return None

    def replay(
        self,
        endpoint: Endpoint,
        since: datetime,
        until: datetime,
        run: str,
        *,
        only_failed: bool,
    ) -> None:
        """Have events of a span of time sent again, oldest first."""
        first, last = f"D#{format_time(since)}", f"D#{format_time(until)}~"
        self.queue.order([Replay(endpoint.guild_id, endpoint.id, first, last, only_failed, run)])

    def replay_one(self, endpoint: Endpoint, event_id: str, run: str, now: datetime) -> bool:
        """Send one delivery again; False where it is on its way. Raises WishError."""
        found = self.find(endpoint, event_id, now)
        if found is None:
            raise WishError(say("Its log has no such delivery."))
        return again(self.deliveries, self.queue, endpoint.guild_id, found, run, now)

    def find(self, endpoint: Endpoint, event_id: str, now: datetime) -> Delivery | None:
        """Find a delivery by its event; the log is in order of time, so it is read through."""
        before = f"D#{format_time(now + timedelta(days=1))}"
        while page := self.deliveries.latest(endpoint.guild_id, endpoint.id, before, 200):
            for one in page:
                if one.event.id == event_id:
                    return one
            if page[-1].event.at < now - KEEP * 2:
                return None
            before = delivery_key(page[-1].event)
        return None

    def _keep(self, endpoint: Endpoint, now: datetime) -> Endpoint:
        kept = replace(endpoint, updated_at=now, version=endpoint.version + 1)
        self.endpoints.change_endpoint(kept)
        return kept

    def _check(self, wish: Wish) -> None:
        try:
            read_target(wish.url, anywhere=self.anywhere)
        except TargetError as error:
            raise WishError(str(error)) from None
        if not wish.types:
            raise WishError(say("Choose at least one event."))
        if len(_line(wish.description)) > DESCRIPTION:
            raise WishError(say("A description has at most {most} characters.", most=DESCRIPTION))


def read_types(text: str | None) -> frozenset[HookType]:
    """Read events parted by spaces or commas, all where nothing is said; raises WishError."""
    words = (text or "all").replace(",", " ").split()
    if words == ["all"]:
        return frozenset(SUBSCRIBED)
    known = {kind.value: kind for kind in SUBSCRIBED}
    for word in words:
        if word not in known:
            raise WishError(
                say(
                    "There is no event {event}. There are: {known}.",
                    event=f"`{word[:40]}`",
                    known=", ".join(known),
                )
            )
    return frozenset(known[word] for word in words)


def _line(text: str) -> str:
    return " ".join(text.split())
