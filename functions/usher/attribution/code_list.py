"""Every code of a guild as the table holds it."""

from dataclasses import dataclass

from usher.attribution.sync import ACTIVE, Held
from usher.ids import GuildId, InviteCode, UserId
from usher.platform.dynamo_reads import DynamoReads, Item


@dataclass(frozen=True, slots=True)
class DynamoCodeList:
    """Implements the synchronisation's Codes. May raise AwsError.

    Rows of a large look are believed as they appear, a moment before it is complete.
    """

    table: DynamoReads

    def held(self, guild_id: GuildId) -> dict[InviteCode, Held]:
        """Read every code, ended ones too."""
        rows = self.table.under(f"G#{guild_id}", "I#")
        return {InviteCode(str(row["sk"]).removeprefix("I#")): _held(row) for row in rows}


def _held(row: Item) -> Held:
    uses, inviter = row.get("uses"), row.get("inviter_id")
    return Held(
        uses=uses if isinstance(uses, int) else None,
        inviter_id=UserId(inviter) if isinstance(inviter, str) else None,
        active=row.get("status") == ACTIVE,
    )
