"""Observations through the rules of attribution, the ledger and credit, without any store."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from usher.attribution.facts import Fact, JoinRecorded, PoolCredited
from usher.attribution.memory import GuildInMemory
from usher.attribution.recording import record_facts
from usher.contracts.observation import Observation
from usher.credit.booking import book
from usher.credit.queries import Tally
from usher.credit.rules import MemberRecord
from usher.ids import UserId
from usher.ledger.lines import Line


class Books:
    """What is kept of one guild: attribution, the ledger's lines, records and counters."""

    def __init__(self) -> None:
        self.guild = GuildInMemory()
        self.lines: dict[str, Line] = {}
        self.members: dict[UserId, MemberRecord] = {}
        self.tallies: dict[UserId, Tally] = defaultdict(Tally)
        self.live: Counter[UserId] = Counter()
        """Live credits by the member whom they are for."""
        self.pooled: Counter[UserId] = Counter()
        self.records: Counter[tuple[UserId, object]] = Counter()
        self.faults: list[str] = []

    def take(self, observation: Observation) -> tuple[Fact, ...]:
        """Decide, record and book one observation."""
        facts = self.guild.observe(observation)
        for fact in facts:
            if isinstance(fact, JoinRecorded):
                self.records[fact.person.user_id, fact.joined_at] += 1
            elif isinstance(fact, PoolCredited):
                self.pooled[fact.inviter_id] += fact.delta
        for line in record_facts(facts, observation, self.members).lines:
            if line.event_id not in self.lines:
                self.lines[line.event_id] = line
                self._book(line)
        return facts

    def take_all(self, observations: Iterable[Observation]) -> "Books":
        """Take observations in their order."""
        for observation in observations:
            self.take(observation)
        return self

    def _book(self, line: Line) -> None:
        user = line.user_id
        booking = book(line, None if user is None else self.members.get(user))
        for change in booking.changes:
            if change.inviter_id is None:
                continue
            old, new = self.tallies[change.inviter_id], change.tally
            self.tallies[change.inviter_id] = Tally(
                tracked=old.tracked + new.tracked, left=old.left + new.left
            )
            if user is not None:
                self.live[user] += new.effective
        if user is None:
            return
        if booking.record is not None:
            self.members[user] = booking.record
        if self.live[user] not in (0, 1):
            self.faults.append(f"{user} has {self.live[user]} live credits after {line.type}")
