"""Looking one member up: the ledger first, the database where the ledger cannot tell (SPEC 3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from usher.attribution.wording import Word
from usher.credit.rules import MemberRecord
from usher.ids import VANITY, GuildId, UserId
from usher.ledger.finding import Finder
from usher.ledger.lines import LATER_WORDS, Line, withdrawn_in
from usher.ledger.lookup_found import Asked, Doubt, Found, Missing, Source, WhyNone
from usher.ledger.people import People
from usher.ledger.reader import LedgerReader
from usher.staff.queries import StaffReads

ON_ITS_WAY: Final = timedelta(minutes=1)
"""A join may take so long to be recorded."""
DAY: Final = timedelta(days=1)


class MemberReads(Protocol):
    """Latest memberships. May raise an error of its store."""

    def records(self, guild_id: GuildId, users: Sequence[UserId]) -> dict[UserId, MemberRecord]:
        """Read records; who has none is left out."""
        ...


class GuildReads(Protocol):
    """What is known of guilds. May raise an error of its store."""

    def since(self, guild_id: GuildId) -> datetime | None:
        """Read when the guild was first seen."""
        ...

    def tracking_off(self, guild_id: GuildId) -> bool:
        """Read whether tracking was turned off."""
        ...


@dataclass(frozen=True, slots=True)
class Lookup:
    """Implements Lookups."""

    reader: LedgerReader
    members: MemberReads
    guilds: GuildReads
    staff: StaffReads
    ledger_errors: tuple[type[Exception], ...]
    """What a ledger that is out of order raises."""
    table_errors: tuple[type[Exception], ...]

    def find(self, guild_id: GuildId, asked: Asked, now: datetime) -> Found | Missing:
        """Look in the ledger, else in the database; raises the table's errors when both fail."""
        record, failure = None, None
        try:
            record = self.members.records(guild_id, (asked.user_id,)).get(asked.user_id)
        except self.table_errors as error:
            failure = error
        found, readable = None, True
        try:
            found = self._by_ledger(guild_id, asked, record)
        except self.ledger_errors:
            readable = False
        if failure is not None:
            if found is None:
                raise failure
            return replace(found, doubt=Doubt.DATABASE_DOWN)
        if found is None and record is not None:
            found = _by_database(asked, record, Doubt.NO_LINE if readable else Doubt.LEDGER_DOWN)
        if found is None:
            return self._missing(guild_id, asked, now)
        return self._with_staff(guild_id, found)

    def _with_staff(self, guild_id: GuildId, found: Found) -> Found:
        inviter = found.word.inviter_id
        known = inviter is not None and inviter != VANITY
        return replace(
            found,
            staff=self.staff.find(guild_id, inviter) if inviter and known else None,
            upgrades=self.staff.upgrades(guild_id, found.user_id),
        )

    def _line(self, guild_id: GuildId, asked: Asked, record: MemberRecord | None) -> Line | None:
        """Find the line of the latest join on record."""
        finder = Finder(self.reader.store.objects)
        times = [asked.joined_at, None if record is None else record.joined_at]
        for joined_at in dict.fromkeys(time for time in times if time is not None):
            line = finder.join(guild_id, asked.user_id, joined_at)
            if line is not None:
                return line
        lines = finder.joins(guild_id, asked.user_id)
        return max(lines, key=lambda line: line.joined_at or line.timestamp, default=None)

    def _by_ledger(
        self, guild_id: GuildId, asked: Asked, record: MemberRecord | None
    ) -> Found | None:
        line = self._line(guild_id, asked, record)
        if line is None or line.word is None:
            return None
        joined_at = line.joined_at or line.timestamp
        latest = record if record is not None and record.joined_at == joined_at else None
        word = self._last_word(line, line.word) if latest is None else latest.word
        people = People(self.reader.store.objects)
        names = people.of_member(line)
        return Found(
            user_id=asked.user_id,
            joined_at=joined_at,
            left_at=None if latest is None else latest.left_at,
            word=word,
            source=Source.LEDGER,
            event_id=line.event_id,
            corrected=(word.code, word.inviter_id) != (line.word.code, line.word.inviter_id),
            username=names.get("username"),
            display_name=names.get("display_name"),
            erased=people.erased(line, asked.user_id),
            rejoined_at=_later(asked, joined_at),
            verdict=(line.verdict or ()) if latest is None else latest.verdict,
            untracked=line.untracked,
        )

    def _last_word(self, line: Line, first: Word) -> Word:
        """Read what the ledger says within a day; later words are in the database."""
        begin = line.timestamp.astimezone(UTC)
        lines = [*self.reader.lines(line.guild_id, begin.date(), (begin + DAY).date())]
        withdrawn = withdrawn_in(lines)
        later = [
            one
            for one in lines
            if one.type in LATER_WORDS and one.corrects == line.event_id
            if one.event_id not in withdrawn
        ]
        last = max(later, key=lambda one: one.timestamp, default=line)
        return last.word or first

    def _missing(self, guild_id: GuildId, asked: Asked, now: datetime) -> Missing:
        since = self.guilds.since(guild_id)
        why = _why(asked, since, now)
        return Missing(why, since, self.guilds.tracking_off(guild_id))


def _why(asked: Asked, since: datetime | None, now: datetime) -> WhyNone:
    if asked.bot:
        return WhyNone.BOT
    if since is None:
        return WhyNone.GUILD_UNSEEN
    if asked.joined_at is None:
        return WhyNone.NO_MEMBER
    if asked.joined_at < since:
        return WhyNone.BEFORE_USHER
    return WhyNone.JUST_NOW if now - asked.joined_at < ON_ITS_WAY else WhyNone.MISSED


def _by_database(asked: Asked, record: MemberRecord, doubt: Doubt) -> Found:
    return Found(
        user_id=asked.user_id,
        joined_at=record.joined_at,
        left_at=record.left_at,
        word=record.word,
        source=Source.DATABASE,
        doubt=doubt,
        rejoined_at=_later(asked, record.joined_at),
        verdict=record.verdict,
        untracked=record.untracked,
    )


def _later(asked: Asked, joined_at: datetime) -> datetime | None:
    if asked.joined_at is None or asked.joined_at <= joined_at:
        return None
    return asked.joined_at
