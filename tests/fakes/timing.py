"""The due-time index, and what holds for a time, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from usher.ids import GuildId
from usher.timing.due import Due, shard_of
from usher.timing.terms import Term


@dataclass
class FakeDueIndex:
    """Implements DueIndex over a list."""

    rows: list[Due] = field(default_factory=list)

    def due(self, shard: int, until: datetime) -> Iterator[Due]:
        here = [row for row in self.rows if shard_of(row.guild_id) == shard and row.at <= until]
        yield from sorted(here, key=lambda row: row.at)


@dataclass
class FakeTerms:
    """Implements Terms, and what begins them."""

    rows: dict[tuple[GuildId, str], Term] = field(default_factory=dict)

    def put(self, term: Term) -> Term:
        self.rows[term.guild_id, term.key] = term
        return term

    def read(self, guild_id: GuildId, key: str) -> Term | None:
        return self.rows.get((guild_id, key))

    def under(self, guild_id: GuildId, kind: str) -> list[Term]:
        return [
            term
            for (guild, _), term in sorted(self.rows.items())
            if guild == guild_id and term.kind == kind
        ]

    def write(self, term: Term, over: Term | None) -> bool:
        found = self.read(term.guild_id, term.key)
        if found is not None and found.version == term.version:
            return True
        if found is None or over is None:
            if found is not over:
                return False
        elif (found.version, found.ended) != (over.version, over.ended):
            return False
        self.put(term)
        return True

    def end(self, term: Term, at: datetime) -> bool:
        del at
        found = self._unchanged(term)
        if found is not None:
            self.put(replace(found, due_at=None, ended=True))
        return found is not None

    def postpone(self, term: Term, at: datetime) -> bool:
        found = self._unchanged(term)
        if found is not None:
            self.put(replace(found, due_at=at, tries=term.tries, told=term.told))
        return found is not None

    def _unchanged(self, term: Term) -> Term | None:
        found = self.read(term.guild_id, term.key)
        if found is None or found.ended or found.due_at != term.due_at:
            return None
        return found if term.due_at is not None or found.version == term.version else None

    def index(self) -> FakeDueIndex:
        """What the sweep sees of it."""
        found = [term for term in self.rows.values() if term.due_at is not None]
        return FakeDueIndex([Due(t.guild_id, t.key, t.due_at) for t in found if t.due_at])


@dataclass
class FakeEnder:
    """Implements Ender: things hold in a Discord of its own until they are ended."""

    ended: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """What was made to hold again, by version."""
    refusal: str | None = None

    def end(self, term: Term) -> str | None:
        if self.refusal is None:
            self.ended.append(term.what)
        return self.refusal

    def hold(self, term: Term) -> None:
        self.held.append(term.version)


@dataclass
class FakeGauge:
    """Implements Gauge."""

    late: list[tuple[str, timedelta]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def ended(self, kind: str, late: timedelta) -> None:
        self.late.append((kind, late))

    def refused(self, kind: str) -> None:
        self.refusals.append(kind)


@dataclass
class FakeAdmins:
    """Implements Admins."""

    there: bool = True
    messages: dict[str, str] = field(default_factory=dict)

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        del guild_id
        if self.there:
            self.messages.setdefault(message_id, sentence)
        return self.there
