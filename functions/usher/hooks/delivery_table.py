"""Deliveries, and events not handed over yet, in the DynamoDB table, without the SDK."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.hook_event import HookEvent, read_event, write_event
from usher.frozen import frozen
from usher.hooks.calls import done
from usher.hooks.codec import (
    KEEP_EVENT,
    Attributes,
    read_delivery,
    write_delivery,
)
from usher.hooks.model import Delivery, EndpointId, State
from usher.hooks.ports import StaleError, TakenError
from usher.hooks.rules import delivery_key
from usher.hooks.shards import KEPT, hook_shard
from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, decode
from usher.times import format_time
from usher.timing.due import partition

GRACE: Final = timedelta(minutes=2)
"""After so long an event that was not handed over is found by the clock."""


@frozen
class DynamoDeliveries:
    """Implements DeliveryTable."""

    client: Caller
    name: str

    def delivery(self, guild_id: GuildId, endpoint_id: EndpointId, key: str) -> Delivery | None:
        """Read a delivery by its key."""
        reads = DynamoReads(self.client, self.name)
        row = reads.get((f"H#{guild_id}#{endpoint_id}", key), consistent=True)
        return None if row is None else read_delivery(endpoint_id, row)

    def add_delivery(self, delivery: Delivery) -> None:
        """Write a new delivery; raises TakenError."""
        request = self._put(delivery) | {"ConditionExpression": "attribute_not_exists(pk)"}
        if not done(self.client, "PutItem", request):
            raise TakenError

    def change_delivery(self, delivery: Delivery, before: Delivery) -> None:
        """Replace a delivery; raises StaleError where another try than `before`'s is awaited."""
        request = self._put(delivery)
        if before.due_at is None:
            request["ConditionExpression"] = "attribute_not_exists(due_at)"
        else:
            request["ConditionExpression"] = "due_at = :before"
            told: Attributes = {":before": {"S": format_time(before.due_at)}}
            request["ExpressionAttributeValues"] = told
        if not done(self.client, "PutItem", request):
            raise StaleError

    def deliveries(
        self, guild_id: GuildId, endpoint_id: EndpointId, first: str, last: str, limit: int
    ) -> tuple[Delivery, ...]:
        """Read deliveries with keys after `first` and up to `last`, oldest first."""
        found = self._query(guild_id, endpoint_id, (first, last), limit + 1, forward=True)
        rows = [row for row in found if str(row["sk"]) != first][:limit]
        return tuple(read_delivery(endpoint_id, row) for row in rows)

    def latest(
        self, guild_id: GuildId, endpoint_id: EndpointId, before: str, limit: int
    ) -> tuple[Delivery, ...]:
        """Read deliveries with keys before `before`, newest first."""
        found = self._query(guild_id, endpoint_id, ("D#", before), limit + 1, forward=False)
        rows = [row for row in found if str(row["sk"]) != before][:limit]
        return tuple(read_delivery(endpoint_id, row) for row in rows)

    def _put(self, delivery: Delivery) -> dict[str, object]:
        event = delivery.event
        last = delivery.attempts[-1].at if delivery.attempts else event.at
        item: Attributes = {
            "pk": {"S": f"H#{event.guild_id}#{delivery.endpoint_id}"},
            "sk": {"S": delivery_key(event)},
            **write_delivery(delivery, max(last, delivery.due_at or last)),
        }
        if delivery.state is State.PENDING and delivery.due_at is not None:
            item |= _due(event.guild_id, delivery.due_at)
        return {"TableName": self.name, "Item": item}

    def _query(
        self,
        guild_id: GuildId,
        endpoint_id: EndpointId,
        span: tuple[str, str],
        limit: int,
        *,
        forward: bool,
    ) -> Iterator[Item]:
        answer = self.client.call(
            "Query",
            {
                "TableName": self.name,
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
                "ExpressionAttributeValues": {
                    ":pk": {"S": f"H#{guild_id}#{endpoint_id}"},
                    ":first": {"S": span[0]},
                    ":last": {"S": span[1]},
                },
                "ScanIndexForward": forward,
                "Limit": limit,
                "ConsistentRead": True,
            },
        )
        rows = answer.get("Items")
        for row in rows if isinstance(rows, list) else ():
            yield {name: decode(value) for name, value in row.items()}


@frozen
class DynamoKeptEvents:
    """Implements KeptEvents."""

    client: Caller
    name: str

    def kept(self, guild_id: GuildId, event_id: str) -> HookEvent | None:
        """Read an event that may not have been handed over; None once it has been."""
        reads = DynamoReads(self.client, self.name)
        row = reads.get((f"H#{guild_id}#{KEPT}", event_id), consistent=True)
        return None if row is None else read_event(json.loads(str(row["event"])))

    def drop(self, guild_id: GuildId, event_id: str) -> None:
        """Forget an event: it has been handed over."""
        key = {"pk": {"S": f"H#{guild_id}#{KEPT}"}, "sk": {"S": event_id}}
        done(self.client, "DeleteItem", {"TableName": self.name, "Key": key})


def kept_key(event: HookEvent) -> tuple[str, str]:
    """Say where an event waits to be handed over."""
    return f"H#{event.guild_id}#{KEPT}", event.id


def keep_event(name: str, event: HookEvent, now: datetime) -> dict[str, object]:
    """Write an event as an action of a transaction, beside the fact that it tells of.

    If whoever writes it never comes to hand it over, the clock does.
    """
    pk, sk = kept_key(event)
    return {
        "Put": {
            "TableName": name,
            "Item": {
                "pk": {"S": pk},
                "sk": {"S": sk},
                "event": {"S": write_event(event)},
                "ttl": {"N": str(int((now + KEEP_EVENT).timestamp()))},
                **_due(event.guild_id, now + GRACE),
            },
        }
    }


def _due(guild_id: GuildId, due_at: datetime) -> Attributes:
    return {
        "due": {"S": partition(hook_shard(guild_id))},
        "due_at": {"S": format_time(due_at)},
    }
