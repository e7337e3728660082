"""The one DynamoDB table through pynamodb: its row base, and transactions that say what failed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import SystemRandom
from time import sleep
from typing import Any, Final

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from usher.frozen import frozen

ACTIONS_LIMIT: Final = 100
"""Actions of one TransactWriteItems (DynamoDB's limit)."""

ATTEMPTS: Final = 6
PAUSE_SECONDS: Final = 0.05

_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_REFUSED: Final = frozenset({"ItemCollectionSizeLimitExceeded", "ValidationError"})
_JITTER: Final = SystemRandom()


class Row(Model):
    """Any row of the table; every kind of row adds its attributes."""

    class Meta:
        """Bound to a table by `bind`."""

        table_name = ""
        region: str | None = None
        connect_timeout_seconds = 2
        read_timeout_seconds = 5

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class ConditionsFailedError(Exception):
    """A transaction was cancelled because of conditions; `tags` name them, nothing was written."""

    def __init__(self, tags: tuple[str, ...]) -> None:
        super().__init__(f"conditions failed: {', '.join(tags)}")
        self.tags = tags


class TableBusyError(Exception):
    """DynamoDB stayed too busy or in conflict; the same transaction may succeed later."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(f"table busy: {', '.join(codes)}")
        self.codes = codes


class TableRefusedError(Exception):
    """DynamoDB will never take this transaction, for example because an item is too large."""

    def __init__(self, code: str) -> None:
        super().__init__(f"transaction refused: {code}")
        self.code = code


def bind(table_name: str, region: str) -> Connection:
    """Let all rows live in a table, and return the connection for transactions.

    All kinds of rows share one client: pynamodb would build one for each, some 50 ms apiece. It is
    built here, so that a Lambda pays for it at init; no request is made.
    """
    Row.Meta.table_name = table_name
    Row.Meta.region = region
    Row._connection = None  # pynamodb itself renews it only for another table
    shared = Row._get_connection()
    for kind in Row.__subclasses__():
        kind._connection = shared
    connection: Connection = shared.connection
    connection.client.meta  # noqa: B018 - the client is built when it is first asked for
    return connection


@dataclass(slots=True)
class Actions:
    """The actions of one transaction. A tag names an action whose condition may fail."""

    checks: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    puts: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    deletes: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    updates: list[tuple[dict[str, Any], str]] = field(default_factory=list)

    def check(self, kind: type[Row], key: tuple[str, str], condition: Condition, tag: str) -> None:
        """Demand something of a row that the transaction does not write."""
        built = kind.get_operation_kwargs_from_class(key[0], key[1], condition=condition)
        self.checks.append((built, tag))

    def put(self, row: Row, condition: Condition | None = None, tag: str = "") -> None:
        """Write a whole row."""
        self.puts.append((row.get_save_kwargs_from_instance(condition=condition), tag))

    def delete(self, row: Row) -> None:
        """Remove a row."""
        self.deletes.append((row.get_delete_kwargs_from_instance(), ""))

    def update(
        self,
        row: Row,
        actions: Sequence[Action],
        condition: Condition | None = None,
        tag: str = "",
    ) -> None:
        """Change attributes of a row, which is created when it is not there."""
        built = row.get_update_kwargs_from_instance(actions=[*actions], condition=condition)
        self.updates.append((built, tag))

    def __len__(self) -> int:
        return len(self.in_order)

    @property
    def in_order(self) -> list[tuple[dict[str, Any], str]]:
        """All actions as pynamodb sends them, which is the order of the cancellation reasons."""
        return [*self.checks, *self.deletes, *self.puts, *self.updates]


@frozen
class Transactor:
    """Runs transactions, waiting out conflicts and throttling."""

    connection: Connection
    pause: Callable[[float], None] = sleep

    def run(self, actions: Actions) -> float:
        """Write everything or nothing; return the write units that DynamoDB counted.

        Raises ConditionsFailedError, TableBusyError after some tries, TableRefusedError, and
        pynamodb's TransactWriteError for the rest. botocore repeats a call whose answer was lost
        under one request token, so that it is applied once.
        """
        codes: tuple[str, ...] = ()
        for attempt in range(ATTEMPTS):
            try:
                return _units(
                    self.connection.transact_write_items(
                        condition_check_items=[built for built, _ in actions.checks],
                        delete_items=[built for built, _ in actions.deletes],
                        put_items=[built for built, _ in actions.puts],
                        update_items=[built for built, _ in actions.updates],
                        return_consumed_capacity="TOTAL",
                    )
                )
            except TransactWriteError as error:
                codes = _busy(error, actions)
            self.pause(_JITTER.uniform(0.3, 1) * PAUSE_SECONDS * 2**attempt)
        raise TableBusyError(codes)


def _busy(error: TransactWriteError, actions: Actions) -> tuple[str, ...]:
    """Name why a transaction may be tried again; raises what it cannot be tried again for."""
    reasons = error.cancellation_reasons
    failed = tuple(
        tag
        for (_, tag), reason in zip(actions.in_order, reasons, strict=False)
        if reason is not None and reason.code == "ConditionalCheckFailed"
    )
    if failed:
        raise ConditionsFailedError(failed) from error
    codes = {reason.code for reason in reasons if reason is not None}
    code = error.cause_response_code
    if not codes and code:
        codes = {code}
    if refused := codes & _REFUSED or (codes if code == "ValidationException" else None):
        raise TableRefusedError(sorted(refused)[0]) from error
    if not codes & _BUSY:
        raise error
    return tuple(sorted(codes))


def _units(answer: Any) -> float:  # noqa: ANN401 - pynamodb's answer is an untyped dict
    return float(sum(one["CapacityUnits"] for one in answer.get("ConsumedCapacity") or ()))
