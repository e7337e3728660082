"""API keys in the DynamoDB table, without the SDK: `K#<prefix>`, listed under `R#<guild>`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, Value
from usher.platform.signed_http import AwsError
from usher.referrals.codec import Attributes
from usher.referrals.keys import ApiKey, Scope
from usher.referrals.ports import TakenError
from usher.times import format_time, parse_time

KEEP_COUNTS: Final = timedelta(minutes=10)
_REFUSED: Final = ("ConditionalCheckFailedException", "TransactionCanceledException")


@dataclass(frozen=True, slots=True)
class DynamoKeys:
    """Implements ApiKeys. Every method may raise AwsError."""

    client: Caller
    name: str

    def find(self, prefix: str) -> ApiKey | None:
        """Read a key, consistently: a revoked one opens nothing any more."""
        reads = DynamoReads(self.client, self.name)
        item = reads.get((f"K#{prefix}", "KEY"), consistent=True)
        return None if item is None else _read(item)

    def of_guild(self, guild_id: GuildId) -> tuple[ApiKey, ...]:
        """Read a guild's keys, oldest first."""
        reads = DynamoReads(self.client, self.name)
        listed = reads.under(f"R#{guild_id}", "KEY#")
        names = [str(row["sk"]).removeprefix("KEY#") for row in listed]
        found = reads.get_many((f"K#{name}", "KEY") for name in names)
        return tuple(sorted(map(_read, found.values()), key=lambda key: key.created_at))

    def add(self, key: ApiKey) -> None:
        """Write a key; one that the same thing has made before gets this secret instead.

        Raises TakenError.
        """
        own: dict[str, object] = {
            "TableName": self.name,
            "Item": _key(f"K#{key.prefix}", "KEY") | _write(key),
            "ConditionExpression": "attribute_not_exists(pk) OR made_by = :made",
            "ExpressionAttributeValues": {":made": {"S": key.made_by}},
        }
        listed = {"TableName": self.name, "Item": _key(f"R#{key.guild_id}", f"KEY#{key.prefix}")}
        try:
            self.client.call(
                "TransactWriteItems", {"TransactItems": [{"Put": own}, {"Put": listed}]}
            )
        except AwsError as error:
            if error.code in _REFUSED:
                raise TakenError from error
            raise

    def revoke(self, guild_id: GuildId, prefix: str, now: datetime) -> bool:
        """End a key for good; False for one that the guild does not have."""
        return self._set(
            prefix,
            "SET revoked_at = if_not_exists(revoked_at, :now)",
            {":now": {"S": format_time(now)}, ":guild": {"S": guild_id}},
            "guild_id = :guild",
        )

    def used(self, prefix: str, now: datetime) -> None:
        """Note that a key was used."""
        values: Attributes = {":now": {"S": format_time(now)}}
        self._set(prefix, "SET last_used_at = :now", values, "attribute_exists(pk)")

    def count(self, prefix: str, window: int, ends: datetime) -> int:
        """Count one request of a window of time and return how many it has now."""
        answer = self.client.call(
            "UpdateItem",
            {
                "TableName": self.name,
                "Key": _key(f"K#{prefix}", f"RATE#{window}"),
                "UpdateExpression": "SET #ttl = :ttl ADD requests :one",
                "ExpressionAttributeNames": {"#ttl": "ttl"},
                "ExpressionAttributeValues": {
                    ":one": {"N": "1"},
                    ":ttl": {"N": str(int((ends + KEEP_COUNTS).timestamp()))},
                },
                "ReturnValues": "UPDATED_NEW",
            },
        )
        now = answer.get("Attributes")
        return int(now["requests"]["N"]) if isinstance(now, dict) else 0

    def _set(self, prefix: str, update: str, values: Attributes, condition: str) -> bool:
        request: Mapping[str, object] = {
            "TableName": self.name,
            "Key": _key(f"K#{prefix}", "KEY"),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        try:
            self.client.call("UpdateItem", request)
        except AwsError as error:
            if error.code in _REFUSED:
                return False
            raise
        return True


def _key(partition: str, sort: str) -> Attributes:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def _write(key: ApiKey) -> Attributes:
    texts = {
        "prefix": key.prefix,
        "digest": key.digest,
        "guild_id": key.guild_id,
        "name": key.name,
        "scopes": " ".join(sorted(key.scopes)),
        "created_at": format_time(key.created_at),
        "created_by": key.created_by,
        "owner_id": key.owner_id,
        "expires_at": None if key.expires_at is None else format_time(key.expires_at),
        "made_by": key.made_by,
    }
    return {name: {"S": text} for name, text in texts.items() if text}


def _read(item: Item) -> ApiKey:
    owner = item.get("owner_id")
    known = {scope.value: scope for scope in Scope}
    return ApiKey(
        prefix=str(item["prefix"]),
        digest=str(item["digest"]),
        guild_id=GuildId(str(item["guild_id"])),
        name=str(item.get("name") or ""),
        scopes=frozenset(known[word] for word in str(item["scopes"]).split() if word in known),
        created_at=parse_time(str(item["created_at"])),
        created_by=str(item.get("created_by") or ""),
        owner_id=UserId(owner) if isinstance(owner, str) else None,
        expires_at=_moment(item.get("expires_at")),
        revoked_at=_moment(item.get("revoked_at")),
        last_used_at=_moment(item.get("last_used_at")),
        made_by=str(item.get("made_by") or ""),
    )


def _moment(value: Value) -> datetime | None:
    return parse_time(value) if isinstance(value, str) else None
