"""Marks of messages that were sent anew, in the DynamoDB table: `DL#MOVE#<move>`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from usher.limits.rows import Rows
from usher.platform.dynamo_reads import Key

KEPT_SECONDS: Final = 15 * 86_400
"""Longer than a queue keeps a message."""


@dataclass(frozen=True, slots=True)
class DynamoMoves:
    """Implements Moves. Every method may raise AwsError."""

    rows: Rows
    clock: Callable[[], float]
    """Epoch seconds."""

    def begin(self, move: str) -> None:
        """Note that a copy is about to be sent."""
        ttl = {":ttl": int(self.clock()) + KEPT_SECONDS}
        self.rows.update(_key(move), "SET #ttl = :ttl", None, ttl, ("ttl",))

    def claim(self, move: str, who: str, *, only_if_begun: bool) -> bool:
        """Be the one message of a move that counts; False where the other one is."""
        free = "attribute_not_exists(#owner) OR #owner = :me"
        condition = f"attribute_exists(pk) AND ({free})" if only_if_begun else free
        me, names = {":me": who}, ("owner",)
        if self.rows.update(_key(move), "SET #owner = :me", condition, me, names) is not None:
            return True
        return only_if_begun and self.rows.reads.get(_key(move), consistent=True) is None


def _key(move: str) -> Key:
    return f"DL#MOVE#{move}", "M"
