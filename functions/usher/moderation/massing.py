"""Many users banned at once: a case each, and one request to Discord (Bulk Guild Ban)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from usher.frozen import frozen
from usher.ids import UserId
from usher.moderation.failing import WHY
from usher.moderation.guard import Action, Asked, Refusal, Target, refusal
from usher.moderation.model import Case, Status
from usher.moderation.order import Order, RefusedError, draft
from usher.moderation.ports import ActError, UncertainError
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
        """Ban users, members or not; raises RefusedError where nobody may be, and ActError."""
        settings = self.sanctions.rulebook.read(order.guild_id)
        hall = self.sanctions.discord.hall(order.guild_id)
        refused: list[tuple[UserId, Refusal]] = []
        cases: list[Case] = []
        fresh: list[Case] = []
        for user_id in users:
            own = replace(order, user_id=user_id, key=f"{order.key}.{user_id}", quiet=True)
            known = self.sanctions.book.by_key(order.guild_id, own.key)
            if known is not None:
                cases.append(known)
                continue
            target = self._target(own)
            asked = Asked(own.guild_id, Action.MASSBAN, own.actor, target)
            why = refusal(asked, hall, settings.roles)
            if why in (Refusal.PERMISSION, Refusal.BOT_PERMISSION):
                raise RefusedError(why)
            if why is not None:
                refused.append((user_id, why))
                continue
            fresh.append(self.sanctions.book.open(draft(own)))
        return Massed((*cases, *self._ban(order, fresh)), tuple(refused))

    def _target(self, order: Order) -> Target:
        found = self.sanctions.discord.member(order.guild_id, order.user_id)
        if found is None:
            return Target(order.user_id, False, False)
        return Target(order.user_id, found.bot, True, found.roles)

    def _ban(self, order: Order, fresh: Sequence[Case]) -> list[Case]:
        users = [case.user_id for case in fresh if case.status is Status.PENDING]
        if not users:
            return [*fresh]
        reason = f"Mass ban: {order.reason} (by {order.actor.user_id})"
        try:
            failed = self.sanctions.discord.ban_many(
                order.guild_id, users, order.delete_seconds, reason
            )
        except UncertainError:
            raise
        except ActError as error:
            for case in fresh:
                self.sanctions.give_up(case, WHY.get(type(error), WHY[ActError]))
            raise
        return [
            self.sanctions.give_up(case, WHY[ActError])
            if case.user_id in failed
            else self.sanctions.settle(case, done=True)
            for case in fresh
        ]
