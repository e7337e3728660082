"""A batch of effects: each done in Discord, or given back to the queue."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from usher.contracts.effect import Effect, decode_effect
from usher.contracts.errors import ContractError
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
)
from usher.platform.logging import Logger
from usher.platform.sqs_batch import Answer, Failure, Record

RESERVE_MILLISECONDS: Final = 12000
"""Longer than one effect may take, its waits included."""


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

    def handle(self, records: Iterable[Record], time_left: Callable[[], int]) -> Answer:
        """Do effects one by one; `time_left` is in milliseconds.

        Once Discord refuses the token or limits the whole bot, nothing more is asked of it: refused
        calls count towards a ban of the address (API reference: Invalid Request Limit).
        """
        failures: list[Failure] = []
        stopped = False
        for record in records:
            done = False
            if not stopped and time_left() >= RESERVE_MILLISECONDS:
                done, stopped = self._settle(record)
            if not done:
                failures.append({"itemIdentifier": record["messageId"]})
        self.meter.count("EffectsFailed", len(failures))
        return {"batchItemFailures": failures}

    def _settle(self, record: Record) -> tuple[bool, bool]:
        """Do one effect; say whether the queue is done with it, and whether to stop here."""
        who: dict[str, object] = {"message_id": record["messageId"]}
        try:
            effect = decode_effect(record["body"])
            who |= {"effect_id": effect.id, "guild_id": effect.guild_id, "kind": effect.kind}
            self.doer.do(effect)
        except RefusedError as error:
            # Expected: the channel or role is gone, or a permission is missing. No retry helps.
            self.log.info("effect refused", extra={**who, **_answer(error)})
            self.meter.count("EffectsRefused")
            return True, False
        except UnauthorizedError:
            self.log.critical("Discord refuses the bot token; replace it in its secret", extra=who)
            return False, True
        except RateLimitedError as error:
            self.log.warning("rate limited", extra={**who, "retry_after": error.retry_after})
            return False, error.everywhere
        except DiscordError as error:
            self.log.exception("effect failed", extra={**who, **_answer(error)})
            return False, False
        except ContractError as error:
            self.log.exception("not an effect", extra={**who, "reason": error.reason})
            return False, False
        except Exception:
            self.log.exception("effect failed", extra=who)
            return False, False
        self.log.info("effect done", extra=who)
        return True, False


def _answer(error: DiscordError) -> dict[str, object]:
    return {"status": error.status, "code": error.code}
