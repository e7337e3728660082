"""The board and the archive in the DynamoDB table, without the SDK: `ALERT#BOARD`, `ALERT#PAST`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.alerting.codec import read_board, write_board
from usher.alerting.model import Board
from usher.alerting.ports import Held, HeldError, Past, StaleError
from usher.hooks.calls import done
from usher.platform.dynamo_reads import Caller, DynamoReads, Item
from usher.times import format_time, parse_time

BOARD: Final = ("ALERT#BOARD", "NOW")
PAST: Final = "ALERT#PAST"
TURN: Final = timedelta(seconds=35)
"""Longer than the function runs (template.yaml): who dies in its turn keeps others off so long."""
KEPT: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class DynamoBoards:
    """Implements Boards: one row, changed on condition of its version."""

    client: Caller
    name: str

    def hold(self, now: datetime) -> Held:
        """Take the board; raises HeldError."""
        row = DynamoReads(self.client, self.name).get(BOARD, consistent=True)
        board, version = Board(), 0
        if row is not None:
            until = str(row.get("held_until") or "")
            if until and parse_time(until) > now:
                raise HeldError
            board, version = read_board(str(row["board"])), int(str(row["version"]))
        if not self._put(board, version, now + TURN):
            raise HeldError
        return Held(board, version + 1, now + TURN)

    def save(self, held: Held, board: Board) -> Held:
        """Write the board; raises StaleError."""
        if not self._put(board, held.version, held.until):
            raise StaleError
        return Held(board, held.version + 1, held.until)

    def release(self, held: Held) -> None:
        """End the turn; raises StaleError."""
        if not self._put(held.board, held.version, None):
            raise StaleError

    def _put(self, board: Board, version: int, until: datetime | None) -> bool:
        item = {
            "pk": {"S": BOARD[0]},
            "sk": {"S": BOARD[1]},
            "board": {"S": write_board(board)},
            "version": {"N": str(version + 1)},
        }
        if until is not None:
            item["held_until"] = {"S": format_time(until)}
        request: dict[str, object] = {"TableName": self.name, "Item": item}
        if version:
            request["ConditionExpression"] = "#version = :version"
            request["ExpressionAttributeNames"] = {"#version": "version"}
            request["ExpressionAttributeValues"] = {":version": {"N": str(version)}}
        else:
            request["ConditionExpression"] = "attribute_not_exists(pk)"
        return done(self.client, "PutItem", request)


@dataclass(frozen=True, slots=True)
class DynamoArchive:
    """Implements Archive: a row an incident."""

    client: Caller
    name: str

    def keep(self, incidents: Sequence[Past]) -> None:
        """Write incidents."""
        for one in incidents:
            item = {
                "pk": {"S": PAST},
                "sk": {"S": f"{format_time(one.began)}#{one.alarm}"},
                "times": {"N": str(one.times)},
                "ttl": {"N": str(int((one.began + KEPT).timestamp()))},
            }
            if one.ended is not None:
                item["ended"] = {"S": format_time(one.ended)}
            self.client.call("PutItem", {"TableName": self.name, "Item": item})

    def between(self, first: datetime, last: datetime) -> Sequence[Past]:
        """Read incidents by when they began."""
        reads = DynamoReads(self.client, self.name)
        rows = reads.between(PAST, format_time(first), format_time(last))
        return [_past(row) for row in rows]


def _past(row: Item) -> Past:
    began, _, alarm = str(row["sk"]).partition("#")
    ended = row.get("ended")
    return Past(
        alarm, parse_time(began), parse_time(str(ended)) if ended else None, int(str(row["times"]))
    )
