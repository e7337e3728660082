"""A batch of effects: each done in Discord, or given back to the queue."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import SystemRandom
from time import time
from typing import Final, Protocol

from effects.lanes import Line, lane_of
from usher.contracts.effect import Effect, decode_effect
from usher.contracts.errors import ContractError
from usher.limits.returning import Back, Message, outage_wait, waited
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
)
from usher.platform.logging import Logger
from usher.platform.sqs_batch import Answer, Failure, Record
from usher.platform.sqs_return import message_of

PATIENCE_SECONDS: Final = 4.0
"""Of a call; who was not answered by then comes back by the queue."""
RESERVE_MILLISECONDS: Final = 18_000
"""Longer than a call that is not answered takes, its waits and its last try included.

Who is broken off in a call has the whole batch done again.
"""
JITTER: Final = SystemRandom()
UNANSWERED_SECONDS: Final = 86_400.0
"""What Discord has not answered for so long it may never answer: the queue counts its failures then
and lays it aside, and nothing is lost."""
TOKEN_SECONDS: Final = 60.0
"""Wait after a refused token where nobody says when it is tried again."""


class Doer(Protocol):
    """What does effects."""

    def do(self, effect: Effect) -> None:
        """Do an effect; raises DiscordError."""
        ...


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...


@dataclass(frozen=True, slots=True)
class EffectsDoor:
    """Processes batches; nothing that a record does raises out of it."""

    doer: Doer
    log: Logger
    meter: Meter
    back: Back
    after: Callable[[], None] = lambda: None
    """Done when a batch is settled."""
    clock: Callable[[], float] = time
    """Epoch seconds."""

    def handle(self, records: Iterable[Record], time_left: Callable[[], int]) -> Answer:
        """Do effects one by one; `time_left` is in milliseconds.

        Once Discord refuses the token or limits the whole bot, nothing more is asked of it: refused
        calls count towards a ban of the address (API reference: Invalid Request Limit). What must
        wait is given back for as long as it must, and what came after it for the same place too.
        """
        turn = _Turn(self, time_left)
        failures: list[Failure] = [
            {"itemIdentifier": record["messageId"]}
            for record in records
            if not turn.settle(message_of(record))
        ]
        self.meter.count("EffectsFailed", turn.failed)
        self.meter.count("EffectsPostponed", turn.postponed)
        self.meter.count("EffectsWaitedSeconds", turn.waited)
        self.after()
        return {"batchItemFailures": failures}


@dataclass(slots=True)
class _Turn:
    """One batch: remembers what must wait, and whether to stop."""

    door: EffectsDoor
    time_left: Callable[[], int]
    failed: int = 0
    postponed: int = 0
    waited: float = 0.0
    """Seconds that the one which waits for the longest has waited."""
    stopped_for: float | None = None
    line: Line = field(default_factory=Line)

    def settle(self, message: Message) -> bool:
        """Do one effect; say whether the queue is done with its message."""
        who: dict[str, object] = {"message_id": message.id}
        try:
            if not self.door.back.counts(message):
                self.door.log.info("sent anew before", extra=who)
                return True
            effect = decode_effect(message.body)
            who |= {"effect_id": effect.id, "guild_id": effect.guild_id, "kind": effect.kind}
        except ContractError as error:
            self.door.log.exception("not an effect", extra={**who, "reason": error.reason})
            return self._fail()
        except Exception:
            self.door.log.exception("effect failed", extra=who)
            return self._fail()
        lane = lane_of(effect)
        if self.stopped_for is not None:
            return self._postpone(message, lane, self.stopped_for)
        if self.line.waits(lane):
            return self._postpone(message, lane, 0.0)
        if self.time_left() < RESERVE_MILLISECONDS:
            return self._postpone(message, lane, 0.0)
        return self._do(message, effect, lane, who)

    def _do(self, message: Message, effect: Effect, lane: str, who: dict[str, object]) -> bool:
        log = self.door.log
        try:
            self.door.doer.do(effect)
        except RefusedError as error:
            # Expected: the channel or role is gone, or a permission is missing. No retry helps.
            log.info("effect refused", extra={**who, **_answer(error)})
            self.door.meter.count("EffectsRefused")
            return True
        except UnauthorizedError as error:
            log.critical("Discord refuses the bot token; replace it in its secret", extra=who)
            self.stopped_for = error.retry_after or TOKEN_SECONDS
            return self._postpone(message, lane, self.stopped_for)
        except RateLimitedError as error:
            log.warning("rate limited", extra={**who, "retry_after": error.retry_after})
            if error.everywhere:
                self.stopped_for = error.retry_after
            return self._postpone(message, lane, error.retry_after)
        except UnavailableError as error:
            if waited([message], self.door.clock()) > UNANSWERED_SECONDS:
                log.exception("not answered for a day", extra={**who, **_answer(error)})
                return self._fail()
            log.warning("Discord does not answer", extra={**who, **_answer(error)})
            return self._postpone(message, lane, outage_wait(message.receives, JITTER.random()))
        except DiscordError as error:
            log.exception("effect failed", extra={**who, **_answer(error)})
            return self._fail()
        except Exception:
            log.exception("effect failed", extra=who)
            return self._fail()
        log.info("effect done", extra=who)
        return True

    def _fail(self) -> bool:
        self.failed += 1
        return False

    def _postpone(self, message: Message, lane: str, seconds: float) -> bool:
        """Give it back, behind what waits for the same place."""
        self.postponed += 1
        self.waited = max(self.waited, waited([message], self.door.clock()))
        return self.door.back.give_back(message, self.line.join(lane, seconds))


def _answer(error: DiscordError) -> dict[str, object]:
    return {"status": error.status, "code": error.code}
