"""Cases changed afterwards: another reason, more evidence, a pardon. Every change is an entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

from usher.contracts.case_effects import PostCard
from usher.ids import GuildId, UserId
from usher.moderation.massing import MassBan, Massed
from usher.moderation.model import Appeal, Case, Change, Evidence, Kind, Ruling, Status
from usher.moderation.order import Order, with_copies
from usher.moderation.ports import StaleError
from usher.moderation.rules import changed
from usher.moderation.service import Sanctions

ATTEMPTS: Final = 20
MOST_EVIDENCE: Final = 10


@dataclass(frozen=True, slots=True)
class Bench:
    """Implements Court: what moderators do, and what they change of it."""

    sanctions: Sanctions

    def do(self, order: Order) -> Case:
        """Carry out an order once; return its case, however it came out."""
        return self.sanctions.do(order)

    def is_banned(self, guild_id: GuildId, user_id: UserId) -> bool:
        """Whether Discord has a ban of theirs."""
        return self.sanctions.discord.banned(guild_id, user_id) is not None

    def edit(self, order: Order, number: int) -> Case | None:
        """Give a case another reason, or more evidence; None for no such case."""

        @cache
        def kept() -> tuple[Evidence, ...]:
            return with_copies(order, self.sanctions.files).evidence

        def edited(case: Case) -> Case:
            if order.evidence:
                evidence = (*case.evidence, *kept())[-MOST_EVIDENCE:]
                said = order.evidence[0].name or order.evidence[0].url
                by = order.actor.user_id
                return changed(case, order.at, by, Change.EVIDENCE, said, evidence=evidence)
            said = f"{case.reason} → {order.reason}"
            by = order.actor.user_id
            return changed(case, order.at, by, Change.EDITED, said, reason=order.reason)

        return self._amend(order, number, edited)

    def pardon(self, order: Order, number: int) -> Case | None:
        """Take a case back; None for no such case. A warning's points count no more."""

        def pardoned(case: Case) -> Case:
            by = order.actor.user_id
            status = Status.PARDONED
            return changed(case, order.at, by, Change.PARDONED, order.reason, status=status)

        found = self._amend(order, number, pardoned)
        if found is not None and found.kind is Kind.WARN:
            self.sanctions.book.take_points(found)
        return found

    def appeal(self, order: Order, number: int) -> Case | None:
        """Note what a member says against a case; None where they have before."""
        book = self.sanctions.book
        for _ in range(ATTEMPTS):
            case = book.find(order.guild_id, number)
            if case is None or case.appeal is not None:
                same = case is not None and case.appeal == Appeal(order.reason, order.at)
                return case if same else None
            appeal = Appeal(order.reason, order.at)
            by = order.actor.user_id
            after = changed(case, order.at, by, Change.APPEALED, order.reason, appeal=appeal)
            try:
                book.change(after)
            except StaleError:
                continue
            self.sanctions.log(after)
            return after
        raise StaleError

    def rule(self, order: Order, number: int, *, granted: bool) -> Case | None:
        """Decide an appeal; None for no such case. What is granted is pardoned."""

        def ruled(case: Case) -> Case:
            if case.appeal is None:
                return case
            ruling = Ruling.GRANTED if granted else Ruling.UPHELD
            change = Change.GRANTED if granted else Change.UPHELD
            by, appeal = order.actor.user_id, replace(case.appeal, ruling=ruling)
            status = Status.PARDONED if granted and case.status is Status.ACTIVE else case.status
            return changed(case, order.at, by, change, order.reason, appeal=appeal, status=status)

        found = self._amend(order, number, ruled)
        if found is not None and granted and found.kind is Kind.WARN:
            self.sanctions.book.take_points(found)
        return found

    def ban_many(self, order: Order, users: Sequence[UserId]) -> Massed:
        """Ban up to 200 users at once."""
        return MassBan(self.sanctions).ban(order, users)

    def may_report(self, guild_id: GuildId, user_id: UserId, now: datetime, most: int) -> bool:
        """Count a report; False where a member has sent too many this hour."""
        return self.sanctions.book.count_report(guild_id, user_id, now) <= most

    def post(self, card: PostCard) -> None:
        """Have a card put in front of the moderators."""
        self.sanctions.orders.send([card])

    def _amend(self, order: Order, number: int, change: Callable[[Case], Case]) -> Case | None:
        book = self.sanctions.book
        for _ in range(ATTEMPTS):
            case = book.find(order.guild_id, number)
            if case is None:
                return None
            settings = self.sanctions.rulebook.read(order.guild_id)
            self.sanctions.admit(replace(order, user_id=case.user_id), settings)
            after = change(case)
            if _is_same(case, after):
                return case
            try:
                book.change(after)
            except StaleError:
                continue
            self.sanctions.log(after)
            return after
        raise StaleError


def _is_same(case: Case, after: Case) -> bool:
    """Whether a repetition would change what it has changed already."""
    if after.entries and after.entries[-1].change is Change.EVIDENCE:
        return after.evidence[-1].url in {one.url for one in case.evidence}
    kept = ("status", "reason", "appeal")
    return all(getattr(case, name) == getattr(after, name) for name in kept)
