"""Many users banned at once: a case each, and one request to Discord (Bulk Guild Ban)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from usher.frozen import frozen
from usher.ids import UserId
from usher.moderation.failing import WHY
from usher.moderation.guard import Action, Asked, Refusal, Target, refusal
from usher.moderation.model import Case, Status
from usher.moderation.order import Order, RefusedError, draft
from usher.moderation.ports import ActError, LimitedError, UncertainError
from usher.moderation.service import Sanctions

MOST: Final = 200


@frozen
class Massed:
    """What came of a mass ban."""

    cases: tuple[Case, ...] = ()
    refused: tuple[tuple[UserId, Refusal], ...] = ()


@frozen
class MassBan:
    """Bans many. Nobody is told: a raid's accounts read nothing."""

    sanctions: Sanctions

    def ban(self, order: Order, users: Sequence[UserId]) -> Massed:
        """Ban users, members or not; raises RefusedError where nobody may be, and ActError.

        Who is written down is banned: by this call, by the next delivery of it, or by the clock.
        """
        orders = [
            replace(order, user_id=user_id, key=f"{order.key}.{user_id}", quiet=True)
            for user_id in users
        ]
        known = [self.sanctions.book.by_key(one.guild_id, one.key) for one in orders]
        cases = [case for case in known if case is not None]
        new = [one for one, case in zip(orders, known, strict=True) if case is None]
        # Everybody is looked at before anybody is written down: a look may fail.
        refused = [(one.user_id, why) for one, why in self._refusals(new) if why is not None]
        out = {user_id for user_id, _ in refused}
        cases += [self.sanctions.book.open(draft(one)) for one in new if one.user_id not in out]
        waiting = [case for case in cases if case.status is Status.PENDING]
        earlier = {case.number for case in known if case is not None}
        done = {case.number: case for case in self._ban(order, waiting, earlier)}
        return Massed(tuple(done.get(case.number, case) for case in cases), tuple(refused))

    def _refusals(self, orders: Sequence[Order]) -> list[tuple[Order, Refusal | None]]:
        if not orders:
            return []
        guild_id = orders[0].guild_id
        settings = self.sanctions.rulebook.read(guild_id)
        hall = self.sanctions.discord.hall(guild_id)
        found: list[tuple[Order, Refusal | None]] = []
        for one in orders:
            asked = Asked(guild_id, Action.MASSBAN, one.actor, self._target(one))
            why = refusal(asked, hall, settings.roles)
            if why in (Refusal.PERMISSION, Refusal.BOT_PERMISSION):
                raise RefusedError(why)
            found.append((one, why))
        return found

    def _target(self, order: Order) -> Target:
        found = self.sanctions.discord.member(order.guild_id, order.user_id)
        if found is None:
            return Target(order.user_id, False, False)
        return Target(order.user_id, found.bot, True, found.roles)

    def _ban(self, order: Order, waiting: Sequence[Case], earlier: Collection[int]) -> list[Case]:
        """Ban who is written down; what waits for Discord stays as it is, for the clock.

        So does what an `earlier` delivery may have done before Discord refused.
        """
        if not waiting:
            return []
        users = [case.user_id for case in waiting]
        reason = f"Mass ban: {order.reason} (by {order.actor.user_id})"
        try:
            left = self.sanctions.discord.ban_many(
                order.guild_id, users, order.delete_seconds, reason
            )
        except LimitedError:
            return []
        except UncertainError:
            raise
        except ActError as error:
            for case in waiting:
                if case.number not in earlier:
                    self.sanctions.give_up(case, WHY.get(type(error), WHY[ActError]))
            raise
        return [
            self._left(case) if case.user_id in left else self.sanctions.settle(case, done=True)
            for case in waiting
        ]

    def _left(self, case: Case) -> Case:
        """Settle a case of somebody whom Discord did not ban: who is banned already is so too."""
        try:
            held = self.sanctions.discord.banned(case.guild_id, case.user_id)
        except ActError:
            return case  # the clock looks again
        if held is None:
            return self.sanctions.give_up(case, WHY[ActError])
        return self.sanctions.settle(case, done=True)
