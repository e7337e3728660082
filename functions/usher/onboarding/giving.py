"""Giving a campaign's roles: what is in the way is told once and tried again by the clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from usher.contracts.effect import MendRank
from usher.ids import GuildId, RoleId, UserId
from usher.onboarding.following import again
from usher.onboarding.model import Stay
from usher.onboarding.ports import Orders, Problems, Sessions
from usher.rewards.hierarchy import Obstacle, obstacle
from usher.rewards.ports import Discord
from usher.rewards.problems import ONBOARDING, Problem, onboarding_key
from usher.times import format_time

_TRIED: Final = "Onboarding"


class ProblemRows(Protocol):
    """Problems that last. May raise an error of the store."""

    def problem(self, guild_id: GuildId, key: str) -> tuple[Problem | None, int]:
        """Read a problem that lasts, None for none, and how many were mended before."""
        ...


@dataclass(frozen=True, slots=True)
class RoleGiving:
    """Implements Giving. Raises DiscordError, and errors of table and queue."""

    rows: ProblemRows
    discord: Discord
    problems: Problems
    sessions: Sessions
    orders: Orders
    clock: Callable[[], datetime]

    def give(
        self, stay: Stay, roles: Sequence[RoleId], reason: str
    ) -> tuple[tuple[RoleId, ...], tuple[RoleId, ...]]:
        """Give roles; return which were given, and which may be given later."""
        given: list[RoleId] = []
        owed: list[RoleId] = []
        for role in roles:
            found = self._give(stay, role, reason)
            if found is None:
                given.append(role)
                continue
            problem = Problem(onboarding_key(role), found, user_id=stay.user_id)
            self.problems.note(stay.guild_id, problem)
            if found is not Obstacle.GONE:
                owed.append(role)
        return tuple(given), tuple(owed)

    def mend(self, order: MendRank) -> None:
        """Look whether a role can be given; if so, whoever lacks it gets it."""
        guild_id = order.guild_id
        problem, _ = self.rows.problem(guild_id, order.key)
        if problem is None or problem.due_at is None:
            return
        if format_time(problem.due_at) != order.due_at:
            return  # looked at since
        role = RoleId(order.key.removeprefix(ONBOARDING))
        lacking = [one for one in self.sessions.every(guild_id) if role in one.owed]
        left = self._left(guild_id, role, problem) if lacking else None
        if left is not None:
            told = problem.told and left is problem.obstacle
            self.problems.still(guild_id, replace(problem, obstacle=left, told=told))
            return
        self.orders.send([again(one, order.due_at) for one in lacking])
        self.problems.over(guild_id, problem)

    def _give(self, stay: Stay, role: RoleId, reason: str) -> Obstacle | None:
        found = self._look(stay.guild_id, role)
        if found is not None:
            return found
        known, _ = self.rows.problem(stay.guild_id, onboarding_key(role))
        if known is not None and known.obstacle is Obstacle.REFUSED:
            return Obstacle.REFUSED  # each further refusal counts towards a ban of the address
        return self._do(stay.guild_id, stay.user_id, role, reason)

    def _look(self, guild_id: GuildId, role: RoleId) -> Obstacle | None:
        """Look before acting; what stood in the way some seconds ago is looked at again."""
        return self._look_at(guild_id, role, fresh=False) and self._look_at(
            guild_id, role, fresh=True
        )

    def _look_at(self, guild_id: GuildId, role: RoleId, *, fresh: bool) -> Obstacle | None:
        hall = self.discord.hall(guild_id, fresh=fresh)
        if hall is None:
            return Obstacle.REFUSED
        return obstacle(hall, role, trusted=False, giving=True)

    def _left(self, guild_id: GuildId, role: RoleId, problem: Problem) -> Obstacle | None:
        """Look what is in the way; what Discord refused for no reason is tried for one member."""
        found = self._look_at(guild_id, role, fresh=True)
        if found is not None or problem.obstacle is not Obstacle.REFUSED:
            return found
        user_id = problem.user_id
        return None if user_id is None else self._do(guild_id, user_id, role, _TRIED)

    def _do(self, guild_id: GuildId, user_id: UserId, role: RoleId, reason: str) -> Obstacle | None:
        return self.discord.change_role(guild_id, user_id, role, present=True, reason=reason)
