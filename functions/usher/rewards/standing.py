"""A member's roles and milestones brought to what their invites have earned.

What is due follows from the table and what is held from Discord, both as they are now; only the
difference is done. So it does not matter why, how often or in which order one is looked at, and
what a crash or a refusal left undone is done at the next look.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.effect import CheckStanding, SweepStandings
from usher.credit.queries import Tally
from usher.ids import GuildId, UserId
from usher.rewards.announcing import announcement
from usher.rewards.milestones import message_id, next_look, reached
from usher.rewards.owed import effect_id
from usher.rewards.ports import Discord, Inviters, Orders, Rows
from usher.rewards.ranks import Mode, difference, roles_due
from usher.rewards.settings import RewardSettings
from usher.rewards.trouble import RoleChange, Trouble
from usher.slash import text

PAGE: Final = 20
"""Members whom one step of a sweep has looked at."""
PAGE_SECONDS: Final = 8
"""Between the steps: some three members a second, so that a sweep leaves room for others."""
ROUNDS: Final = 4
PENDING: Final = timedelta(minutes=15)
"""When a member is looked at again who has yet to accept the server's rules."""


@dataclass(frozen=True, slots=True)
class Standings:
    """Looks at members."""

    rows: Rows
    discord: Discord
    orders: Orders
    trouble: Trouble
    clock: Callable[[], datetime]

    def check(self, order: CheckStanding) -> None:
        """Look at one member; raises DiscordError, and errors of table and queue."""
        guild_id, user_id = order.guild_id, order.user_id
        if order.due_at is not None and order.due_at != self.rows.appointment(guild_id, user_id):
            return  # looked at since
        settings, tally, coming = self._converge(order)
        if tally is not None and settings.milestone_channel_id is not None:
            coming += self._celebrate(guild_id, user_id, settings, tally)
        again = min(coming, default=None)
        if again is not None or order.due_at is not None:
            self.rows.appoint(guild_id, user_id, again)

    def sweep(self, order: SweepStandings) -> None:
        """Have a page of members looked at, and the next one after it."""
        guild_id, settings = order.guild_id, self.rows.settings(order.guild_id)
        if not (settings.on or settings.milestone_channel_id or order.retired):
            return
        page = Inviters(order.users, None)
        if not order.users:
            page = self.rows.inviters(guild_id, order.after, PAGE)
        self.orders.send(
            [
                CheckStanding(
                    effect_id("check", order.id, user), guild_id, user, retired=order.retired
                )
                for user in page.users
            ]
        )
        if page.after is not None:
            id_ = effect_id("sweep", order.id, page.after)
            following = SweepStandings(id_, guild_id, page.after, order.retired)
            self.orders.send([following], PAGE_SECONDS)

    def _converge(
        self, order: CheckStanding
    ) -> tuple[RewardSettings, Tally | None, list[datetime]]:
        """Put right until there is nothing to do; say when to look again.

        Counters may change between reading them and acting, and the look that follows from that may
        be over before this one acts: so what was acted on is read once more.
        """
        coming: list[datetime] = []
        for _ in range(ROUNDS):
            settings = self.rows.settings(order.guild_id)
            tally = self.rows.tally(order.guild_id, order.user_id)
            acted = False
            if tally is not None:
                acted, coming = self._put_right(order, settings, tally)
            if not acted:
                break
        return settings, tally, coming

    def _put_right(
        self, order: CheckStanding, settings: RewardSettings, tally: Tally
    ) -> tuple[bool, list[datetime]]:
        """Give and take roles; say whether any, and when to look again."""
        guild_id, user_id = order.guild_id, order.user_id
        ranks = settings.ranks if settings.on else ()
        present = {rank.role_id for rank in settings.ranks}
        retired = {role for role in order.retired if role not in present}
        governed = retired.union(rank.role_id for rank in ranks)
        member = self.discord.holder(guild_id, user_id) if governed else None
        if member is None:
            return False, []
        due = roles_due(ranks, tally.effective, settings.mode)
        give, take = difference(member.roles, due, governed)
        if member.pending and give:
            give, later = (), [self.clock() + PENDING]
        else:
            later = []
        trusted = {rank.role_id for rank in ranks if rank.trusted}
        reason = f"Invite rank: {text.count(tally.effective, 'effective invite')}"
        given = [
            self.trouble.change(
                settings,
                RoleChange(
                    guild_id, user_id, role, giving=True, trusted=role in trusted, reason=reason
                ),
            )
            for role in give
        ]
        if later or not all(given):
            # Until the highest can be given, a lower one that was earned too is kept.
            earned = roles_due(ranks, tally.effective, Mode.STACK)
            take = tuple(role for role in take if role not in earned)
        taken = [
            self.trouble.change(
                settings,
                RoleChange(
                    guild_id, user_id, role, giving=False, retired=role in retired, reason=reason
                ),
            )
            for role in take
        ]
        return any((*given, *taken)), later

    def _celebrate(
        self, guild_id: GuildId, user_id: UserId, settings: RewardSettings, tally: Tally
    ) -> list[datetime]:
        """Tell of milestones and record them; say when to look again."""
        now, days = self.clock(), self.rows.days(guild_id, user_id)
        found = reached(tally, days, settings.milestone_numbers, settings.milestones_since, now)
        recorded = self.rows.achieved(guild_id, user_id) if found else frozenset[str]()
        for one in found:
            if one.name not in recorded:
                if one.news:
                    self._tell(guild_id, user_id, settings, tally, one.name)
                self.rows.record(guild_id, user_id, one.name, now)
        again = next_look(days, now)
        return [] if again is None else [again]

    def _tell(
        self, guild_id: GuildId, user_id: UserId, settings: RewardSettings, tally: Tally, name: str
    ) -> None:
        channel, hall = settings.milestone_channel_id, self.discord.hall(guild_id)
        if channel is None or hall is None or self.discord.holder(guild_id, user_id) is None:
            return  # who has left is not celebrated
        said = announcement(settings.milestone_message, user_id, tally, name, hall.name)
        id_ = message_id(guild_id, user_id, name)
        if not self.discord.post(channel, id_, said, user_id):
            self.trouble.silent(guild_id, channel)
