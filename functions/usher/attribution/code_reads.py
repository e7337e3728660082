"""Invite records read from the DynamoDB table, without the SDK (decision 6)."""

from dataclasses import dataclass, replace
from datetime import datetime

from usher.attribution.code_records import CodeRecord
from usher.attribution.model import CodeStatus
from usher.attribution.noticing import is_spent
from usher.attribution.state_codec import decode_code
from usher.ids import GuildId, InviteCode
from usher.invites.notes import note_setting, read_note
from usher.platform.dynamo_reads import DynamoReads, Item, Value


@dataclass(frozen=True, slots=True)
class DynamoCodeRecords:
    """Implements CodeRecords. Eventually consistent: a join of this second may be missing."""

    table: DynamoReads

    def code(self, guild_id: GuildId, code: InviteCode, now: datetime) -> CodeRecord | None:
        """Read a code as of now; None for one that was never seen. Raises AwsError, StateError."""
        pk = f"G#{guild_id}"
        note = f"S#{note_setting(code)}"
        found = self.table.get_many([(pk, f"I#{code}"), (pk, f"N#{code}"), (pk, note)])
        row = found.get((pk, f"I#{code}"))
        if row is None:
            return None
        record = _record(code, str(row["cur"]))
        if record.status is CodeStatus.ACTIVE and record.expires_at and record.expires_at <= now:
            record = replace(record, status=CodeStatus.EXPIRED)  # a moment before the sweep
        said = read_note(found.get((pk, note), {}).get("value"))
        return replace(_counted(record, found.get((pk, f"N#{code}"), {})), note=said)


def _record(code: InviteCode, text: str) -> CodeRecord:
    state = decode_code(code, text)
    return CodeRecord(
        code=code,
        inviter_id=state.inviter_id,
        channel_id=state.channel_id,
        uses=state.uses,
        max_uses=state.max_uses,
        created_at=state.created_at,
        expires_at=state.expires_at,
        temporary=state.temporary,
        status=CodeStatus.EXHAUSTED
        if state.status is CodeStatus.GONE and is_spent(state)
        else state.status,
        last_used_at=state.last_used_at,
    )


def _counted(record: CodeRecord, item: Item) -> CodeRecord:
    return replace(
        record,
        joins=_number(item.get("joins")),
        present=_number(item.get("present")),
        by_hour=tuple(_number(item.get(f"h{hour:02}")) for hour in range(24)),
    )


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
