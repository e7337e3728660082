"""The sweep that erases people: every object and every version of it that holds their names.

What is locked holds ids only and stays (SPEC 4.7). Every step may be repeated, and one that broke
off is completed by the next sweep. For some weeks a sweep looks again at what was written since the
one before: an export or a message may have been under way while the erasure was asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, groupby
from operator import attrgetter
from typing import Final

from usher.ids import GuildId, UserId
from usher.ledger.blanking import blanked, names_erased
from usher.ledger.closing import LATE
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import Erasures, note_swept
from usher.ledger.keeping import nameless
from usher.ledger.keys import csv_prefix, evidence_prefix, exports_prefix, parked_prefix
from usher.ledger.names import PERSONAL, is_answers, joined_of, names_prefix, read_names
from usher.ledger.ports import Records, Version, Versioned

CLOCKS: Final = timedelta(hours=1)
"""What was written so long before the last sweep is looked at again: it may have been on its way,
and the bucket has a clock of its own."""

AT_ONCE: Final = 256
"""Names whose objects are seen to side by side: an inviter may have thousands."""

NAMES: Final = PERSONAL - {"discriminator"}
"""By which somebody is called in what others write."""

LONGEST_ID: Final = 20
"""Digits of a snowflake."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What a sweep has found and erased."""

    rows: int = 0
    """Joins whose rows have no names any more."""
    names: int = 0
    """Names that stood beside joins of people they had invited."""
    answers: int = 0
    """What they had answered to a campaign's questions, each time that they came."""
    days: int = 0
    """Files of closed days that were written without the names."""
    files: int = 0
    """Exports, messages that could not be read, files of evidence, which were destroyed whole."""
    versions: int = 0
    """Versions destroyed, of all these."""
    cases: int = 0
    """Cases of moderation from which names, or all words, went."""

    def __add__(self, other: "Erased") -> "Erased":
        """Sum up."""
        return Erased(
            rows=self.rows + other.rows,
            names=self.names + other.names,
            answers=self.answers + other.answers,
            days=self.days + other.days,
            files=self.files + other.files,
            versions=self.versions + other.versions,
            cases=self.cases + other.cases,
        )


@dataclass(frozen=True, slots=True)
class Eraser:
    """Sweeps guilds. Methods may raise ErasureError and errors of the bucket."""

    objects: Versioned
    pool: Executor
    clock: Callable[[], datetime]
    records: Records | None = None

    def guilds(self) -> list[GuildId]:
        """Name the guilds in which somebody was erased."""
        return Erasures(self.objects).guilds()

    def sweep(self, guild_id: GuildId) -> Erased:
        """Do what erasures of a guild ask for, unless it is done."""
        return self._words(guild_id) + self._objects(guild_id)

    def _words(self, guild_id: GuildId) -> Erased:
        """Look at the cases of whoever was ever erased: some keep their words for a time."""
        erased = Erased()
        if self.records is not None:
            erasures = Erasures(self.objects)
            for user_id in sorted(erasures.users(guild_id)):
                erasure = erasures.find(guild_id, user_id)
                if erasure is not None:
                    erased += self._record(erasure, self.records)
        return erased

    def _record(self, erasure: Erasure, records: Records) -> Erased:
        """Take the words out of cases, and destroy files that no case shows any more."""
        guild_id, user_id = erasure.guild_id, erasure.user_id
        before = records.files(guild_id, user_id)
        erased = Erased(cases=records.forget_words(erasure))
        shown = records.files(guild_id, user_id)
        # What no case has shown yet may have been written for one that comes in a moment.
        old = self.clock() - CLOCKS
        for key, versions in self._keys(evidence_prefix(guild_id, user_id)):
            gone = key in before or all(one.modified < old for one in versions)
            if gone and key not in shown:
                erased += Erased(files=1, versions=self.objects.destroy(versions))
        return erased

    def _objects(self, guild_id: GuildId) -> Erased:
        erasures, now = Erasures(self.objects), self.clock()
        users = erasures.looked_after(guild_id, now - LATE)
        found = [erasures.find(guild_id, user_id) for user_id in users]
        since: dict[Erasure, datetime | None] = {}
        for erasure in found:
            if erasure is not None:
                swept = erasures.swept(erasure)
                if swept is None or swept < erasure.at + LATE:
                    since[erasure] = None if swept is None else swept - CLOCKS
        if not since:
            return Erased()
        erased = self._sweep(guild_id, list(since), _earliest(since.values()))
        for erasure in since:
            note_swept(self.objects, erasure, now)
        return erased

    def erase(self, erasure: Erasure) -> Erased:
        """Do one erasure at once, whole."""
        now = self.clock()
        erased = Erased() if self.records is None else self._record(erasure, self.records)
        erased += self._sweep(erasure.guild_id, [erasure], None)
        note_swept(self.objects, erasure, now)
        return erased

    def _sweep(self, guild_id: GuildId, erasures: list[Erasure], since: datetime | None) -> Erased:
        total = Erased()
        if self.records is not None:
            # First: who breaks off must find the names again.
            called = {one.user_id: self._called(one) for one in erasures}
            total += Erased(cases=self.records.forget_names(guild_id, called))
        for erasure in erasures:
            total += self._names(erasure)
        people = {erasure.user_id: erasure for erasure in erasures}
        for key, versions in self._keys(csv_prefix(guild_id)):
            total += self._day(key, versions, people, since)
        for prefix in (exports_prefix(guild_id), parked_prefix(guild_id), parked_prefix(None)):
            for key, versions in self._keys(prefix):
                total += self._file(key, versions, people, since)
        return total

    def _called(self, erasure: Erasure) -> frozenset[str]:
        """Read all names of somebody that are to go."""
        listed = self.objects.list(names_prefix(erasure.guild_id, erasure.user_id))
        keys = [entry.key for entry in listed if not is_answers(entry.key)]
        found: set[str] = set()
        for key, content in zip(keys, self.pool.map(self.objects.get, keys), strict=True):
            if erasure.covers(joined_of(key, content)):
                told = read_names(key, content)
                found |= {told[name] for name in NAMES if told.get(name)}
        return frozenset(found)

    def _names(self, erasure: Erasure) -> Erased:
        total = Erased()
        kept = self._keys(names_prefix(erasure.guild_id, erasure.user_id))
        for some in batched(kept, AT_ONCE, strict=False):
            for erased in self.pool.map(lambda one: self._name(one[0], one[1], erasure), some):
                total += erased
        return total

    def _keys(self, prefix: str) -> Iterator[tuple[str, list[Version]]]:
        for key, versions in groupby(self.objects.versions(prefix), attrgetter("key")):
            yield key, list(versions)

    def _name(self, key: str, versions: list[Version], erasure: Erasure) -> Erased:
        """Erase what stands under one key of the person's names, unless it is of a later join."""
        content = self.objects.get(key)
        if content is None or not erasure.covers(joined_of(key, content)):
            return Erased(versions=self._destroy_past(versions))
        bare = nameless(key, content, erasure)
        if bare is None:
            destroyed = self.objects.destroy(versions)
            if is_answers(key):
                return Erased(answers=1, versions=destroyed)
            return Erased(names=1, versions=destroyed)
        if bare == content:
            return Erased(versions=self._destroy_past(versions))
        self.objects.upload(key, [bare])
        return Erased(rows=1, versions=self.objects.destroy(versions))

    def _day(
        self,
        key: str,
        versions: list[Version],
        people: Mapping[UserId, Erasure],
        since: datetime | None,
    ) -> Erased:
        """Write a closed day's file again where it holds a name; what it was before goes always."""
        if not _is_new(versions, since) or not names_erased(self._read(key), people):
            return Erased(versions=self._destroy_past(versions))
        self.objects.upload(key, blanked(self._read(key), people))
        return Erased(days=1, versions=self.objects.destroy(versions))

    def _file(
        self,
        key: str,
        versions: list[Version],
        people: Mapping[UserId, Erasure],
        since: datetime | None,
    ) -> Erased:
        """Destroy a passing file that names somebody; what it was before goes always.

        What is no list of joins may hold a name anywhere: that it mentions the id is enough.
        """
        holds = names_erased if key.endswith(".csv") else _mentions
        if not _is_new(versions, since) or not holds(self._read(key), people):
            return Erased(versions=self._destroy_past(versions))
        return Erased(files=1, versions=self.objects.destroy(versions))

    def _read(self, key: str) -> Iterable[bytes]:
        return self.objects.stream(key) or ()

    def _destroy_past(self, versions: list[Version]) -> int:
        return self.objects.destroy(version for version in versions if not version.is_current)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    known = list(moments)
    return None if None in known else min(moment for moment in known if moment is not None)


def _is_new(versions: list[Version], since: datetime | None) -> bool:
    """Whether there is a current version, and it was not looked at before."""
    return any(
        version.is_current and (since is None or version.modified >= since) for version in versions
    )


def _mentions(chunks: Iterable[bytes], people: Mapping[UserId, Erasure]) -> bool:
    ids = [user_id.encode() for user_id in people]
    rest = b""
    for chunk in chunks:
        rest += chunk
        if any(one in rest for one in ids):
            return True
        rest = rest[-LONGEST_ID:]
    return False
