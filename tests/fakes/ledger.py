"""A ledger in memory with closed days, and people who tamper with it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from tests.builders import GUILD, by, person
from tests.fakes.objects import FakeObjects, Inline
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import word_of
from usher.ids import GuildId, UserId
from usher.ledger.chain import ChainError, Link
from usher.ledger.closing import Closer
from usher.ledger.lines import Line, LineType, correction_id, join_id, withdrawal_of
from usher.ledger.names import JoinerNames, StaffName
from usher.ledger.ports import Archive, KeptHead
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore

FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


def day(number: int) -> date:
    """A day of the ledger, the first is 0."""
    return FIRST.date() + timedelta(days=number)


@dataclass
class FakeHeads:
    """Implements Heads."""

    held: dict[GuildId, KeptHead] = field(default_factory=dict)

    def get(self, guild_id: GuildId) -> KeptHead | None:
        return self.held.get(guild_id)

    def move(self, guild_id: GuildId, before: str | None, head: KeptHead) -> None:
        held = self.held.get(guild_id)
        if held != head and (None if held is None else held.sha256) != before:
            raise ChainError(guild_id, "moved meanwhile")
        self.held[guild_id] = head


@dataclass
class ClosedLedger:
    """A bucket, a clock and what closes days."""

    objects: Archive = field(default_factory=FakeObjects)
    heads: FakeHeads = field(default_factory=FakeHeads)
    now: datetime = FIRST
    booked: int = 0
    strays: list[str] = field(default_factory=list)

    def join(
        self,
        user: str,
        number: int,
        outcome: Outcome | None = None,
        seconds: float = 0,
        guild: GuildId = GUILD,
    ) -> Line:
        """Write a join of a day."""
        at = FIRST + timedelta(days=number, seconds=seconds)
        word = word_of(outcome or by("900"))
        id_ = join_id(guild, UserId(user), at)
        line = Line(LineType.JOIN, id_, at, guild, UserId(user), at, word, seq=self._seq())
        names: list[JoinerNames | StaffName] = [JoinerNames(line, person(user), "A guild")]
        if word.inviter_id:
            names.append(StaffName(line, word.inviter_id, f"name of {word.inviter_id}"))
        self._write(line, names)
        return line

    def correct(self, line: Line, outcome: Outcome, number: int) -> Line:
        """Write a later word on a join."""
        assert line.user_id is not None
        assert line.joined_at is not None
        seq, word = self._seq(), word_of(outcome)
        correction = replace(
            line,
            type=LineType.CORRECTION,
            event_id=correction_id(line.guild_id, line.user_id, line.joined_at, word, str(seq)),
            timestamp=FIRST + timedelta(days=number, hours=1),
            word=word,
            corrects=line.event_id,
            previous=line.word,
            seq=seq,
        )
        self._write(correction, [])
        return correction

    def withdraw(self, line: Line) -> None:
        """Say that a line was never booked."""
        self._write(withdrawal_of(line, self._seq()), [])

    def close(self, number: int, guild: GuildId = GUILD) -> list[Link]:
        """Run the daily closing in the morning after a day."""
        self.now = FIRST + timedelta(days=number, hours=16)
        return list(self.closer().close(guild))

    def closer(self) -> Closer:
        return Closer(
            self.objects, self.heads, Inline(), lambda: self.now, stray=self.strays.append
        )

    def _seq(self) -> tuple[int, int]:
        self.booked += 1
        return self.booked, 0

    def _write(self, line: Line, names: list[JoinerNames | StaffName]) -> None:
        store = LedgerStore(self.objects, lambda: self.now)
        LedgerWriter(store, Inline()).record([line], names)
