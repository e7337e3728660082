"""Changing roles where something may be in the way: told once, tried again, told when mended."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.effect import MendRank, SweepStandings
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.rewards.hierarchy import Hall, Obstacle, obstacle
from usher.rewards.owed import effect_id
from usher.rewards.ports import Discord, Orders, Rows
from usher.rewards.problems import (
    EVERYWHERE,
    Problem,
    channel_key,
    key_of,
    mended,
    message_id,
    passes,
    pause,
    sentence,
)
from usher.rewards.ranks import Rank, roles_due
from usher.rewards.settings import RewardSettings
from usher.times import format_time

SILENCE: Final = timedelta(days=1)
"""How long it is not told again that a channel cannot be written to."""
TRIED_AGAIN: Final = "Invite rank"


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that a member is to be given, or that is to be taken."""

    guild_id: GuildId
    user_id: UserId
    role_id: RoleId
    giving: bool
    trusted: bool = False
    retired: bool = False
    reason: str = TRIED_AGAIN


@dataclass(frozen=True, slots=True)
class Trouble:
    """Changes roles, and looks after what keeps it from doing so."""

    rows: Rows
    discord: Discord
    orders: Orders
    clock: Callable[[], datetime]

    def change(self, settings: RewardSettings, wanted: RoleChange) -> bool:
        """Give a role or take it; what is in the way is told once. Say whether it was done."""
        found = self._look(wanted)
        if found is None:
            known, _ = self.rows.problem(wanted.guild_id, wanted.role_id)
            if known is not None and known.obstacle is Obstacle.REFUSED:
                return False  # each further refusal counts towards a ban of the address
            found = self._do(wanted)
            if found is None:
                self._ask_soon(wanted)
                return True
            if found is Obstacle.REFUSED:
                # What was looked at may be seconds old: fresh roles may show why.
                found = self._look_at(wanted, fresh=True) or found
        if found is not Obstacle.GONE or wanted.giving:
            retired = wanted.role_id if wanted.retired else None
            key = key_of(found, wanted.role_id)
            problem = Problem(key, found, retired=retired, user_id=wanted.user_id)
            self._meet(settings, wanted.guild_id, problem)
        return False

    def silent(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Note that a channel cannot be written to: the admins are told once a day."""
        self.note(guild_id, Problem(channel_key(channel_id), Obstacle.REFUSED))

    def note(self, guild_id: GuildId, problem: Problem) -> None:
        """Tell the admins of a problem, unless they know, and have it looked at again."""
        self._meet(self.rows.settings(guild_id), guild_id, problem)

    def still(self, guild_id: GuildId, problem: Problem) -> None:
        """Keep a problem that was looked at and lasts."""
        again = replace(problem, tries=problem.tries + 1)
        self._keep(self.rows.settings(guild_id), guild_id, again)

    def over(self, guild_id: GuildId, problem: Problem) -> None:
        """Forget a problem that is mended, and say so where it was told."""
        channel = self.rows.settings(guild_id).admin_channel_id
        if problem.told and channel is not None:
            id_ = message_id(guild_id, problem, "mended")
            self.discord.post(channel, id_, mended(problem))
        self.rows.close(guild_id, problem)

    def mend(self, order: MendRank) -> None:
        """Look whether a problem is mended; if so everybody is looked at."""
        guild_id = order.guild_id
        problem, _ = self.rows.problem(guild_id, order.key)
        if problem is None or problem.due_at is None:
            return
        if format_time(problem.due_at) != order.due_at:
            return  # looked at since
        settings, hall = self.rows.settings(guild_id), self.discord.hall(guild_id, fresh=True)
        if hall is None or not _matters(settings, problem):
            self.rows.close(guild_id, problem)
            return
        left = self._what_is_left(settings, hall, problem)
        if left is not None:
            told = problem.told and left is problem.obstacle
            tries = problem.tries + 1
            self._keep(settings, guild_id, replace(problem, obstacle=left, tries=tries, told=told))
            return
        retired = () if problem.retired is None else (problem.retired,)
        id_ = effect_id("mended", guild_id, order.key, order.due_at)
        self.orders.send([SweepStandings(id_, guild_id, retired=retired)])
        self.over(guild_id, problem)

    def _ask_soon(self, wanted: RoleChange) -> None:
        """Have what was in the way looked at at once: it is no longer."""
        for key in (wanted.role_id, EVERYWHERE):
            known, _ = self.rows.problem(wanted.guild_id, key)
            if known is not None:
                self.rows.keep(wanted.guild_id, replace(known, due_at=self.clock()))

    def _look(self, wanted: RoleChange) -> Obstacle | None:
        """Look before acting; what stood in the way some seconds ago is looked at again."""
        found = self._look_at(wanted, fresh=False)
        return found and self._look_at(wanted, fresh=True)

    def _look_at(self, wanted: RoleChange, *, fresh: bool) -> Obstacle | None:
        hall = self.discord.hall(wanted.guild_id, fresh=fresh)
        if hall is None:
            return Obstacle.REFUSED
        return obstacle(hall, wanted.role_id, trusted=wanted.trusted, giving=wanted.giving)

    def _do(self, wanted: RoleChange) -> Obstacle | None:
        return self.discord.change_role(
            wanted.guild_id,
            wanted.user_id,
            wanted.role_id,
            present=wanted.giving,
            reason=wanted.reason,
        )

    def _meet(self, settings: RewardSettings, guild_id: GuildId, problem: Problem) -> None:
        known, number = self.rows.problem(guild_id, problem.key)
        if known is None or known.obstacle is not problem.obstacle:
            self._keep(settings, guild_id, replace(problem, number=number))

    def _keep(self, settings: RewardSettings, guild_id: GuildId, problem: Problem) -> None:
        """Tell the admin channel, unless it knows, and keep the problem."""
        told = problem.told
        if not told and settings.admin_channel_id is not None:
            id_ = message_id(guild_id, problem, "problem")
            told = self.discord.post(settings.admin_channel_id, id_, sentence(problem))
        after = SILENCE if passes(problem) else pause(problem.tries)
        self.rows.keep(guild_id, replace(problem, told=told, due_at=self.clock() + after))

    def _what_is_left(
        self, settings: RewardSettings, hall: Hall, problem: Problem
    ) -> Obstacle | None:
        """Look at the role of a problem, or at any rank's for what concerns all."""
        ranks = [rank for rank in settings.ranks if problem.key in (EVERYWHERE, rank.role_id)]
        rank = ranks[0] if ranks else Rank(problem.retired or RoleId(problem.key), 0)
        giving = bool(ranks)
        found = obstacle(hall, rank.role_id, trusted=rank.trusted, giving=giving)
        if problem.key == EVERYWHERE:
            return found if found is Obstacle.PERMISSION else None
        if found is Obstacle.GONE and not giving:
            return None
        if found is None and problem.obstacle is Obstacle.REFUSED:
            return self._try(settings, hall.guild_id, problem, rank)
        return found

    def _try(
        self, settings: RewardSettings, guild_id: GuildId, problem: Problem, rank: Rank
    ) -> Obstacle | None:
        """Do what Discord refused for one member: nothing else shows whether it still does."""
        user_id = problem.user_id
        member = None if user_id is None else self.discord.holder(guild_id, user_id)
        tally = None if user_id is None else self.rows.tally(guild_id, user_id)
        if user_id is None or member is None or tally is None:
            return None
        due = rank.role_id in roles_due(settings.ranks, tally.effective, settings.mode)
        if due == (rank.role_id in member.roles):
            return None
        return self._do(RoleChange(guild_id, user_id, rank.role_id, giving=due))


def _matters(settings: RewardSettings, problem: Problem) -> bool:
    if passes(problem):
        return False  # the next message shows whether it can be written to
    if problem.retired is not None:
        return True
    roles = {str(rank.role_id) for rank in settings.ranks}
    return settings.on and bool(roles) and problem.key in {EVERYWHERE, *roles}
