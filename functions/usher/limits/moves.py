"""Marks of messages that were sent anew, in the DynamoDB table: `DL#MOVE#<move>`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from usher.platform.dynamo_reads import Caller
from usher.platform.signed_http import AwsError

KEPT_SECONDS: Final = 15 * 86_400
"""Longer than a queue keeps a message."""
_REFUSED: Final = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class DynamoMoves:
    """Implements Moves. Every method may raise AwsError."""

    client: Caller
    name: str
    clock: Callable[[], float]
    """Epoch seconds."""

    def begin(self, move: str) -> None:
        """Note that a copy is about to be sent."""
        ttl = {"N": str(int(self.clock()) + KEPT_SECONDS)}
        self.client.call("PutItem", {"TableName": self.name, "Item": {**_key(move), "ttl": ttl}})

    def claim(self, move: str, message_id: str, *, only_if_begun: bool) -> bool:
        """Be the one message of a move that counts; False where the other one is."""
        free = "attribute_not_exists(claimed_by) OR claimed_by = :me"
        request = {
            "TableName": self.name,
            "Key": _key(move),
            "UpdateExpression": "SET claimed_by = :me",
            "ConditionExpression": f"attribute_exists(pk) AND ({free})" if only_if_begun else free,
            "ExpressionAttributeValues": {":me": {"S": message_id}},
        }
        try:
            self.client.call("UpdateItem", request)
        except AwsError as error:
            if error.code != _REFUSED:
                raise
            return only_if_begun and not self._begun(move)
        return True

    def _begun(self, move: str) -> bool:
        request = {"TableName": self.name, "Key": _key(move), "ConsistentRead": True}
        return "Item" in self.client.call("GetItem", request)


def _key(move: str) -> dict[str, object]:
    return {"pk": {"S": f"DL#MOVE#{move}"}, "sk": {"S": "M"}}
