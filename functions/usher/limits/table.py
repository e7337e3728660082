"""What all functions share of Discord's limits, in the DynamoDB table under `DL#`, without the SDK.

Rows end by themselves; none is missed when it is gone. Times in rows are epoch milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from usher.limits.breaker import Closure, Why
from usher.limits.buckets import Closed, Known, Window
from usher.limits.ports import Board
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, Value, decode
from usher.platform.signed_http import AwsError

BOARD: Final = "DL#BOARD"
"""Partition of what everybody must heed: `U#<until>#<key>` for empty buckets, and the closure."""
CLOSURE: Final = "V"
ROUTES: Final = "DL#ROUTES"
INVALID: Final = "DL#INVALID"
POT: Final = "DL#POT"
GRACE_SECONDS: Final = 3600
_REFUSED: Final = "ConditionalCheckFailedException"

type Values = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class DynamoLimits:
    """Implements Shared. Every method may raise AwsError."""

    client: Caller
    name: str

    def routes(self) -> Mapping[str, Known]:
        """Read what is known of routes."""
        row = DynamoReads(self.client, self.name).get((ROUTES, "R")) or {}
        found: dict[str, Known] = {}
        for route, told in row.items():
            if isinstance(told, dict):
                limit, window = _number(told, "limit"), _number(told, "window")
                found[route] = Known(str(told.get("bucket")), limit, window / 1000)
        return found

    def learn(self, route: str, known: Known) -> None:
        """Remember what is known of a route."""
        told = {
            "bucket": {"S": known.bucket},
            "limit": {"N": str(known.limit)},
            "window": {"N": str(_ms(known.window))},
        }
        self.client.call(
            "UpdateItem",
            {
                "TableName": self.name,
                "Key": _key(ROUTES, "R"),
                "UpdateExpression": "SET #route = :told",
                "ExpressionAttributeNames": {"#route": route},
                "ExpressionAttributeValues": {":told": {"M": told}},
            },
        )

    def board(self, now: float) -> Board:
        """Read what is in force now: what is over stands before it and is not read."""
        reads = DynamoReads(self.client, self.name)
        closure: Closure | None = None
        closed: list[Closed] = []
        for row in reads.some(BOARD, f"U#{_ms(now):013d}", CLOSURE, 100, consistent=True):
            if row["sk"] == CLOSURE:
                closure = _closure(row)
            else:
                closed.append(Closed(str(row["key"]), _number(row, "until") / 1000))
        return Board(closure, tuple(closed))

    def close(self, closed: Closed) -> None:
        """Tell that a bucket is empty."""
        until = _ms(closed.until)
        item = {
            **_key(BOARD, f"U#{until:013d}#{closed.key}"),
            "key": {"S": closed.key},
            "until": {"N": str(until)},
            "ttl": {"N": _ttl(closed.until)},
        }
        self.client.call("PutItem", {"TableName": self.name, "Item": item})

    def take(self, key: str, now: float) -> Window | None:
        """Take one call of a running window; None where there is none, or nothing left of it."""
        answer = self._update(
            (f"DL#B#{key}", "W"),
            "SET #left = #left - :one",
            "#left > :none AND #ends > :now",
            {":one": 1, ":none": 0, ":now": _ms(now)},
            ("left", "ends"),
        )
        if answer is None:
            return None
        return Window(_number(answer, "left"), _number(answer, "ends") / 1000)

    def begin(self, key: str, window: Window, now: float) -> bool:
        """Begin a window, unless one runs."""
        begun = self._update(
            (f"DL#B#{key}", "W"),
            "SET #left = :left, #ends = :ends, #ttl = :ttl",
            "attribute_not_exists(pk) OR #ends <= :now",
            {**_window(window), ":ttl": int(_ttl(window.ends)), ":now": _ms(now)},
            ("left", "ends", "ttl"),
        )
        return begun is not None

    def window(self, key: str) -> Window | None:
        """Read a window."""
        row = DynamoReads(self.client, self.name).get((f"DL#B#{key}", "W"), consistent=True)
        return None if row is None else Window(_number(row, "left"), _number(row, "ends") / 1000)

    def correct(self, key: str, before: Window, window: Window) -> None:
        """Set a window right, if it still ends as it did before."""
        self._update(
            (f"DL#B#{key}", "W"),
            "SET #left = :left, #ends = :ends",
            "#ends = :before",
            {**_window(window), ":before": _ms(before.ends)},
            ("left", "ends"),
        )

    def token(self, slot: int, most: int) -> bool:
        """Take one of the calls that a slot of time holds. Mostly it is the slot's first."""
        key, names = (POT, "P"), ("slot", "used")
        first = "attribute_not_exists(pk) OR #slot < :slot"
        values = {":slot": slot, ":one": 1}
        if self._update(key, "SET #slot = :slot, #used = :one", first, values, names) is not None:
            return True
        room = "#slot = :slot AND #used < :most"
        values |= {":most": most}
        return self._update(key, "SET #used = #used + :one", room, values, names) is not None

    def trip(self, closure: Closure, now: float) -> bool:
        """Close for everybody, unless somebody has."""
        tripped = self._update(
            (BOARD, CLOSURE),
            "SET #until = :until, #why = :why, #trips = :trips, #probe = :none",
            "attribute_not_exists(pk) OR #until <= :now",
            {
                ":until": _ms(closure.until),
                ":why": closure.why.value,
                ":trips": closure.trips,
                ":none": 0,
                ":now": _ms(now),
            },
            ("until", "why", "trips", "probe"),
        )
        return tripped is not None

    def probe(self, closure: Closure, now: float, until: float) -> bool:
        """Be the one who tries whether it is open again; nobody else may until then."""
        taken = self._update(
            (BOARD, CLOSURE),
            "SET #probe = :probe",
            "#until = :until AND #probe <= :now",
            {":probe": _ms(until), ":until": _ms(closure.until), ":now": _ms(now)},
            ("until", "probe"),
        )
        return taken is not None

    def leave(self, closure: Closure) -> None:
        """Let somebody else try."""
        held = {":none": 0, ":until": _ms(closure.until)}
        names = ("until", "probe")
        self._update((BOARD, CLOSURE), "SET #probe = :none", "#until = :until", held, names)

    def reopen(self, closure: Closure) -> None:
        """Open, if nobody has closed it anew."""
        request = {
            "TableName": self.name,
            "Key": _key(BOARD, CLOSURE),
            "ConditionExpression": "#until = :until",
            "ExpressionAttributeNames": {"#until": "until"},
            "ExpressionAttributeValues": _values({":until": _ms(closure.until)}),
        }
        _unless_refused(self.client, "DeleteItem", request)

    def count_invalid(self, minute: int) -> int:
        """Count a refused call; return how many the minute has."""
        row = self._update(
            (INVALID, f"{minute:010d}"),
            "ADD #count :one SET #ttl = :ttl",
            None,
            {":one": 1, ":ttl": minute * 60 + GRACE_SECONDS},
            ("count", "ttl"),
        )
        return 0 if row is None else _number(row, "count")

    def invalid(self, first: int, last: int) -> int:
        """Sum up refused calls of minutes."""
        reads = DynamoReads(self.client, self.name)
        rows = reads.between(INVALID, f"{first:010d}", f"{last:010d}")
        return sum(_number(row, "count") for row in rows)

    def _update(
        self,
        key: tuple[str, str],
        change: str,
        condition: str | None,
        values: Values,
        names: tuple[str, ...],
    ) -> Item | None:
        """Change a row and return what was changed; None where the condition does not hold."""
        request: dict[str, object] = {
            "TableName": self.name,
            "Key": _key(*key),
            "UpdateExpression": change,
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            "ExpressionAttributeValues": _values(values),
            "ReturnValues": "ALL_NEW",
        }
        if condition is not None:
            request["ConditionExpression"] = condition
        answer = _unless_refused(self.client, "UpdateItem", request)
        if answer is None:
            return None
        found = answer.get("Attributes")
        return {name: decode(one) for name, one in found.items()} if isinstance(found, dict) else {}


def _unless_refused(
    client: Caller, operation: str, request: Mapping[str, object]
) -> dict[str, object] | None:
    try:
        return client.call(operation, request)
    except AwsError as error:
        if error.code != _REFUSED:
            raise
        return None


def _closure(row: Item) -> Closure:
    return Closure(
        Why(str(row["why"])),
        _number(row, "until") / 1000,
        _number(row, "trips"),
        _number(row, "probe") / 1000,
    )


def _key(partition: str, sort: str) -> dict[str, object]:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def _values(values: Values) -> dict[str, object]:
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in values.items()
    }


def _window(window: Window) -> dict[str, int]:
    return {":left": window.left, ":ends": _ms(window.ends)}


def _number(row: Mapping[str, Value], name: str) -> int:
    value = row.get(name, 0)
    return value if isinstance(value, int) else 0


def _ms(seconds: float) -> int:
    return ceil(seconds * 1000)


def _ttl(ends: float) -> str:
    """Write when a row may go: DynamoDB's clock for that is hours slow."""
    return str(int(ends) + GRACE_SECONDS)
