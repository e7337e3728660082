"""A batch of requests: a guild's confirmations are answered together, then backfills go on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from time import time
from typing import Final, Protocol

from confirmer.services import Backfilling, Recounting, Service
from usher.attribution.backfill_ports import BackfillReport
from usher.attribution.confirming_ports import (
    ConfirmingReport,
    SearchLimitedError,
    SearchRefusedError,
)
from usher.contracts.backfill import BackfillStep, decode_request
from usher.contracts.confirmation import ConfirmationRequest
from usher.contracts.errors import ContractError
from usher.contracts.recount import RecountStep
from usher.ids import GuildId
from usher.limits.returning import Back, Message, outage_wait, waited
from usher.platform.discord_rest import UnauthorizedError, UnavailableError
from usher.platform.logging import Logger
from usher.platform.sqs_batch import Answer, Record
from usher.platform.sqs_return import message_of

RESERVE_MILLISECONDS: Final = 40_000
"""Longer than one search may take, its waits included, and what must be sent after it."""
JITTER: Final = SystemRandom()
TOKEN_SECONDS: Final = 60.0
"""Wait after a refused token where nobody says when it is tried again."""


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...


type _Group = list[tuple[Message, ConfirmationRequest]]
"""Messages and requests of one guild."""


@dataclass(frozen=True, slots=True)
class ConfirmerDoor:
    """Processes batches; nothing that a record does raises out of it."""

    service: Service
    backfill: Backfilling
    recount: Recounting
    log: Logger
    meter: Meter
    back: Back
    after: Callable[[], None] = lambda: None
    """Done when a batch is settled."""
    clock: Callable[[], float] = time
    """Epoch seconds."""

    def handle(self, records: Iterable[Record], time_left: Callable[[], int]) -> Answer:
        """Answer requests guild by guild; `time_left` is in milliseconds.

        Once Discord refuses the token or limits the whole bot, nothing more is asked of it: refused
        calls count towards a ban of the address (API reference: Invalid Request Limit).
        """
        failed: list[str] = []
        turn = _Turn(self, lambda: time_left() >= RESERVE_MILLISECONDS)
        groups, steps, recounts = self._read(records, failed)
        for guild_id, group in groups.items():
            if not turn.take(guild_id, group):
                failed.extend(turn.returned([message for message, _ in group]))
        for message, step in steps:
            if not turn.step(step):
                failed.extend(turn.returned([message]))
        for message, recount in recounts:
            if not turn.recount(recount):
                failed.append(message.id)
        self.meter.count("ConfirmationsFailed", len(failed))
        self.meter.count("ConfirmationsWaitedSeconds", turn.waited)
        self.after()
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}

    def _read(
        self, records: Iterable[Record], failed: list[str]
    ) -> tuple[
        dict[GuildId, _Group],
        list[tuple[Message, BackfillStep]],
        list[tuple[Message, RecountStep]],
    ]:
        """Read records; the ids of unreadable ones are added to `failed`."""
        groups: dict[GuildId, _Group] = {}
        steps: list[tuple[Message, BackfillStep]] = []
        recounts: list[tuple[Message, RecountStep]] = []
        for message in map(message_of, records):
            try:
                if not self.back.counts(message):
                    self.log.info("sent anew before", extra={"message_id": message.id})
                    continue
                request = decode_request(message.body)
            except ContractError as error:
                extra = {"message_id": message.id, "reason": error.reason}
                self.log.exception("not a confirmation request", extra=extra)
                failed.append(message.id)
            except Exception:
                self.log.exception("confirmation failed", extra={"message_id": message.id})
                failed.append(message.id)
            else:
                if isinstance(request, BackfillStep):
                    steps.append((message, request))
                elif isinstance(request, RecountStep):
                    recounts.append((message, request))
                else:
                    groups.setdefault(request.guild_id, []).append((message, request))
        return groups, steps, recounts


@dataclass(slots=True)
class _Turn:
    """One batch: remembers why Discord must not be asked any more."""

    door: ConfirmerDoor
    may_ask: Callable[[], bool]
    unauthorized_for: float | None = None
    limited_for: float | None = None
    silent: bool = False
    """Discord did not answer the last time."""
    waited: float = 0.0
    """Seconds that the one which waits for the longest has waited."""

    def returned(self, messages: Sequence[Message]) -> list[str]:
        """Give back what waits for Discord; return the ids of what is to come again."""
        self.waited = max(self.waited, waited(messages, self.door.clock()))
        back, wait = self.door.back, self.unauthorized_for
        if wait is None and not self.silent:
            return [message.id for message in messages]
        return [
            message.id
            for message in messages
            if not back.give_back(message, wait or outage_wait(message.receives, JITTER.random()))
        ]

    def take(self, guild_id: GuildId, group: _Group) -> bool:
        """Answer a guild's requests; say whether the queue is done with them."""
        service = self.door.service
        who: dict[str, object] = {"guild_id": guild_id, "requests": len(group)}
        requests = [request for _, request in group]

        def answer() -> ConfirmingReport:
            if self.limited_for is not None:
                return service.postpone(requests, self.limited_for)
            return service.handle(requests, self.may_ask)

        report = self._try(answer, who)
        if report is not None:
            self._heed(report.limited, report.refused, who)
            self._tell(report, who)
        return report is not None

    def step(self, step: BackfillStep) -> bool:
        """Do a backfill's step; say whether the queue is done with it."""
        backfill = self.door.backfill
        who: dict[str, object] = {"guild_id": step.guild_id, "run": step.run, "page": step.page}

        def go_on() -> BackfillReport:
            if self.limited_for is not None:
                return backfill.postpone(step, self.limited_for)
            return backfill.handle(step) if self.may_ask() else backfill.postpone(step, 1)

        report = self._try(go_on, who)
        if report is not None:
            self._heed(report.limited, report.refused, who)
            done = {
                "status": report.status,
                "found": report.found,
                "news": report.news,
                "hurdle": report.hurdle,
            }
            self.door.log.info("backfill step", extra={**who, **done})
            self.door.meter.count("MembersSearchCalls", report.calls)
            self.door.meter.count("MembersFound", report.found)
        return report is not None

    def recount(self, step: RecountStep) -> bool:
        """Do a recount's step, which asks nothing of Discord; say whether the queue is done."""
        who: dict[str, object] = {"guild_id": step.guild_id, "run": step.run, "after": step.after}
        try:
            report = self.door.recount.handle(step)
        except Exception:
            self.door.log.exception("recount failed", extra=who)
            return False
        done = {"looked": report.looked, "sent": report.sent, "ended": report.ended}
        self.door.log.info("recount step", extra={**who, **done})
        return True

    def _try[R](self, act: Callable[[], R], who: dict[str, object]) -> R | None:
        """Act unless Discord refuses the token; None where the message is to come again."""
        log = self.door.log
        self.silent = False
        if self.unauthorized_for is not None:
            return None
        try:
            return act()
        except UnauthorizedError as error:
            self.unauthorized_for = error.retry_after or TOKEN_SECONDS
            log.critical("Discord refuses the bot token; replace it in its secret", extra=who)
        except UnavailableError as error:
            self.silent = True
            log.warning("members-search unavailable", extra={**who, "status": error.status})
        except Exception:
            log.exception("confirmation failed", extra=who)
        return None

    def _heed(
        self,
        limited: SearchLimitedError | None,
        refused: SearchRefusedError | None,
        who: dict[str, object],
    ) -> None:
        """Remember a limit of the whole bot; tell of a refusal."""
        if limited is not None and limited.everywhere:
            self.limited_for = limited.retry_after
        if refused is not None:
            why = {"status": refused.status, "code": refused.code}
            warning = "members-search refused; the guild is left alone"
            self.door.log.warning(warning, extra={**who, **why})
            self.door.meter.count("MembersSearchRefused")

    def _tell(self, report: ConfirmingReport, who: dict[str, object]) -> None:
        log, meter = self.door.log, self.door.meter
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
