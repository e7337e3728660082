"""Webhooks in the DynamoDB table, without the SDK.

`H#<guild>` holds endpoints (`E#<id>`, with their secrets) and their health (`E#<id>#HEALTH`): the
latter is the webhooks function's to write, the former the admins'. Deliveries are in
`H#<guild>#<endpoint>`, events that wait to be handed over in `H#<guild>#KEPT`.
"""

from usher.frozen import frozen
from usher.hooks.calls import done
from usher.hooks.codec import (
    HEALTH,
    Attributes,
    read_endpoint,
    read_health,
    write_endpoint,
    write_health,
)
from usher.hooks.model import Endpoint, EndpointId, Health
from usher.hooks.ports import StaleError, TakenError
from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads


@frozen
class DynamoEndpoints:
    """Implements EndpointTable."""

    client: Caller
    name: str

    def endpoints(self, guild_id: GuildId) -> tuple[tuple[Endpoint, Health], ...]:
        """Read a guild's endpoints, oldest first."""
        rows = {str(row["sk"]): row for row in self._reads.under(f"H#{guild_id}", "E#")}
        found = [
            (read_endpoint(guild_id, row), read_health(rows.get(f"{key}#HEALTH")))
            for key, row in rows.items()
            if not key.endswith("#HEALTH")
        ]
        return tuple(sorted(found, key=lambda pair: (pair[0].created_at, pair[0].id)))

    def endpoint(
        self, guild_id: GuildId, endpoint_id: EndpointId
    ) -> tuple[Endpoint, Health] | None:
        """Read an endpoint."""
        pk = f"H#{guild_id}"
        row = self._reads.get((pk, f"E#{endpoint_id}"), consistent=True)
        if row is None:
            return None
        health = self._reads.get((pk, f"E#{endpoint_id}#HEALTH"), consistent=True)
        return read_endpoint(guild_id, row), read_health(health)

    def add_endpoint(self, endpoint: Endpoint) -> None:
        """Write a new endpoint, or give one that the same thing made this secret instead.

        Raises TakenError.
        """
        condition = "attribute_not_exists(pk) OR made_by = :made"
        if not self._put(endpoint, condition, {":made": {"S": endpoint.made_by}}):
            raise TakenError

    def change_endpoint(self, endpoint: Endpoint) -> None:
        """Replace an endpoint of the version before; raises StaleError."""
        before: Attributes = {":before": {"N": str(endpoint.version - 1)}}
        if not self._put(endpoint, "version = :before", before):
            raise StaleError

    def forget_endpoint(self, guild_id: GuildId, endpoint_id: EndpointId) -> None:
        """Delete an endpoint. Its log stays until it ends by itself."""
        for key in (f"E#{endpoint_id}", f"E#{endpoint_id}#HEALTH"):
            done(self.client, "DeleteItem", {"TableName": self.name, "Key": _key(guild_id, key)})

    def keep_health(self, endpoint: Endpoint, before: Health, health: Health) -> None:
        """Write an endpoint's health; raises StaleError where it is not as `before` any more."""
        request: dict[str, object] = {
            "TableName": self.name,
            "Item": _key(endpoint.guild_id, f"E#{endpoint.id}#HEALTH") | write_health(health),
        }
        if before == Health():
            request["ConditionExpression"] = "attribute_not_exists(pk) OR failures = :none"
            request["ExpressionAttributeValues"] = {":none": {"N": "0"}}
        else:
            request |= _same(before)
        if not done(self.client, "PutItem", request):
            raise StaleError

    def heal(self, guild_id: GuildId, endpoint_id: EndpointId) -> None:
        """Forget how an endpoint has answered."""
        key = _key(guild_id, f"E#{endpoint_id}#HEALTH")
        done(self.client, "DeleteItem", {"TableName": self.name, "Key": key})

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)

    def _put(self, endpoint: Endpoint, condition: str, values: Attributes) -> bool:
        return done(
            self.client,
            "PutItem",
            {
                "TableName": self.name,
                "Item": _key(endpoint.guild_id, f"E#{endpoint.id}") | write_endpoint(endpoint),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": values,
            },
        )


def _key(guild_id: GuildId, sort: str) -> Attributes:
    return {"pk": {"S": f"H#{guild_id}"}, "sk": {"S": sort}}


def _same(health: Health) -> dict[str, object]:
    """Demand that a row is as this one, to what it does not have."""
    held = write_health(health)
    terms = [
        f"#{name} = :{name}" if name in held else f"attribute_not_exists(#{name})"
        for name in HEALTH
    ]
    return {
        "ConditionExpression": " AND ".join(terms),
        "ExpressionAttributeNames": {f"#{name}": name for name in HEALTH},
        "ExpressionAttributeValues": {f":{name}": value for name, value in held.items()},
    }
