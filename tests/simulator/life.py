"""What the people of a history do: they make invites, come, go and come back."""

import heapq
import random

from tests.simulator.clock import HOUR, MINUTE
from tests.simulator.discord import Discord
from tests.simulator.habits import Habits
from tests.simulator.invites import VANITY_CODE, Invite
from tests.simulator.people import Membership

FIRST_USER = 800_000_000_000_000_000
FIRST_INVITER = 700_000_000_000_000_010


class Life:
    """Lets a number of joins happen in a Discord, and remembers who used what."""

    def __init__(self, seed: int, joins: int, codes: int, habits: Habits, discord: Discord) -> None:
        self._dice = random.Random(f"{seed} life")  # noqa: S311 - a simulation, not a secret
        self._habits = habits
        self._discord = discord
        self._returning: list[tuple[int, int, Membership]] = []
        self._users = 0
        self.memberships: list[Membership] = []
        self.end = 5_000
        for _ in range(codes):
            self._invite(-MINUTE)
        self._refill(-MINUTE)
        for _ in range(joins):
            self._next_join()

    def _chance(self, probability: float) -> bool:
        return self._dice.random() < probability

    def _next_join(self) -> None:
        now = self.end + self._pause()
        while self._returning and self._returning[0][0] <= now:
            back_at, _, gone = heapq.heappop(self._returning)
            self._arrive(gone.user, max(back_at, self.end + 1), again=gone)
        self._users += 1
        self._arrive(str(FIRST_USER + self._users), max(now, self.end + 1))

    def _pause(self) -> int:
        if self._chance(self._habits.burst):
            return self._dice.randrange(5, 900)
        if self._chance(self._habits.silence):
            return self._dice.randrange(MINUTE, HOUR)
        return self._dice.randrange(10_000, 20_000)

    def _arrive(self, user: str, now: int, again: Membership | None = None) -> None:
        self.end = now
        usable = self._usable(now)
        if self._chance(self._habits.revoked):
            known = [i for i in usable if i.told and i.created < now - 2]
            if known:
                self._discord.revoke(self._dice.choice(known), now - 2)
            usable = self._usable(now)
        bot = again is None and self._chance(self._habits.bots)
        membership = Membership(user, now, None, None, bot)
        if not bot:
            self._come(membership, usable, again)
        self.memberships.append(membership)
        self._discord.join(membership)
        self._refill(now)
        if self._chance(self._habits.leaves):
            self._go(membership)

    def _come(self, membership: Membership, usable: list[Invite], again: Membership | None) -> None:
        if self._chance(self._habits.by_vanity):
            membership.code, membership.inviter = VANITY_CODE, "VANITY"
            membership.shown = self._discord.use_vanity(membership.joined)
        elif self._chance(self._habits.by_discovery):
            if self._chance(self._habits.phantom):
                self._discord.miscount(self._dice.choice(usable), membership.joined)
        else:
            invite = self._choose(membership, usable, again)
            membership.code, membership.inviter = invite.code, invite.inviter
            membership.shown = self._discord.use(invite, membership.joined)

    def _choose(
        self, membership: Membership, usable: list[Invite], again: Membership | None
    ) -> Invite:
        if self._chance(self._habits.targeted):
            made = self._invite(membership.joined - 1_500, only=membership.user)
            if self._chance(0.8):
                return made
        if again is not None and self._chance(0.3):
            usable = [i for i in usable if i.code == again.code] or usable
        return self._dice.choice(usable)

    def _go(self, membership: Membership) -> None:
        self._discord.leave(membership, membership.joined + self._length(self._habits.stay))
        if membership.left is not None and self._chance(self._habits.rejoins):
            back_at = membership.left + self._length(self._habits.absence)
            heapq.heappush(self._returning, (back_at, len(self.memberships), membership))

    def _length(self, between: tuple[int, int]) -> int:
        """A length of time: as likely ten times the shortest as a tenth of the longest."""
        shortest, longest = between
        return int(shortest * (longest / shortest) ** self._dice.random())

    def _usable(self, now: int) -> list[Invite]:
        """What anybody could use; more is made where there is too little to choose from."""
        usable = [i for i in self._discord.invites if i.only is None and i.usable(now)]
        while len(usable) < 2:
            usable.append(self._invite(now - 1_500, lasting=True))
        return usable

    def _refill(self, now: int) -> None:
        pool = sum(1 for i in self._discord.invites if i.max_uses == 1 and i.ended is None)
        for _ in range(self._habits.pool - pool):
            self._invite(now if now < 0 else now + self._dice.randrange(1_000, 3_000), single=True)

    def _invite(
        self, created: int, *, only: str | None = None, single: bool = False, lasting: bool = False
    ) -> Invite:
        inviter = str(FIRST_INVITER + self._dice.randrange(self._habits.inviters))
        invite = Invite(f"code{len(self._discord.invites):04d}", inviter, created, only=only)
        if only is not None or single:
            invite.max_uses = 1
        elif not lasting and self._chance(self._habits.single_use):
            invite.max_uses = self._dice.choice((1, 1, 1, 2, 3))
        if not lasting and not single and self._chance(self._habits.expiring):
            invite.expires = created + self._dice.randrange(MINUTE, 10 * MINUTE)
        if not invite.max_uses and invite.expires is None:
            invite.told = not self._chance(self._habits.untold)
        return self._discord.open(invite)
