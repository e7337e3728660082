"""Erases people from cases. Implements the ledger's Records."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.ledger.erasure import Erasure
from usher.moderation.model import Case
from usher.moderation.ports import CaseBook, StaleError
from usher.moderation.redacting import erased, is_held, without_names, without_words

ATTEMPTS: Final = 20
PAGE: Final = 200


@frozen
class Redactor:
    """Changes cases, which the log in Discord then shows as they are."""

    book: CaseBook
    clock: Callable[[], datetime]
    rehearsed: bool = False
    """Only say what would be changed."""

    def forget_names(self, guild_id: GuildId, names: Mapping[UserId, Collection[str]]) -> int:
        """Write ids where names stand in a guild's cases; return in how many."""
        if not any(names.values()):
            return 0
        return sum(
            self._change(case, lambda one: without_names(one, names))
            for case in self._all(guild_id)
        )

    def forget_words(self, erasure: Erasure) -> int:
        """Take the words out of cases about somebody that need them no more; return of how many."""
        now = self.clock()

        def silent(case: Case) -> Case:
            return case if is_held(case, now) else without_words(case)

        about = every_about(self.book, erasure.guild_id, erasure.user_id)
        return sum(self._change(case, silent) for case in about if erasure.covers(case.at))

    def files(self, guild_id: GuildId, user_id: UserId) -> frozenset[str]:
        """Name the keys of files that cases about somebody still show."""
        about = every_about(self.book, guild_id, user_id)
        return frozenset(one.copy for case in about for one in case.evidence if one.copy)

    def _change(self, case: Case, change: Callable[[Case], Case]) -> bool:
        current: Case | None = case
        for _ in range(ATTEMPTS):
            if current is None or change(current) == current:
                return False
            if self.rehearsed:
                return True
            try:
                self.book.change(erased(current, change(current), self.clock()))
            except StaleError:
                current = self.book.find(case.guild_id, case.number)
            else:
                return True
        raise StaleError

    def _all(self, guild_id: GuildId) -> Iterator[Case]:
        before: int | None = None
        while some := self.book.latest(guild_id, before, PAGE):
            yield from some
            before = some[-1].number


def every_about(book: CaseBook, guild_id: GuildId, user_id: UserId) -> Iterator[Case]:
    """Read all cases about somebody, newest first."""
    before: int | None = None
    while some := book.of_member(guild_id, user_id, before):
        yield from some
        before = some[-1].number
