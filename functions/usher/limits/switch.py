"""The breaker that all processes share: who may ask Discord at all, and who may try again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from usher.limits.breaker import (
    MOST_INVALID,
    PROBE_SECONDS,
    WINDOW_MINUTES,
    Closure,
    Why,
    tripped,
)
from usher.limits.ports import Log, Shared
from usher.limits.rules import Answer

BLIND_SECONDS: Final = 30.0
"""So long the table is not asked after it has failed."""
LOOK_EVERY: Final = 100
"""After so many refused calls of a minute they are summed up."""
REMEDIES: Final = {
    Why.TOKEN: "Discord refuses the bot token: put the right one into its secret",
    Why.BAN: "Cloudflare has banned this address from Discord: find what made the refused calls",
    Why.INVALID: "So many calls are refused that Discord will ban this address: find which",
}


@dataclass(slots=True)
class Table:
    """The shared state, or nothing while it fails: a process is then alone, and goes on."""

    shared: Shared
    clock: Callable[[], float]
    log: Log
    errors: tuple[type[Exception], ...]
    """What the table raises."""
    _blind_until: float = 0.0

    def ask[T](self, question: Callable[[Shared], T], otherwise: T) -> T:
        """Ask the table; `otherwise` where it does not answer."""
        now = self.clock()
        if now < self._blind_until:
            return otherwise
        try:
            return question(self.shared)
        except self.errors as error:
            self._blind_until = now + BLIND_SECONDS
            told = {"error": str(error), "seconds": BLIND_SECONDS}
            self.log.warning("Discord's limits are not shared: the table fails", extra=told)
            return otherwise


@dataclass(slots=True)
class Switch:
    """The breaker as one process knows it."""

    table: Table
    log: Log
    closure: Closure | None = field(default=None)

    def seconds(self, now: float) -> float:
        """Tell how long nobody may ask; 0 for open, and for who may try."""
        return 0.0 if self.closure is None else self.closure.seconds(now)

    def try_again(self, now: float) -> bool:
        """Be the one who tries whether Discord is open again; False where somebody else is."""
        closure, until = self.closure, now + PROBE_SECONDS
        if closure is None:
            return False
        mine = self.table.ask(lambda shared: shared.probe(closure, now, until), otherwise=True)
        if not mine:
            self.closure = replace(closure, probe_until=until)
        return mine

    def leave(self, probe: Closure) -> None:
        """Let somebody else try."""
        self.table.ask(lambda shared: shared.leave(probe), None)

    def judge(self, answer: Answer, probe: Closure | None, now: float) -> Why | None:
        """Close Discord for everybody where an answer says so; or open it, if that was tried."""
        many = answer.invalid and self._many(now)
        why = _why(answer, many=many)
        if why is not None:
            self._trip(why, now, answer.retry_after if why is Why.BAN else None)
        elif probe is not None and 0 < answer.status < 500:
            self.closure = None
            self.table.ask(lambda shared: shared.reopen(probe), None)
            self.log.warning("Discord answers again", extra={"why": probe.why.value})
        return why

    def _many(self, now: float) -> bool:
        """Count a refused call; whether they are so many that Discord will stop everybody."""
        minute = int(now // 60)
        count = self.table.ask(lambda shared: shared.count_invalid(minute), 0)
        if count == 0 or count % LOOK_EVERY:
            return False
        first = minute - WINDOW_MINUTES + 1
        return self.table.ask(lambda shared: shared.invalid(first, minute), 0) >= MOST_INVALID

    def _trip(self, why: Why, now: float, told: float | None) -> None:
        closure = self.closure = tripped(self.closure, why, now, told)
        if self.table.ask(lambda shared: shared.trip(closure, now), otherwise=True):
            seconds = round(closure.until - now, 1)
            extra = {"why": why.value, "seconds": seconds, "times": closure.trips}
            again = "Nobody asks Discord for so many seconds, then one does"
            self.log.critical(f"{REMEDIES[why]}. {again}", extra=extra)


def _why(answer: Answer, *, many: bool) -> Why | None:
    if answer.banned:
        return Why.BAN
    if answer.status == 401:
        return Why.TOKEN
    return Why.INVALID if many else None
