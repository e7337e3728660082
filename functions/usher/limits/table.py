"""What all functions share of Discord's limits, in the DynamoDB table under `DL#`, without the SDK.

Rows end by themselves; none is missed when it is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from usher.limits.breaker import Closure, Why
from usher.limits.buckets import ON_ITS_WAY, Closed, Known, Window
from usher.limits.ports import Board
from usher.limits.rows import Rows, key_of, moment, number
from usher.limits.rows import milliseconds as ms
from usher.platform.dynamo_reads import Item

BOARD: Final = "DL#BOARD"
"""Partition of what everybody must heed: `U#<until>#<key>` for empty buckets, and the closure."""
CLOSURE: Final = "V"
ROUTES: Final = "DL#ROUTES"
INVALID: Final = "DL#INVALID"
POT: Final = "DL#POT"
GRACE_SECONDS: Final = 3600
MOST: Final = 200
"""Empty buckets that are read: those that stay so the longest."""


@dataclass(frozen=True, slots=True)
class DynamoLimits:
    """Implements Shared. Every method may raise AwsError."""

    rows: Rows

    def routes(self) -> Mapping[str, Known]:
        """Read what is known of routes."""
        row = self.rows.reads.get((ROUTES, "R")) or {}
        found: dict[str, Known] = {}
        for route, told in row.items():
            if isinstance(told, dict):
                limit, window = number(told, "limit"), number(told, "window")
                found[route] = Known(str(told.get("bucket")), limit, window / 1000)
        return found

    def learn(self, route: str, known: Known) -> None:
        """Remember what is known of a route."""
        told = {
            "bucket": {"S": known.bucket},
            "limit": {"N": str(known.limit)},
            "window": {"N": str(ms(known.window))},
        }
        self.rows.client.call(
            "UpdateItem",
            {
                "TableName": self.rows.name,
                "Key": key_of((ROUTES, "R")),
                "UpdateExpression": "SET #route = :told",
                "ExpressionAttributeNames": {"#route": route},
                "ExpressionAttributeValues": {":told": {"M": told}},
            },
        )

    def board(self, now: float) -> Board:
        """Read what is in force now: what is over stands before it and is not read."""
        reads = self.rows.reads
        closure: Closure | None = None
        closed: list[Closed] = []
        # From the closure back: it is never cut off, however many buckets are empty.
        since = f"U#{ms(now):013d}"
        for row in reads.some(BOARD, since, CLOSURE, MOST, newest=True, consistent=True):
            if row["sk"] == CLOSURE:
                closure = _closure(row)
            else:
                closed.append(Closed(str(row["key"]), moment(row, "until")))
        return Board(closure, tuple(closed))

    def close(self, closed: Closed) -> None:
        """Tell that a bucket is empty."""
        until = ms(closed.until)
        item = {
            **key_of((BOARD, f"U#{until:013d}#{closed.key}")),
            "key": {"S": closed.key},
            "until": {"N": str(until)},
            "ttl": {"N": str(_ttl(closed.until))},
        }
        self.rows.client.call("PutItem", {"TableName": self.rows.name, "Item": item})

    def take(self, key: str, now: float) -> Window | None:
        """Take one call of a running window.

        None where there is none, nothing is left of it, or it ends before a call could arrive.
        """
        answer = self.rows.update(
            (f"DL#B#{key}", "W"),
            "SET #left = #left - :one",
            "#left > :none AND #ends > :late",
            {":one": 1, ":none": 0, ":late": ms(now + ON_ITS_WAY)},
            ("left", "ends"),
        )
        if answer is None:
            return None
        return _window(answer)

    def begin(self, key: str, window: Window, now: float) -> bool:
        """Begin a window, unless one runs."""
        begun = self.rows.update(
            (f"DL#B#{key}", "W"),
            "SET #left = :left, #ends = :ends, #born = :now, #ttl = :ttl",
            "attribute_not_exists(pk) OR #ends <= :now",
            {
                ":left": window.left,
                ":ends": ms(window.ends),
                ":ttl": _ttl(window.ends),
                ":now": ms(now),
            },
            ("left", "ends", "born", "ttl"),
        )
        return begun is not None

    def window(self, key: str) -> Window | None:
        """Read a window."""
        row = self.rows.reads.get((f"DL#B#{key}", "W"), consistent=True)
        return None if row is None else _window(row)

    def correct(self, key: str, window: Window, *, more: bool) -> None:
        """Set a window right, if it is still the same; only with `more` to more than it had."""
        same = "#born = :born"
        self.rows.update(
            (f"DL#B#{key}", "W"),
            "SET #left = :left, #ends = :ends",
            same if more else f"{same} AND #left >= :left",
            {":left": window.left, ":ends": ms(window.ends), ":born": ms(window.born)},
            ("left", "ends", "born"),
        )

    def token(self, slot: int, most: int) -> bool:
        """Take one of the calls that a slot of time holds. Mostly it is the slot's first."""
        key, names = (POT, "P"), ("slot", "used")
        first = "attribute_not_exists(pk) OR #slot < :slot"
        values = {":slot": slot, ":one": 1}
        if (
            self.rows.update(key, "SET #slot = :slot, #used = :one", first, values, names)
            is not None
        ):
            return True
        room = "#slot = :slot AND #used < :most"
        values |= {":most": most}
        return self.rows.update(key, "SET #used = #used + :one", room, values, names) is not None

    def trip(self, closure: Closure, now: float) -> bool:
        """Close for everybody, unless somebody has."""
        tripped = self.rows.update(
            (BOARD, CLOSURE),
            "SET #until = :until, #why = :why, #trips = :trips, #probe = :none",
            "attribute_not_exists(pk) OR #until <= :now",
            {
                ":until": ms(closure.until),
                ":why": closure.why.value,
                ":trips": closure.trips,
                ":none": 0,
                ":now": ms(now),
            },
            ("until", "why", "trips", "probe"),
        )
        return tripped is not None

    def probe(self, closure: Closure, now: float, until: float) -> bool:
        """Be the one who tries whether it is open again; nobody else may until then."""
        taken = self.rows.update(
            (BOARD, CLOSURE),
            "SET #probe = :probe",
            "#until = :until AND #probe <= :now",
            {":probe": ms(until), ":until": ms(closure.until), ":now": ms(now)},
            ("until", "probe"),
        )
        return taken is not None

    def leave(self, closure: Closure) -> None:
        """Let somebody else try."""
        held = {":none": 0, ":until": ms(closure.until)}
        names = ("until", "probe")
        self.rows.update((BOARD, CLOSURE), "SET #probe = :none", "#until = :until", held, names)

    def reopen(self, closure: Closure) -> None:
        """Open, if nobody has closed it anew."""
        held = {":until": ms(closure.until)}
        self.rows.delete((BOARD, CLOSURE), "#until = :until", held, ("until",))

    def count_invalid(self, minute: int) -> int:
        """Count a refused call; return how many the minute has."""
        row = self.rows.update(
            (INVALID, f"{minute:010d}"),
            "ADD #count :one SET #ttl = :ttl",
            None,
            {":one": 1, ":ttl": minute * 60 + GRACE_SECONDS},
            ("count", "ttl"),
        )
        return 0 if row is None else number(row, "count")

    def invalid(self, first: int, last: int) -> int:
        """Sum up refused calls of minutes."""
        reads = self.rows.reads
        rows = reads.between(INVALID, f"{first:010d}", f"{last:010d}")
        return sum(number(row, "count") for row in rows)


def _closure(row: Item) -> Closure:
    return Closure(
        Why(str(row["why"])),
        moment(row, "until"),
        number(row, "trips"),
        moment(row, "probe"),
    )


def _window(row: Item) -> Window:
    ends, born = moment(row, "ends"), moment(row, "born")
    return Window(number(row, "left"), ends, born=born)


def _ttl(ends: float) -> int:
    """Say when a row may go: DynamoDB's clock for that is hours slow."""
    return int(ends) + GRACE_SECONDS
