"""Confirmation of joins by Discord's own record: ask, tell the event worker, ask again later.

What the search tells goes into the events queue before anything is asked again, so that a process
that ends in between repeats itself and loses nothing; repetitions are harmless (DESIGN 2).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from usher.attribution.confirming import (
    PAGE,
    Search,
    answered,
    delay_of,
    next_attempt,
    observation_of,
    postponed,
    rest_after,
    rested,
    searches,
)
from usher.attribution.confirming_ports import (
    ConfirmingReport,
    Events,
    Gate,
    Gates,
    MembersSearch,
    Requests,
    SearchLimitedError,
    SearchRefusedError,
)
from usher.attribution.model import Membership
from usher.contracts.confirmation import ConfirmationRequest
from usher.contracts.discord_records import SearchPage, read_members_search
from usher.contracts.errors import ContractError
from usher.contracts.observation import MemberSearched
from usher.ids import GuildId

MOST_CALLS: Final = 10
"""Searches in a guild at a time; what they leave comes a moment later."""
MOST_PAGES: Final = 5
NOT_READY_SECONDS: Final = 5.0
"""Wait where Discord does not say how long its index takes (userdoccers, resources/message)."""


@dataclass(slots=True)
class _Asking:
    """What searches of one guild amount to."""

    told: dict[Membership, MemberSearched] = field(default_factory=dict)
    done: set[Membership] = field(default_factory=set)
    """Joins whose search was made to its end."""
    calls: int = 0
    refused: SearchRefusedError | None = None
    limited: SearchLimitedError | None = None
    not_ready: float | None = None

    @property
    def stopped(self) -> bool:
        return any(one is not None for one in (self.refused, self.limited, self.not_ready))

    @property
    def wait(self) -> float:
        """Seconds until what was not asked may be."""
        if self.limited is not None:
            return self.limited.retry_after
        return 1.0 if self.not_ready is None else self.not_ready


@dataclass(frozen=True, slots=True)
class ConfirmingService:
    """Answers requests of one guild at a time."""

    gates: Gates
    discord: MembersSearch
    events: Events
    requests: Requests
    clock: Callable[[], datetime]

    def handle(
        self,
        requests: Sequence[ConfirmationRequest],
        may_ask: Callable[[], bool] = lambda: True,
    ) -> ConfirmingReport:
        """Answer requests of one guild; `may_ask` says before each search whether time is left.

        Raises AWS errors, and what MembersSearch raises for passing failures: the same requests may
        then be given again.
        """
        now = self.clock()
        guild_id = requests[0].guild_id
        gate = self.gates.read(guild_id)
        if not gate.wanted:
            return ConfirmingReport(unwanted=True, given_up=sum(len(r.joins) for r in requests))
        due = [request for request in requests if request.due_at <= now]
        early = [request for request in requests if request.due_at > now]
        if gate.closed_until is not None and gate.closed_until > now:
            later = [rested(request, request.joins, gate.closed_until) for request in due]
            return self._report(requests, [*early, *later], now, _Asking(), closed=True)
        asking = self._ask(guild_id, {join for r in due for join in r.joins}, may_ask, now)
        if asking.told:
            name = max(due, key=lambda request: request.asked_from).guild_name
            self.events.send(observation_of(guild_id, name, asking.told, now))
        until = self._settle_gate(guild_id, gate, asking, now)
        again = [one for request in due for one in _again(request, asking, until, now)]
        return self._report(requests, [*early, *again], now, asking)

    def postpone(self, requests: Sequence[ConfirmationRequest], seconds: float) -> ConfirmingReport:
        """Put requests off without asking: the whole bot is limited."""
        now = self.clock()
        later = [postponed(request, request.joins, seconds, now) for request in requests]
        return self._report(requests, later, now, _Asking())

    def _ask(
        self,
        guild_id: GuildId,
        joins: Collection[Membership],
        may_ask: Callable[[], bool],
        now: datetime,
    ) -> _Asking:
        asking = _Asking()
        for search in searches(joins):
            self._search(guild_id, search, asking, may_ask, now)
            if asking.stopped:
                break
        return asking

    def _search(
        self,
        guild_id: GuildId,
        search: Search,
        asking: _Asking,
        may_ask: Callable[[], bool],
        now: datetime,
    ) -> None:
        """Read a search's pages until all its joins are told of or there are no more."""
        after: MemberSearched | None = None
        for _ in range(MOST_PAGES):
            if asking.calls >= MOST_CALLS or not may_ask():
                return
            page = self._page(guild_id, search.body(after), asking, now)
            if page is None:
                return
            asking.told |= answered(page.found, search.joins)
            last = page.found[-1] if page.found else None
            complete = all(join in asking.told for join in search.joins)
            if complete or not search.by_time or page.listed < PAGE or last in (None, after):
                break
            after = last
        asking.done.update(search.joins)

    def _page(
        self, guild_id: GuildId, body: Mapping[str, object], asking: _Asking, now: datetime
    ) -> SearchPage | None:
        asking.calls += 1
        try:
            answer = read_members_search(self.discord.search(guild_id, body), now)
        except SearchLimitedError as error:
            asking.limited = error
        except SearchRefusedError as error:
            asking.refused = error
        except ContractError:
            # It is undocumented: an answer of another shape means that it has changed.
            asking.refused = SearchRefusedError(200, 0)
        else:
            if isinstance(answer, SearchPage):
                return answer
            asking.not_ready = answer.retry_after or NOT_READY_SECONDS
        return None

    def _settle_gate(
        self, guild_id: GuildId, gate: Gate, asking: _Asking, now: datetime
    ) -> datetime | None:
        """Close the gate after a refusal and open it after an answer; say when it opens again."""
        if asking.refused is not None:
            until = now + rest_after(gate.refusals)
            self.gates.close(guild_id, until, gate.refusals + 1)
            return until
        if gate.refusals and asking.calls and asking.limited is None:
            self.gates.open(guild_id)
        return None

    def _report(
        self,
        requests: Sequence[ConfirmationRequest],
        again: Sequence[ConfirmationRequest | None],
        now: datetime,
        asking: _Asking,
        *,
        closed: bool = False,
    ) -> ConfirmingReport:
        """Send what is to be asked again, and count."""
        later = [request for request in again if request is not None]
        if later:
            self.requests.send([(request, delay_of(request, now)) for request in later])
        asked = {join for request in requests for join in request.joins}
        kept = {join for request in later for join in request.joins}
        return ConfirmingReport(
            calls=asking.calls,
            confirmed=len(asking.told),
            again=len(kept),
            given_up=len(asked - kept - asking.told.keys()),
            refused=asking.refused,
            closed=closed,
            limited=asking.limited,
            not_ready=asking.not_ready is not None,
        )


def _again(
    request: ConfirmationRequest, asking: _Asking, until: datetime | None, now: datetime
) -> list[ConfirmationRequest | None]:
    """What a request leaves to be asked: its joins not found, and those not searched for."""
    left = [join for join in request.joins if join not in asking.told]
    if until is not None:
        return [rested(request, left, until)] if left else []
    missing = [join for join in left if join in asking.done]
    unasked = [join for join in left if join not in asking.done]
    return [
        *([next_attempt(request, missing, now)] if missing else []),
        *([postponed(request, unasked, asking.wait, now)] if unasked else []),
    ]
