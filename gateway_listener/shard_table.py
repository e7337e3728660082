"""What all listeners of a bot agree on, as rows of the table: the shards, the turns to identify."""

from typing import Final

from gateway_listener.identify import Turn
from gateway_listener.lease_table import MILLISECOND, milliseconds
from gateway_listener.plan import Plan
from gateway_listener.rows import Cells, Row, Rows
from usher.contracts.wire import EPOCH
from usher.times import format_time, parse_time

PLAN: Final = "PLAN"
TURN: Final = "IDENTIFY#"


class DynamoPlans:
    """The row that says how many shards there are. Methods raise TableOutError."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def plan(self) -> Plan | None:
        """Read the row as it is now."""
        row = self._rows.get(PLAN)
        if row is None:
            return None
        since = row.get("since")
        return Plan(_number(row, "shards"), None if since is None else parse_time(str(since)))

    def replace_plan(self, held: Plan | None, wanted: Plan) -> bool:
        """Write, if the row still has `held`'s number."""
        cells: dict[str, str | int] = {"shards": wanted.count}
        if wanted.since is not None:
            cells["since"] = format_time(wanted.since)
        return self._rows.put(PLAN, cells, None if held is None else {"shards": held.count})


class DynamoTurns:
    """A row a key. Methods raise TableOutError."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def turn(self, key: int) -> Turn | None:
        """Read a turn as it is now."""
        row = self._rows.get(f"{TURN}{key}")
        if row is None:
            return None
        return Turn(str(row["turn_owner"]), EPOCH + _number(row, "until") * MILLISECOND)

    def replace_turn(self, key: int, held: Turn | None, wanted: Turn) -> bool:
        """Write, if the turn is still `held`."""
        return self._rows.put(
            f"{TURN}{key}", _cells(wanted), None if held is None else _cells(held)
        )


def _cells(turn: Turn) -> Cells:
    return {"turn_owner": turn.owner, "until": milliseconds(turn.until)}


def _number(row: Row, name: str) -> int:
    value = row.get(name, 0)
    return value if isinstance(value, int) else 0
