"""Leases as rows of the table, by conditional writes.

Sessions of another number of shards cannot be resumed, so every number has a partition of its own.
"""

from datetime import datetime, timedelta
from typing import Final

from gateway_listener.lease import Lease
from gateway_listener.progress import SessionPoint
from gateway_listener.rows import Cells, Row, Rows
from usher.contracts.wire import EPOCH
from usher.ids import UserId
from usher.times import format_time, parse_time

LEASE: Final = "LEASE#"
MILLISECOND: Final = timedelta(milliseconds=1)


def bot_key(bot_id: UserId) -> str:
    """Tell the partition key of what all listeners of a bot agree on."""
    return f"SHARD#{bot_id}"


def shards_key(bot_id: UserId, count: int) -> str:
    """Tell the partition key of the leases of `count` shards."""
    return f"{bot_key(bot_id)}#{count}"


class DynamoLeases:
    """The leases of one number of shards. Methods raise TableOutError."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def leases(self) -> dict[int, Lease]:
        """Read all leases as they are now, by shard."""
        found = self._rows.all()
        return {int(key.removeprefix(LEASE)): _read(row) for key, row in found.items()}

    def replace(self, shard: int, held: Lease | None, wanted: Lease) -> bool:
        """Write, if the row still has `held`'s owner, fence and end."""
        expected = None if held is None else {**_mark(held), "expires_at": _end(held)}
        return self._rows.put(f"{LEASE}{shard}", _write(wanted), expected)

    def renew(self, shard: int, wanted: Lease) -> bool:
        """Write, if the row still has its owner and fence."""
        return self._rows.put(f"{LEASE}{shard}", _write(wanted), _mark(wanted))


def milliseconds(moment: datetime) -> int:
    """Write a moment as milliseconds of the epoch."""
    return (moment - EPOCH) // MILLISECOND


def _mark(lease: Lease) -> dict[str, str | int]:
    return {"lease_owner": lease.owner, "fence": lease.fence}


def _end(lease: Lease) -> int:
    return milliseconds(lease.expires_at)


def _write(lease: Lease) -> Cells:
    cells = {**_mark(lease), "expires_at": _end(lease)}
    point = lease.point
    if point is not None:
        cells |= {"last_alive": format_time(point.alive_at)}
        if point.session_id is not None:
            cells |= {
                "session_id": point.session_id,
                "seq": point.sequence,
                "resume_gateway_url": point.url,
                "intents": point.intents,
            }
    return cells


def _read(row: Row) -> Lease:
    point = None
    if "last_alive" in row:
        session_id = row.get("session_id")
        point = SessionPoint(
            alive_at=parse_time(str(row["last_alive"])),
            session_id=None if session_id is None else str(session_id),
            sequence=_number(row, "seq"),
            url=str(row.get("resume_gateway_url", "")),
            intents=_number(row, "intents"),
        )
    return Lease(
        owner=str(row["lease_owner"]),
        fence=_number(row, "fence"),
        expires_at=EPOCH + _number(row, "expires_at") * MILLISECOND,
        point=point,
    )


def _number(row: Row, name: str) -> int:
    value = row.get(name, 0)
    return value if isinstance(value, int) else 0
