"""attribute(stored, observation): the one pure decision about who brought whom.

Joins and uses that are not yet explained stay open together and are solved anew with every
observation (matching.py). What balances is closed; a join that arrives late opens it again. Counts
may lag or lead the event, so evidence stays open for ten minutes (SPEC 1.2).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from usher.attribution.arrivals import concerned, new_joins, recorded_in
from usher.attribution.closing import (
    Part,
    awaited_since,
    close,
    forgotten,
    pool_credits,
    split,
    upset,
)
from usher.attribution.code_book import CodeBook
from usher.attribution.counts import settle_counts
from usher.attribution.departing import departures
from usher.attribution.facts import Fact, JoinRecorded, JoinRevised
from usher.attribution.intake import Intake
from usher.attribution.knowledge import (
    imported,
    on_record,
    pin_of,
    pins,
    recovered,
    with_what_happened,
)
from usher.attribution.matching import SKEW, Solution, solve
from usher.attribution.model import Decision, Membership, OpenJoin, Stored, Use
from usher.attribution.outcomes import Kind, Outcome, Reason, Unattributed
from usher.attribution.tracking import switched
from usher.attribution.watching import Waiting
from usher.attribution.words import (
    candidates_of,
    details_of,
    outcome_of,
    pinned,
    same_word,
    silence_of,
)
from usher.contracts.observation import (
    MemberJoined,
    MemberSearched,
    Observation,
)
from usher.ids import UserId

FEW = 50
"""Up to this many open joins, a longer list of candidates is published at once."""


def needs_closed_groups(stored: Stored, observation: Observation) -> bool:
    """Whether a join of the observation is older than evidence already closed."""
    until = stored.head.closed_until
    return until is not None and any(
        joined_at <= until + SKEW for _, joined_at in concerned(stored, observation)
    )


def attribute(stored: Stored, observation: Observation) -> Decision:
    """Decide what an observation means for a guild.

    Pure: the same arguments give the same decision, so that it can be replayed and rebuilt.
    """
    return _Case(stored, observation).decide()


class _Case:
    """One observation being decided."""

    def __init__(self, stored: Stored, observation: Observation) -> None:
        self.stored = stored
        self.observation = observation
        self.book = CodeBook(stored.codes)
        head, self.gap = with_what_happened(stored.head, observation)
        self.head, self.departed = departures(switched(head, observation), observation)
        self.recorded = on_record(observation, self.book, stored.known)
        self.uses: list[Use] = list(stored.head.open.uses)
        self.joins: list[OpenJoin] = list(stored.head.open.joins)
        self.pooled: Counter[UserId] = Counter(stored.head.open.pooled)
        self.reopened: tuple[str, ...] = ()

    def decide(self) -> Decision:
        fresh = new_joins(self.stored, self.observation.events)
        taken = recorded_in(self.stored) | {(j.person.user_id, j.joined_at) for j in fresh}
        missed = recovered(self.head, self.observation.events, dict.fromkeys(taken))
        taken |= {(j.person.user_id, j.joined_at) for j in missed}
        told = [self._imported(one) for one in imported(self.head, self.observation, taken)]
        people = [join for join in (*fresh, *missed) if not join.person.bot]
        self._reopen(people)
        awaited = awaited_since(self.joins, self.uses, Waiting(self.head, self.observation.at))
        intake = Intake(
            self.observation, self.book, self.head, self.uses, gap=self.gap, awaited=awaited
        )
        intake.read_events()
        head, failed = intake.read_looks()
        self.uses = intake.uses
        self.joins.extend(OpenJoin(j.person, j.joined_at, j.at, _NEW) for j in people)
        self.joins.sort(key=lambda join: (join.joined_at, join.person.user_id))
        revised = self._pin()
        head = replace(head, added=self.head.added)
        solution = solve(self.joins, self.uses)
        said = self._outcomes(solution, failed)
        waiting = Waiting(head, self.observation.at)
        parts = split(self.joins, self.uses, solution, waiting)
        intake.ends.settle(solution)
        facts = self._publish(fresh, missed, said, parts)
        kept, closed = close(parts, self.joins, self.uses, solution, self.observation, waiting)
        pooled = pool_credits(self.pooled, (kept, *closed), self.observation)
        ends = [use.until for group in closed for use in group.uses]
        if head.closed_until is not None:
            ends.append(head.closed_until)
        head = replace(
            head,
            version=head.version + 1,
            open=kept,
            closed_until=max(ends, default=None),
            forgotten=forgotten(parts, self.joins, head.forgotten),
        )
        facts = [*revised, *told, *facts]
        head, counted = settle_counts(head, self.book, facts, self.observation)
        facts = [*facts, *pooled, *counted]
        return Decision(head, self.book.changed(), closed, self.reopened, tuple(facts))

    def _imported(self, found: MemberSearched) -> JoinRecorded:
        """Record what an import tells of a join that counting cannot speak of."""
        pin = pin_of(found, self.book)
        if pin is not None:
            outcome = pinned(pin, ())
        else:
            outcome = _BOT if found.person.bot else Unattributed(Reason.NOT_ON_RECORD)
        return JoinRecorded(found.person, found.joined_at, found.at, outcome, imported=True)

    def _reopen(self, people: Sequence[MemberJoined]) -> None:
        """Bring back groups that a late join may upset, or of which more is known now."""
        held = [join for group in self.stored.closed for join in group.joins]
        told, _ = pins(self.recorded, self.head.added, held, self.stored.known)
        open_memberships = {(j.person.user_id, j.joined_at) for j in self.joins}
        groups = [
            group
            for group in self.stored.closed
            if any(told.get((j.person.user_id, j.joined_at), j.pin) != j.pin for j in group.joins)
        ]
        late = [OpenJoin(j.person, j.joined_at, j.at, _NEW) for j in people]
        groups.extend(upset(late, [g for g in self.stored.closed if g not in groups]))
        for group in groups:
            self.joins.extend(
                j for j in group.joins if (j.person.user_id, j.joined_at) not in open_memberships
            )
            self.uses.extend(use for use in group.uses if use not in self.uses)
            self.pooled.update(group.pooled)
        self.reopened = tuple(group.id for group in groups)

    def _pin(self) -> list[JoinRevised]:
        """Fix what is known of joins; revise at once those that no group holds any more."""
        here = {(join.person.user_id, join.joined_at): j for j, join in enumerate(self.joins)}
        known, added = pins(self.recorded, self.head.added, self.joins, self.stored.known)
        self.head = replace(self.head, added=added)
        revised: list[JoinRevised] = []
        for membership, pin in known.items():
            if membership in here:
                j = here[membership]
                self.joins[j] = replace(self.joins[j], pin=pin)
                continue
            before = self.stored.known.get(membership)
            after = pinned(pin, ())
            if before is not None and not same_word(before, after):
                user_id, joined_at = membership
                revised.append(JoinRevised(user_id, joined_at, self.observation.at, before, after))
        return revised

    def _outcomes(self, solution: Solution, failed: Reason | None) -> list[Outcome]:
        return [
            outcome_of(j, join, solution, self.uses, silence_of(join, failed))
            for j, join in enumerate(self.joins)
        ]

    def _publish(
        self,
        fresh: Sequence[MemberJoined],
        missed: Sequence[MemberJoined],
        said: Sequence[Outcome],
        parts: Sequence[Part],
    ) -> list[Fact]:
        """Say what is new: revisions first, then what was missed, then what arrived, in order."""
        final = {j for part in parts if part.closed for j in part.joins}
        awaited = {(join.person.user_id, join.joined_at): join for join in (*fresh, *missed)}
        word: dict[Membership, Outcome] = {}
        facts: list[Fact] = []
        for j, (join, after) in enumerate(zip(self.joins, said, strict=True)):
            membership = (join.person.user_id, join.joined_at)
            before = join.outcome
            if membership in awaited:
                word[membership] = after
            elif self._worth_saying(before, after, final=j in final):
                facts.append(JoinRevised(*membership, self.observation.at, before, after))
            else:
                continue
            self.joins[j] = replace(join, outcome=after)
        for one in missed:
            membership = (one.person.user_id, one.joined_at)
            outcome = word.get(membership, _BOT)
            facts.append(JoinRecorded(one.person, one.joined_at, one.at, outcome, recovered=True))
            del awaited[membership]
        for position, event in enumerate(self.observation.events):
            facts.extend(self.departed.pop(position, ()))
            if isinstance(event, MemberJoined):
                membership = (event.person.user_id, event.joined_at)
                if awaited.pop(membership, None) is not None:
                    outcome = word.get(membership, _BOT)
                    facts.append(JoinRecorded(event.person, event.joined_at, event.at, outcome))
        return [*facts, *chain.from_iterable(self.departed.values())]

    def _worth_saying(self, before: Outcome, after: Outcome, *, final: bool) -> bool:
        if not same_word(before, after):
            return True
        if final:
            return details_of(before) != details_of(after)
        return len(self.joins) <= FEW and not candidates_of(after) <= candidates_of(before)


_NEW = Unattributed(Reason.NOT_LOOKED)
_BOT = Unattributed(Reason.BOT_ADDED, Kind.BOT)
