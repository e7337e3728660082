"""A batch of observations: in order for each guild, one guild's failure not touching another's.

A message that can never succeed is parked, so that its followers are neither held up nor dragged
into the dead-letter queue. A message that failed for a passing reason is returned to the queue with
all later ones of its guild. Those that were not begun for want of time are given back at once: a
burst must not wait for the visibility timeout.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Protocol, TypedDict

from usher.attribution.outcomes import Confidence
from usher.attribution.ports import PoisonError
from usher.attribution.report import Report
from usher.contracts.errors import ContractError
from usher.contracts.observation import Observation
from usher.ids import GuildId
from usher.ledger.lines import Line
from usher.ledger.word_codec import word_fields
from usher.platform.cache import Uses, measure_uses
from usher.platform.logging import Logger

RESERVE_MILLISECONDS: Final = 4000
"""With less time left no record is begun: it could be cut off in the middle."""

UNKNOWN_ERROR_RECEIVES: Final = 5
"""A message that raised an unknown error this often is poison; its queue would give up at 10."""


class Attributes(TypedDict):
    """What SQS says of a message."""

    MessageGroupId: str
    ApproximateReceiveCount: str


class Record(TypedDict):
    """One message as Lambda gives it."""

    messageId: str
    receiptHandle: str
    body: str
    attributes: Attributes


class Failure(TypedDict):
    """One message to be tried again."""

    itemIdentifier: str


class Answer(TypedDict):
    """What Lambda is told (ReportBatchItemFailures)."""

    batchItemFailures: list[Failure]


class Service(Protocol):
    """What an observation is given to."""

    def handle(self, observation: Observation) -> Report:
        """Process an observation."""
        ...


class Parking(Protocol):
    """Where poison is put."""

    def park(self, guild_id: GuildId | None, message_id: str, body: str) -> bool:
        """Keep a body, and mark the guild's gap; say whether a gap was marked."""
        ...


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...


def keep_hidden(_receipt_handles: Sequence[str]) -> None:
    """Leave messages to the visibility timeout."""


@dataclass(slots=True)
class Totals:
    """What a batch amounts to."""

    joins: Counter[Confidence] = field(default_factory=Counter)
    leaves: int = 0
    settled: int = 0
    uncertain: int = 0
    imported: int = 0
    duplicates: int = 0
    parked: int = 0


@dataclass(frozen=True, slots=True)
class EventDoor:
    """Processes batches; nothing that a record does raises out of it."""

    service: Service
    parking: Parking
    decode: Callable[[str], Observation]
    passing: tuple[type[Exception], ...]
    """Errors that say nothing about the message: AWS, the network, other workers."""
    log: Logger
    meter: Meter
    give_back: Callable[[Sequence[str]], None] = keep_hidden
    """Makes messages visible in the queue again."""
    settings_read: Callable[[], Uses] = Uses
    """Tells how often settings were remembered since it was asked last."""

    def handle(self, records: Iterable[Record], time_left: Callable[[], int]) -> Answer:
        """Process records in order; `time_left` is in milliseconds."""
        failures: list[Failure] = []
        held: set[str] = set()
        late: dict[str, list[str]] = {}
        totals = Totals()
        for record in records:
            group = record["attributes"]["MessageGroupId"]
            if group not in held and time_left() < RESERVE_MILLISECONDS:
                self.log.warning("no time left", extra=_who(record))
                held.add(group)
                late[group] = []
            if group in held or not self._settle(record, totals):
                held.add(group)
                failures.append({"itemIdentifier": record["messageId"]})
                if group in late:
                    late[group].append(record["receiptHandle"])
        self._measure(totals)
        self._give_back([handle for handles in late.values() for handle in handles])
        return {"batchItemFailures": failures}

    def _give_back(self, receipt_handles: Sequence[str]) -> None:
        if receipt_handles:
            try:
                self.give_back(receipt_handles)
            except Exception:
                # They come back by themselves, later.
                self.log.exception("messages not given back")

    def _settle(self, record: Record, totals: Totals) -> bool:
        """Process one record; say whether the queue is done with it."""
        started = perf_counter()
        try:
            observation = self._read(record)
            report = self.service.handle(observation)
        except (ContractError, PoisonError) as error:
            return self._park(record, type(error).__name__, error.reason, totals)
        except Exception as error:
            receives = int(record["attributes"]["ApproximateReceiveCount"])
            seen = {"error": type(error).__name__, "receives": receives}
            self.log.exception("record failed", extra={**_who(record), **seen})
            if isinstance(error, self.passing) or receives < UNKNOWN_ERROR_RECEIVES:
                return False
            return self._park(record, type(error).__name__, "failed repeatedly", totals)
        totals.joins.update(report.joins)
        totals.leaves += report.leaves
        totals.settled += report.settled
        totals.uncertain += report.uncertain
        totals.imported += report.imported
        totals.duplicates += report.duplicates
        duration_ms = round((perf_counter() - started) * 1000, 1)
        done = {"observation_id": observation.id, "duration_ms": duration_ms, **_told(report)}
        self.log.info("observation applied", extra={**_who(record), **done})
        for line in report.said:
            self.log.debug("said of a join", extra={**_who(record), **_said(line)})
        return True

    def _read(self, record: Record) -> Observation:
        observation = self.decode(record["body"])
        if observation.guild_id != record["attributes"]["MessageGroupId"]:
            # Order holds within a message group only, and the guild's state rests on order.
            raise ContractError("message group is not the guild")
        return observation

    def _park(self, record: Record, error: str, reason: str, totals: Totals) -> bool:
        group = record["attributes"]["MessageGroupId"]
        guild_id = GuildId(group) if group.isascii() and group.isdigit() else None
        try:
            gap = self.parking.park(guild_id, record["messageId"], record["body"])
        except Exception:
            self.log.exception("parking failed", extra=_who(record))
            return False
        totals.parked += 1
        why = {"error": error, "reason": reason, "gap_marked": gap}
        self.log.error("message parked", extra={**_who(record), **why})
        return True

    def _measure(self, totals: Totals) -> None:
        self.meter.count("JoinsRecorded", totals.joins.total())
        self.meter.count("LeavesRecorded", totals.leaves)
        for confidence, number in sorted(totals.joins.items()):
            self.meter.count("Attributed", number, {"confidence": confidence.value})
        self.meter.count("Joins", totals.settled)
        self.meter.count("UncertainJoins", totals.uncertain)
        self.meter.count("MembersImported", totals.imported)
        self.meter.count("Duplicates", totals.duplicates)
        self.meter.count("Parked", totals.parked)
        measure_uses(self.meter, self.settings_read())


def _who(record: Record) -> dict[str, object]:
    group = record["attributes"]["MessageGroupId"]
    return {"message_id": record["messageId"], "guild_id": group}


def _said(line: Line) -> dict[str, object]:
    word = word_fields(line.word) if line.word is not None else {}
    return {"line": line.type.value, "user_id": line.user_id, "event_id": line.event_id, **word}


def _told(report: Report) -> dict[str, object]:
    return {
        "repeated": report.repeated,
        "joins": sum(report.joins.values()),
        "settled": report.settled,
        "uncertain": report.uncertain,
        "imported": report.imported,
        "lines": report.lines,
        "duplicates": report.duplicates,
        "kept": report.kept,
        "transactions": report.parts,
        "write_units": report.write_units,
        "attempts": report.attempts,
        "effects": report.effects,
        "to_confirm": report.to_confirm,
    }
