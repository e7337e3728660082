"""A guild's attribution state held in memory: what a store does, without the store."""

from datetime import datetime, timedelta

from usher.attribution.facts import Fact, JoinRecorded, JoinRevised
from usher.attribution.model import CodeState, Decision, Group, Head, Membership, Stored
from usher.attribution.outcomes import Outcome
from usher.attribution.rules import attribute
from usher.contracts.observation import Observation
from usher.ids import InviteCode

KEPT = timedelta(hours=7)
"""Discord's record is asked for during six hours after a join (SPEC 1.5)."""


class GuildInMemory:
    """Feeds observations of one guild through the rules and keeps what they decide."""

    def __init__(self) -> None:
        self.head = Head()
        self.codes: dict[InviteCode, CodeState] = {}
        self.known: dict[Membership, Outcome | None] = {}
        self.closed: dict[str, Group] = {}

    def observe(self, observation: Observation) -> tuple[Fact, ...]:
        """Decide an observation, keep the decision and return its facts."""
        stored = Stored(self.head, self.codes, self.known, tuple(self.closed.values()))
        decision = attribute(stored, observation)
        self._keep(decision, observation.at)
        return decision.facts

    def _keep(self, decision: Decision, now: datetime) -> None:
        self.head = decision.head
        self.codes.update((state.code, state) for state in decision.codes)
        for group_id in decision.reopened:
            del self.closed[group_id]
        self.closed.update((group.id, group) for group in decision.closed)
        self.closed = {i: g for i, g in self.closed.items() if not _expired(g, now)}
        for fact in decision.facts:
            if isinstance(fact, JoinRecorded):
                self.known[fact.person.user_id, fact.joined_at] = fact.outcome
            elif isinstance(fact, JoinRevised):
                self.known[fact.user_id, fact.joined_at] = fact.after


def _expired(group: Group, now: datetime) -> bool:
    """No join can be late enough, and no record of Discord's can come, to reopen the group."""
    return all(use.until < now - KEPT for use in group.uses)
