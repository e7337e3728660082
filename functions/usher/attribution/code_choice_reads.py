"""Codes to suggest, read from the DynamoDB table."""

from collections.abc import Mapping
from typing import Final

from usher.attribution.code_choices import CodeChoice
from usher.attribution.reads import ACTIVE
from usher.frozen import frozen
from usher.ids import VANITY, GuildId, InviteCode
from usher.invites.notes import GROUP, read_note
from usher.platform.dynamo_reads import DynamoReads, Item, Value

_SHOWN: Final = ("uses", "status", "inviter_id", "v")


@frozen
class DynamoCodeChoices:
    """Implements CodeChoices. Eventually consistent. May raise AwsError."""

    table: DynamoReads

    def choices(self, guild_id: GuildId, typed: str) -> tuple[CodeChoice, ...]:
        """Read codes with one request, some 2,000, and their labels with another.

        Of a guild that has had more, those that begin as typed are read with a second one.
        """
        rows, all_of_them = self.table.first(f"G#{guild_id}", "I#", _SHOWN)
        if typed and not all_of_them:
            rows, _ = self.table.first(f"G#{guild_id}", f"I#{typed}", _SHOWN)
        notes, _ = self.table.first(f"G#{guild_id}", f"S#{GROUP}", ["value"])
        labels = {
            str(row["sk"]).removeprefix(f"S#{GROUP}"): read_note(row.get("value")).label
            for row in notes
        }
        return tuple(_choice(row, labels) for row in rows)


def _choice(row: Item, labels: Mapping[str, str | None]) -> CodeChoice:
    code = str(row["sk"]).removeprefix("I#")
    return CodeChoice(
        code=InviteCode(code),
        uses=_number(row.get("uses")),
        active=row.get("status") == ACTIVE,
        changed=_number(row.get("v")) or 0,
        vanity=row.get("inviter_id") == VANITY,
        label=labels.get(code),
    )


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None
