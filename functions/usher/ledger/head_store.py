"""The heads of the chains in the table: a row a guild (pynamodb)."""

from datetime import date
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from usher.ids import GuildId
from usher.ledger.chain import ChainError
from usher.ledger.ports import KeptHead
from usher.platform.dynamo import Row

CHAIN: Final = "CHAIN"


class ChainRow(Row):
    """`CHAIN`: the newest link of a guild's chain."""

    head = UnicodeAttribute()
    day = UnicodeAttribute()
    number = NumberAttribute()


class DynamoHeads:
    """Implements Heads. Methods may raise pynamodb's errors."""

    def get(self, guild_id: GuildId) -> KeptHead | None:
        """Read a guild's head; None before its first link."""
        try:
            row = ChainRow.get(f"G#{guild_id}", CHAIN, consistent_read=True)
        except ChainRow.DoesNotExist:
            return None
        return KeptHead(date.fromisoformat(row.day), row.head, int(row.number))

    def move(self, guild_id: GuildId, before: str | None, head: KeptHead) -> None:
        """Write a head in place of the one with hash `before`; raises ChainError if it moved."""
        unmoved = ChainRow.pk.does_not_exist() if before is None else ChainRow.head == before
        try:
            ChainRow(f"G#{guild_id}", CHAIN).update(
                actions=[
                    ChainRow.head.set(head.sha256),
                    ChainRow.day.set(head.day.isoformat()),
                    ChainRow.number.set(head.number),
                ],
                condition=unmoved | (ChainRow.head == head.sha256),
            )
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise ChainError(f"G#{guild_id} {CHAIN}", "moved meanwhile") from error
