"""The real desk over a bucket in memory, and a ledger to fill it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fakes.objects import FakeObjects, Inline
from usher.contracts.observation import Person
from usher.ids import GuildId, UserId
from usher.ledger.erasure import Erasure
from usher.ledger.lines import Line
from usher.ledger.names import JoinerNames, StaffName
from usher.ledger.patience import Patience
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore
from usher.privacy.desk import PrivacyDesk
from usher.privacy.queries import Kept

NOW = datetime.fromisoformat("2026-11-20T12:00:00+00:00")


@dataclass
class FakePrivacy:
    """Implements Privacy."""

    objects: FakeObjects = field(default_factory=FakeObjects)
    now: datetime = NOW
    passes: timedelta = timedelta(0)
    """How much time passes between two looks at the clock."""

    @property
    def store(self) -> LedgerStore:
        return LedgerStore(self.objects, self.clock)

    def clock(self) -> datetime:
        self.now += self.passes
        return self.now

    @property
    def desk(self) -> PrivacyDesk:
        patience = Patience(self.clock, timedelta(seconds=100))
        reader = LedgerReader(self.store, Inline())
        return PrivacyDesk(self.objects, reader, Inline(), patience)

    def put(self, line: Line, person: Person | None = None, staff: str | None = None) -> Line:
        """Write a line with the names beside it."""
        self.store.append(line)
        if person is not None:
            self.store.keep(JoinerNames(line, person, "A guild"))
        if staff is not None and line.word is not None and line.word.inviter_id is not None:
            self.store.keep(StaffName(line, line.word.inviter_id, staff))
        return line

    def kept(self, guild_id: GuildId, user_id: UserId, most: int) -> Kept:
        return self.desk.kept(guild_id, user_id, most)

    def lines(self, guild_id: GuildId, user_id: UserId) -> list[dict[str, object]]:
        return self.desk.lines(guild_id, user_id)

    def erase(self, erasure: Erasure) -> None:
        self.desk.erase(erasure)
