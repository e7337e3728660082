"""A recount of a guild, part by part: look at members, have judged whom that changes, go on.

The event worker judges and writes, by what it then finds; a step only spares it those of whom
nothing changes. The next part waits until the last one is applied, so that joins of the meantime
wait behind one part at most.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import batched
from math import ceil
from typing import Final

from usher.attribution.judging import verdict_of
from usher.contracts.deeds import RecountAsked
from usher.contracts.observation import Observation
from usher.contracts.recount import RecountStep
from usher.credit import fake_words as words
from usher.credit.fake import Rules, version_of
from usher.credit.recount_ports import Events, Progress, RecountReport, Recounts, Steps
from usher.ids import UserId
from usher.slash.replies import Reply

PAGE: Final = 500
"""Members read at a time."""
MOST_LOOKED: Final = 5_000
"""Members looked at in a step."""
MOST_SENT: Final = 300
"""Members judged again in a step: joins of this minute wait behind their writing."""
SLICE: Final = 100
"""Members of one observation: as large as the bursts that the event worker is sized for."""
WORKER_SECONDS: Final = 2.0
LONGEST_SECONDS: Final = 60.0
MOST_POSTPONED: Final = 120
"""A part that is not applied after so many looks, two hours, ends the recount."""
DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class RecountService:
    """Drives recounts. Raises AWS errors: the same step may then be given again."""

    recounts: Recounts
    events: Events
    steps: Steps
    progress: Progress
    clock: Callable[[], datetime]

    def handle(self, step: RecountStep) -> RecountReport:
        """Do a step, or see to it that it is done later."""
        now = self.clock()
        if step.due_at > now:
            self._send(step, now)
            return RecountReport()
        if step.awaited is not None and not self.recounts.applied(step.guild_id, step.awaited):
            return self._wait(step, now)
        if step.last:
            self._show(step, words.recounted(step), now)
            return RecountReport(ended=True)
        rules = self.recounts.rules(step.guild_id)
        if version_of(rules) != step.rules:
            self._show(step, words.rules_changed(step), now)
            return RecountReport(ended=True)
        return self._take(step, rules, now)

    def _take(self, step: RecountStep, rules: Rules, now: datetime) -> RecountReport:
        """Look at the next members, and have those judged of whom something else is to be said."""
        after, looked, last = step.after, 0, False
        changed: list[UserId] = []
        while looked < MOST_LOOKED and len(changed) < MOST_SENT and not last:
            page = self.recounts.page(step.guild_id, after, PAGE)
            last = not page
            for user_id, record in page:
                after, looked = user_id, looked + 1
                if verdict_of(user_id, record, rules) != record.verdict:
                    changed.append(user_id)
                if len(changed) == MOST_SENT:
                    break
        awaited = self._have_judged(step, changed, now)
        following = replace(
            step,
            after=after,
            looked=step.looked + looked,
            sent=step.sent + len(changed),
            awaited=awaited,
            last=last,
            due_at=now + timedelta(seconds=WORKER_SECONDS if awaited else 0),
            postponed=0,
        )
        self._send(following, now)
        self._show(step, words.recounting(following), now)
        return RecountReport(looked, len(changed))

    def _have_judged(self, step: RecountStep, users: list[UserId], now: datetime) -> str | None:
        """Send members to the event worker; return what to wait for."""
        awaited = None
        name = self.recounts.guild_name(step.guild_id) if users else ""
        for some in batched(users, SLICE, strict=False):
            awaited = f"recount.{step.run}.{_digest(some)}"
            asked = RecountAsked(awaited, some, step.by, now)
            self.events.send(Observation(awaited, step.guild_id, name, now, (asked,)))
        return awaited

    def _wait(self, step: RecountStep, now: datetime) -> RecountReport:
        if step.postponed >= MOST_POSTPONED:
            self._show(step, words.recount_stuck(step), now)
            return RecountReport(ended=True)
        seconds = min(WORKER_SECONDS + step.postponed, LONGEST_SECONDS)
        due_at = now + timedelta(seconds=seconds)
        self._send(replace(step, due_at=due_at, postponed=step.postponed + 1), now)
        return RecountReport()

    def _send(self, step: RecountStep, now: datetime) -> None:
        seconds = (step.due_at - now).total_seconds()
        self.steps.send(step, ceil(min(max(seconds, 0), LONGEST_SECONDS)))

    def _show(self, step: RecountStep, reply: Reply, now: datetime) -> None:
        if step.token is not None and step.token_until is not None and now < step.token_until:
            self.progress.show(step.token, reply)


def _digest(users: tuple[UserId, ...]) -> str:
    return sha256("|".join(users).encode()).hexdigest()[:DIGITS]
