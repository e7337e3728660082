"""The backfill of a guild, page by page: ask, tell the event worker, note how far, ask again.

What a page tells is sent before the row moves on, and the row moves before the next step is sent. A
process that ends in between repeats the page or is followed by the message that comes again; both
are harmless, since what was recorded is no news (DESIGN 2).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from usher.attribution import backfill_member_words as member_words
from usher.attribution import backfill_words as words
from usher.attribution.backfill import (
    IDLE,
    MOST_POSTPONED,
    NEXT_SECONDS,
    begun,
    ended,
    member_body,
    news_of,
    observations_of,
    search_body,
    with_page,
)
from usher.attribution.backfill_ports import BackfillReport, Backfills, Progress, Steps
from usher.attribution.backfill_state import Backfill, Hurdle, Status
from usher.attribution.confirming import LONGEST_DELAY, rest_after
from usher.attribution.confirming_ports import (
    Events,
    Gate,
    Gates,
    MembersSearch,
    SearchLimitedError,
    SearchRefusedError,
)
from usher.contracts.backfill import BackfillStep
from usher.contracts.discord_records import NotReady, SearchPage, read_members_search
from usher.contracts.errors import ContractError
from usher.slash.replies import Reply

NOT_READY_SECONDS: Final = 5.0
WORKER_SECONDS: Final = 2.0
"""First wait for what was found to be recorded; each further one is a second longer."""
LONGEST_WAIT: Final = 86_400
PARTING: Final = timedelta(minutes=1)
"""Longer than a page takes: the last that is shown says that it is."""

type _Answer = SearchPage | NotReady | SearchLimitedError | SearchRefusedError


@dataclass(frozen=True, slots=True)
class BackfillService:
    """Drives backfills. Raises AWS errors, and what MembersSearch raises for passing failures."""

    backfills: Backfills
    gates: Gates
    discord: MembersSearch
    events: Events
    steps: Steps
    progress: Progress
    clock: Callable[[], datetime]

    def handle(self, step: BackfillStep) -> BackfillReport:
        """Do a step, or see to it that it is done later; at most one search."""
        now = self.clock()
        if step.due_at > now:
            self._send(step, now)
            return BackfillReport()
        if step.user_id is not None:
            return self._member(step, now)
        backfill = self.backfills.read(step.guild_id)
        if step.page is None and (backfill is None or backfill.run != step.run):
            return self._begin(backfill, step, now)
        if backfill is None or backfill.run != step.run or backfill.status is not Status.RUNNING:
            return BackfillReport()  # another run took its place, or it has ended
        if step.page != backfill.page and now - backfill.moved_at < IDLE:
            return BackfillReport()
        return self._go_on(backfill, replace(step, page=backfill.page), now)

    def postpone(self, step: BackfillStep, seconds: float) -> BackfillReport:
        """Put a step off without doing anything: the whole bot is limited."""
        now = self.clock()
        self._send(replace(step, due_at=now + timedelta(seconds=max(1.0, seconds))), now)
        return BackfillReport()

    def _begin(self, before: Backfill | None, step: BackfillStep, now: datetime) -> BackfillReport:
        backfill = begun(before, step, now)
        if backfill is None and before is not None:
            self._stand(step, before, now)
        if backfill is None or not self.backfills.write(step.guild_id, backfill):
            return BackfillReport()
        self._send(replace(step, page=backfill.page, due_at=now), now)
        return BackfillReport(backfill.status)

    def _go_on(self, backfill: Backfill, step: BackfillStep, now: datetime) -> BackfillReport:
        awaited = backfill.awaited
        if awaited is not None and not self.backfills.applied(step.guild_id, awaited):
            seconds = WORKER_SECONDS + step.postponed
            return self._wait(backfill, step, Hurdle.WORKER, seconds, now)
        if backfill.ending is not None:
            return self._finish(backfill, step, backfill.ending, now)
        if step.most is not None and backfill.found >= step.most:
            return self._finish(backfill, step, Status.PAUSED, now)
        gate = self.gates.read(step.guild_id)
        if not gate.wanted:
            return self._without(backfill, step, Hurdle.OFF, now)
        if gate.closed_until is not None and gate.closed_until > now:
            return self._without(backfill, step, Hurdle.REFUSED, now)
        answer = self._search(step, search_body(backfill), gate, now)
        match answer:
            case SearchRefusedError():
                report = self._without(backfill, step, Hurdle.REFUSED, now)
                return replace(report, calls=1, refused=answer)
            case SearchLimitedError(retry_after=seconds):
                report = self._wait(backfill, step, Hurdle.LIMIT, seconds, now)
                return replace(report, calls=1, limited=answer)
            case NotReady(retry_after=seconds):
                seconds = seconds or NOT_READY_SECONDS
                report = self._wait(backfill, step, Hurdle.INDEX, seconds, now)
                return replace(report, calls=1)
        return self._take(backfill, step, answer, now)

    def _search(
        self, step: BackfillStep, body: dict[str, object], gate: Gate, now: datetime
    ) -> _Answer:
        """Ask Discord; a refusal closes the guild's gate, as it does for confirmations."""
        try:
            answer = read_members_search(self.discord.search(step.guild_id, body), now)
        except SearchLimitedError as error:
            return error
        except (SearchRefusedError, ContractError) as error:
            # It is undocumented: an answer of another shape means that it has changed.
            refused = error if isinstance(error, SearchRefusedError) else SearchRefusedError(200, 0)
            self.gates.close(step.guild_id, now + rest_after(gate.refusals), gate.refusals + 1)
            return refused
        if gate.refusals:
            self.gates.open(step.guild_id)
        return answer

    def _take(
        self, backfill: Backfill, step: BackfillStep, page: SearchPage, now: datetime
    ) -> BackfillReport:
        """Send what is news on a page, note it, and go on."""
        users = [member.person.user_id for member in page.found]
        news = news_of(page.found, self.backfills.records(step.guild_id, users))
        name = self.backfills.guild_name(step.guild_id)
        told = observations_of(step, name, news, now)
        awaited = told[-1].id if told else None
        after = with_page(backfill, page, len(news), awaited, now)
        if after.after is None:
            told.append(ended(step, name, now, by_counts=False))
            after = replace(after, ending=Status.DONE, awaited=told[-1].id)
        for observation in told:
            self.events.send(observation)
        report = BackfillReport(after.status, calls=1, found=len(page.found), news=len(news))
        if self.backfills.write(step.guild_id, after):
            self._next(after, step, now)
        return report

    def _without(
        self, backfill: Backfill, step: BackfillStep, hurdle: Hurdle, now: datetime
    ) -> BackfillReport:
        """Discord gives no record: credit counts where nobody was read yet, else stop."""
        backfill = replace(backfill, hurdle=hurdle, moved_at=now)
        if backfill.found or backfill.named:
            return self._finish(backfill, step, Status.STOPPED, now)
        name = self.backfills.guild_name(step.guild_id)
        told = ended(step, name, now, by_counts=True)
        self.events.send(told)
        after = replace(backfill, ending=Status.COUNTED, awaited=told.id, page=backfill.page + 1)
        if self.backfills.write(step.guild_id, after):
            self._next(after, step, now)
        return BackfillReport(after.status, hurdle=hurdle)

    def _next(self, backfill: Backfill, step: BackfillStep, now: datetime) -> None:
        due_at = now + timedelta(seconds=NEXT_SECONDS)
        self._send(replace(step, page=backfill.page, due_at=due_at, postponed=0), now)
        self._stand(step, backfill, now)

    def _wait(
        self, backfill: Backfill, step: BackfillStep, hurdle: Hurdle, seconds: float, now: datetime
    ) -> BackfillReport:
        """Do the same later; the row shows that the run is alive and what it waits for."""
        due_at = now + timedelta(seconds=min(max(1.0, seconds), LONGEST_WAIT))
        after = replace(backfill, hurdle=hurdle, moved_at=due_at)
        if step.postponed >= MOST_POSTPONED:
            return self._finish(after, step, Status.STOPPED, now)
        if self.backfills.write(step.guild_id, after):
            self._send(replace(step, due_at=due_at, postponed=step.postponed + 1), now)
            if hurdle not in (backfill.hurdle, Hurdle.WORKER):
                self._stand(step, after, now)
        return BackfillReport(after.status, hurdle=hurdle)

    def _finish(
        self, backfill: Backfill, step: BackfillStep, status: Status, now: datetime
    ) -> BackfillReport:
        named = backfill.named or status is Status.DONE
        after = replace(backfill, status=status, finished_at=now, moved_at=now, named=named)
        if self.backfills.write(step.guild_id, after):
            self._stand(step, after, now)
        return BackfillReport(status, hurdle=after.hurdle)

    def _member(self, step: BackfillStep, now: datetime) -> BackfillReport:
        """Ask for one member; nothing is kept of it but what the event worker records."""
        user_id = step.user_id
        gate = self.gates.read(step.guild_id)
        closed = gate.closed_until is not None and gate.closed_until > now
        if user_id is None or not gate.wanted or closed:
            hurdle = Hurdle.REFUSED if gate.wanted else Hurdle.OFF
            self._show(step, member_words.describe_hurdle(hurdle), now)
            return BackfillReport(hurdle=hurdle)
        answer = self._search(step, member_body(user_id), gate, now)
        match answer:
            case SearchRefusedError():
                self._show(step, member_words.describe_hurdle(Hurdle.REFUSED), now)
                return BackfillReport(calls=1, hurdle=Hurdle.REFUSED, refused=answer)
            case SearchLimitedError(retry_after=seconds):
                self._again(step, Hurdle.LIMIT, seconds, now)
                return BackfillReport(calls=1, hurdle=Hurdle.LIMIT, limited=answer)
            case NotReady(retry_after=seconds):
                self._again(step, Hurdle.INDEX, seconds or NOT_READY_SECONDS, now)
                return BackfillReport(calls=1, hurdle=Hurdle.INDEX)
        found = [member for member in answer.found if member.person.user_id == user_id]
        news = news_of(found, self.backfills.records(step.guild_id, [user_id]))
        for told in observations_of(step, self.backfills.guild_name(step.guild_id), news, now):
            self.events.send(told)
        self._show(step, member_words.describe_member(user_id, found[0] if found else None), now)
        return BackfillReport(calls=1, found=len(found), news=len(news))

    def _again(self, step: BackfillStep, hurdle: Hurdle, seconds: float, now: datetime) -> None:
        """Ask for one member again, while whoever asked can be answered."""
        due_at = now + timedelta(seconds=max(1.0, seconds))
        if step.token_until is not None and due_at < step.token_until:
            self._send(replace(step, due_at=due_at, postponed=step.postponed + 1), now)
        self._show(step, member_words.describe_hurdle(hurdle), now)

    def _send(self, step: BackfillStep, now: datetime) -> None:
        wait = ceil(min((step.due_at - now).total_seconds(), LONGEST_DELAY))
        self.steps.send(step, max(1, wait))

    def _stand(self, step: BackfillStep, backfill: Backfill, now: datetime) -> None:
        """Show how the run stands, and at last that more cannot be shown."""
        parting = step.token_until is not None and now >= step.token_until - PARTING
        self._show(step, words.describe(backfill, now, parting=parting), now)

    def _show(self, step: BackfillStep, reply: Reply, now: datetime) -> None:
        """Show progress, while the interaction's token serves."""
        if step.token is not None and step.token_until is not None and now < step.token_until:
            self.progress.show(step.token, reply)
