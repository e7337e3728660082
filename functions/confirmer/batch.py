"""A batch of confirmation requests: a guild's are answered together, guilds apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypedDict

from usher.attribution.confirming_ports import ConfirmingReport
from usher.contracts.confirmation import ConfirmationRequest, decode_confirmation
from usher.contracts.errors import ContractError
from usher.ids import GuildId
from usher.platform.discord_rest import UnauthorizedError, UnavailableError
from usher.platform.logging import Logger

RESERVE_MILLISECONDS: Final = 40_000
"""Longer than one search may take, its waits included, and what must be sent after it."""


class Record(TypedDict):
    """One message as Lambda gives it."""

    messageId: str
    body: str


class Failure(TypedDict):
    """One message to be tried again."""

    itemIdentifier: str


class Answer(TypedDict):
    """What Lambda is told (ReportBatchItemFailures)."""

    batchItemFailures: list[Failure]


class Service(Protocol):
    """What requests of one guild are given to."""

    def handle(
        self, requests: Sequence[ConfirmationRequest], may_ask: Callable[[], bool] = ...
    ) -> ConfirmingReport:
        """Answer requests, or see to it that they are asked again."""
        ...

    def postpone(self, requests: Sequence[ConfirmationRequest], seconds: float) -> ConfirmingReport:
        """Put requests off without asking."""
        ...


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...


type _Group = list[tuple[str, ConfirmationRequest]]
"""Message ids and requests of one guild."""


@dataclass(frozen=True, slots=True)
class ConfirmerDoor:
    """Processes batches; nothing that a record does raises out of it."""

    service: Service
    log: Logger
    meter: Meter

    def handle(self, records: Iterable[Record], time_left: Callable[[], int]) -> Answer:
        """Answer requests guild by guild; `time_left` is in milliseconds.

        Once Discord refuses the token or limits the whole bot, nothing more is asked of it: refused
        calls count towards a ban of the address (API reference: Invalid Request Limit).
        """
        failed: list[str] = []
        turn = _Turn(self, lambda: time_left() >= RESERVE_MILLISECONDS)
        for guild_id, group in self._groups(records, failed).items():
            if not turn.take(guild_id, group):
                failed.extend(message_id for message_id, _ in group)
        self.meter.count("ConfirmationsFailed", len(failed))
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}

    def _groups(self, records: Iterable[Record], failed: list[str]) -> dict[GuildId, _Group]:
        """Read records; the ids of unreadable ones are added to `failed`."""
        groups: dict[GuildId, _Group] = {}
        for record in records:
            message_id = record["messageId"]
            try:
                request = decode_confirmation(record["body"])
            except ContractError as error:
                extra = {"message_id": message_id, "reason": error.reason}
                self.log.exception("not a confirmation request", extra=extra)
                failed.append(message_id)
            else:
                groups.setdefault(request.guild_id, []).append((message_id, request))
        return groups


@dataclass(slots=True)
class _Turn:
    """One batch: remembers why Discord must not be asked any more."""

    door: ConfirmerDoor
    may_ask: Callable[[], bool]
    unauthorized: bool = False
    limited_for: float | None = None

    def take(self, guild_id: GuildId, group: _Group) -> bool:
        """Answer a guild's requests; say whether the queue is done with them."""
        log = self.door.log
        who: dict[str, object] = {"guild_id": guild_id, "requests": len(group)}
        requests = [request for _, request in group]
        if self.unauthorized:
            return False
        try:
            if self.limited_for is not None:
                report = self.door.service.postpone(requests, self.limited_for)
            else:
                report = self.door.service.handle(requests, self.may_ask)
        except UnauthorizedError:
            self.unauthorized = True
            log.critical("Discord refuses the bot token; replace it in its secret", extra=who)
            return False
        except UnavailableError as error:
            log.warning("members-search unavailable", extra={**who, "status": error.status})
            return False
        except Exception:
            log.exception("confirmation failed", extra=who)
            return False
        if report.limited is not None and report.limited.everywhere:
            self.limited_for = report.limited.retry_after
        self._tell(report, who)
        return True

    def _tell(self, report: ConfirmingReport, who: dict[str, object]) -> None:
        log, meter = self.door.log, self.door.meter
        if report.refused is not None:
            why = {"status": report.refused.status, "code": report.refused.code}
            log.warning("members-search refused; the guild is left alone", extra={**who, **why})
            meter.count("MembersSearchRefused")
        done = {
            "calls": report.calls,
            "confirmed": report.confirmed,
            "again": report.again,
            "given_up": report.given_up,
            "closed": report.closed,
            "unwanted": report.unwanted,
            "not_ready": report.not_ready,
            "retry_after": None if report.limited is None else report.limited.retry_after,
        }
        log.info("confirmation asked for", extra={**who, **done})
        meter.count("MembersSearchCalls", report.calls)
        meter.count("JoinsConfirmed", report.confirmed)
        meter.count("ConfirmationsGivenUp", report.given_up)
