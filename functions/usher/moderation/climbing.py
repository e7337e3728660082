"""What warnings lead to, with what is on record and in force (SPEC 7.3)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from usher.frozen import frozen
from usher.moderation.guard import Action, Actor
from usher.moderation.ladder import Rung, crossed
from usher.moderation.model import Case, Kind, SlotKind, Status
from usher.moderation.order import Order
from usher.moderation.ports import CaseBook, Discord
from usher.moderation.settings import ModSettings
from usher.slash.say import later, say, speaking

BY_LADDER: Final = later("{points} warning points")


@frozen
class Climbing:
    """Counts warnings, and says what their points lead to."""

    book: CaseBook
    discord: Discord
    clock: Callable[[], datetime]

    def climb(self, case: Case, settings: ModSettings) -> Iterator[Order]:
        """Count a warning once, and order what it leads to; a rung shortens nothing in force."""
        self._forget(case)
        points = self.book.add_points(case)
        rungs = crossed(settings.ladder, points.before, points.after)
        hall = self.discord.hall(case.guild_id) if rungs else None
        for rung in rungs:
            until = None if rung.length is None else case.at + rung.length
            if hall is None or self._has_more(case, rung, until):
                continue
            with speaking(settings.locale):
                reason = say(BY_LADDER, points=rung.points)
            yield Order(
                guild_id=case.guild_id,
                key=f"{case.key}.rung{rung.points}",
                action=Action(rung.kind.value),
                user_id=case.user_id,
                actor=Actor(hall.own_id, by_rule=True),
                reason=reason,
                at=case.at,
                until=until,
                about=case.number,
            )

    def _forget(self, case: Case) -> None:
        """Take away the points of warnings that count no more."""
        now = self.clock()
        for one in self.book.of_member(case.guild_id, case.user_id):
            over = one.until is not None and one.until <= now
            if one.kind is Kind.WARN and (over or one.status is Status.PARDONED):
                self.book.take_points(one)

    def _has_more(self, case: Case, rung: Rung, until: datetime | None) -> bool:
        if rung.kind is Kind.KICK:
            return False
        slot = self.book.slot(case.guild_id, SlotKind(rung.kind.value), case.user_id)
        if slot.case is None:
            return False
        return slot.until is None or (until is not None and slot.until >= until)
