"""The lease as a row of the table, by conditional writes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from gateway_listener.lease import Lease, TableOutError
from gateway_listener.progress import SessionPoint
from usher.contracts.wire import EPOCH
from usher.ids import UserId
from usher.times import format_time, parse_time

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, PutItemInputTypeDef

    type Item = dict[str, AttributeValueTypeDef]

LEASE: Final = "LEASE"
_REFUSED: Final = "ConditionalCheckFailedException"
_MILLISECOND: Final = timedelta(milliseconds=1)


def shard_key(bot_id: UserId, shard: int = 0) -> str:
    """Tell the partition key of a shard's row."""
    return f"SHARD#{bot_id}#{shard}"


class DynamoLease:
    """One shard's row. boto3 clients may be used from several threads."""

    def __init__(self, client: "DynamoDBClient", table_name: str, key: str) -> None:
        self._client = client
        self._table_name = table_name
        self._key = key

    def read(self) -> Lease | None:
        """Read the row as it is now. Raises TableOutError."""
        try:
            answer = self._client.get_item(
                TableName=self._table_name,
                Key={"pk": {"S": self._key}, "sk": {"S": LEASE}},
                ConsistentRead=True,
            )
        except ClientError as error:
            raise TableOutError(_code(error)) from error
        except BotoCoreError as error:
            raise TableOutError(type(error).__name__) from error
        item = answer.get("Item")
        return None if item is None else _read(item)

    def replace(self, held: Lease | None, wanted: Lease) -> bool:
        """Write, if the row still has `held`'s owner, fence and end. Raises TableOutError."""
        if held is None:
            return self._put(wanted, "attribute_not_exists(pk)", {})
        return self._put(
            wanted,
            "lease_owner = :owner AND fence = :fence AND expires_at = :end",
            {
                ":owner": {"S": held.owner},
                ":fence": {"N": str(held.fence)},
                ":end": {"N": _milliseconds(held.expires_at)},
            },
        )

    def renew(self, wanted: Lease) -> bool:
        """Write, if the row still has its owner and fence. Raises TableOutError."""
        return self._put(
            wanted,
            "lease_owner = :owner AND fence = :fence",
            {":owner": {"S": wanted.owner}, ":fence": {"N": str(wanted.fence)}},
        )

    def _put(self, lease: Lease, condition: str, values: "Item") -> bool:
        request: PutItemInputTypeDef = {
            "TableName": self._table_name,
            "Item": {"pk": {"S": self._key}, "sk": {"S": LEASE}, **_write(lease)},
            "ConditionExpression": condition,
        }
        if values:
            request["ExpressionAttributeValues"] = values
        try:
            self._client.put_item(**request)
        except ClientError as error:
            if _code(error) == _REFUSED:
                return False
            raise TableOutError(_code(error)) from error
        except BotoCoreError as error:
            raise TableOutError(type(error).__name__) from error
        return True


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "ClientError")


def _milliseconds(moment: datetime) -> str:
    return str((moment - EPOCH) // _MILLISECOND)


def _write(lease: Lease) -> "Item":
    item: Item = {
        "lease_owner": {"S": lease.owner},
        "fence": {"N": str(lease.fence)},
        "expires_at": {"N": _milliseconds(lease.expires_at)},
    }
    point = lease.point
    if point is not None:
        item |= {"last_alive": {"S": format_time(point.alive_at)}}
        if point.session_id is not None:
            item |= {
                "session_id": {"S": point.session_id},
                "seq": {"N": str(point.sequence)},
                "resume_gateway_url": {"S": point.url},
                "intents": {"N": str(point.intents)},
            }
    return item


def _read(item: "Item") -> Lease:
    point = None
    if "last_alive" in item:
        point = SessionPoint(
            alive_at=parse_time(item["last_alive"]["S"]),
            session_id=item["session_id"]["S"] if "session_id" in item else None,
            sequence=int(item["seq"]["N"]) if "seq" in item else 0,
            url=item["resume_gateway_url"]["S"] if "resume_gateway_url" in item else "",
            intents=int(item["intents"]["N"]) if "intents" in item else 0,
        )
    return Lease(
        owner=item["lease_owner"]["S"],
        fence=int(item["fence"]["N"]),
        expires_at=EPOCH + int(item["expires_at"]["N"]) * _MILLISECOND,
        point=point,
    )
