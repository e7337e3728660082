"""A ledger in memory whose objects were written when their events happened, and its members."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.builders import GUILD, at, by, person
from tests.fakes.objects import FakeObjects, Inline
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import word_of
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.ledger.keys import line_key
from usher.ledger.line_codec import write_line
from usher.ledger.lines import Line, LineType, correction_id, join_id, leave_id
from usher.ledger.log import JoinLog
from usher.ledger.log_pages import LogPage, Place
from usher.ledger.names import JoinerNames, Names, StaffName
from usher.ledger.options import Wanted
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore


@dataclass
class Counting(FakeObjects):
    """Counts what is read."""

    reads: int = 0

    def get(self, key: str) -> bytes | None:
        self.reads += 1
        return super().get(key)


@dataclass
class Past:
    """Implements MemberReads too: the record of each user's latest join."""

    objects: Counting = field(default_factory=Counting)
    held: dict[UserId, MemberRecord] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def reader(self) -> LedgerReader:
        return LedgerReader(LedgerStore(self.objects, lambda: at(0)), Inline())

    def records(self, guild_id: GuildId, users: Iterable[UserId]) -> dict[UserId, MemberRecord]:
        assert guild_id == GUILD
        if self.error:
            raise self.error
        return {user: self.held[user] for user in users if user in self.held}

    def put(self, line: Line, late: float = 0.5) -> Line:
        """Write a line `late` seconds after its event; the bucket counts in whole seconds."""
        written = (line.timestamp + timedelta(seconds=late)).replace(microsecond=0)
        key = line_key(line.guild_id, line.event_id, line.timestamp)
        self.objects.held[key] = write_line(line), written
        return line

    def join(
        self,
        user: str,
        seconds: float,
        outcome: Outcome | None = None,
        *,
        seen: float | None = None,
        late: float = 0.5,
        staff: str | None = None,
    ) -> Line:
        """A join, its names, and the member's record."""
        joined_at, word = at(seconds), word_of(outcome or by("900"))
        id_ = join_id(GUILD, UserId(user), joined_at)
        seen_at = joined_at if seen is None else at(seen)
        line = Line(LineType.JOIN, id_, seen_at, GUILD, UserId(user), joined_at, word)
        self.put(line, late)
        self.keep(JoinerNames(line, person(user), "A guild"), line.timestamp)
        if staff is not None and word.inviter_id:
            self.keep(StaffName(line, word.inviter_id, staff), line.timestamp)
        known = self.held.get(UserId(user))
        if known is None or known.joined_at < joined_at:
            epochs = 1 if known is None else known.epochs + 1
            self.held[UserId(user)] = MemberRecord(joined_at, None, word, epochs)
        return line

    def keep(self, names: Names, moment: datetime) -> None:
        self.objects.held[names.key] = names.content(), moment

    def correct(self, line: Line, outcome: Outcome, seconds: float) -> Line:
        """A later word, on the record too where it is the latest membership."""
        assert line.user_id is not None
        assert line.joined_at is not None
        word = word_of(outcome)
        known = self.held[line.user_id]
        if known.joined_at == line.joined_at:
            self.held[line.user_id] = replace(known, word=word)
        id_ = correction_id(GUILD, line.user_id, line.joined_at, word, str(seconds))
        return self.put(
            replace(
                line,
                type=LineType.CORRECTION,
                event_id=id_,
                timestamp=at(seconds),
                word=word,
                corrects=line.event_id,
                previous=line.word,
            )
        )

    def leave(self, line: Line, seconds: float) -> Line:
        assert line.user_id is not None
        assert line.joined_at is not None
        known = self.held[line.user_id]
        if known.joined_at == line.joined_at:
            self.held[line.user_id] = replace(known, left_at=at(seconds))
        id_ = leave_id(GUILD, line.user_id, line.joined_at)
        return self.put(replace(line, type=LineType.LEAVE, event_id=id_, timestamp=at(seconds)))

    def log(self, most_read: int = 3000) -> JoinLog:
        return JoinLog(self.reader, self, Inline(), most_read)

    def page(self, wanted: Wanted | None = None, after: Place | None = None) -> LogPage:
        return self.log().page(GUILD, wanted or Wanted(), after, 10)


def users(page: LogPage) -> list[str]:
    return [str(entry.line.user_id) for entry in page.entries]
