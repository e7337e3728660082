"""A guild's attribution state held in memory: what a store does, without the store."""

from datetime import datetime

from usher.attribution.matching import LAG
from usher.attribution.model import (
    CodeState,
    Decision,
    Fact,
    Group,
    Head,
    JoinRecorded,
    Membership,
    Stored,
)
from usher.attribution.rules import attribute
from usher.contracts.observation import Observation
from usher.ids import InviteCode


class GuildInMemory:
    """Feeds observations of one guild through the rules and keeps what they decide."""

    def __init__(self) -> None:
        self.head = Head()
        self.codes: dict[InviteCode, CodeState] = {}
        self.known: set[Membership] = set()
        self.closed: dict[str, Group] = {}

    def observe(self, observation: Observation) -> tuple[Fact, ...]:
        """Decide an observation, keep the decision and return its facts."""
        stored = Stored(self.head, self.codes, frozenset(self.known), tuple(self.closed.values()))
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
        self.known.update(
            (fact.person.user_id, fact.joined_at)
            for fact in decision.facts
            if isinstance(fact, JoinRecorded)
        )


def _expired(group: Group, now: datetime) -> bool:
    """No join can be late enough to reopen the group."""
    return all(use.until < now - LAG for use in group.uses)
