"""A member's roles and milestones brought to what their invites have earned.

What is due follows from the table and what is held from Discord, both as they are now; only the
difference is done. So it does not matter why, how often or in which order one is looked at, and
what a crash or a refusal left undone is done at the next look.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.effect import CheckStanding, SweepStandings
from usher.credit.queries import Tally
from usher.ids import GuildId, UserId
from usher.rewards.announcing import announcement
from usher.rewards.milestones import message_id, next_look, reached
from usher.rewards.owed import effect_id
from usher.rewards.ports import Discord, Orders, Rows
from usher.rewards.ranks import difference, roles_due
from usher.rewards.settings import RewardSettings
from usher.rewards.trouble import RoleChange, Trouble
from usher.slash import text

PAGE: Final = 20
"""Members whom one step of a sweep has looked at."""
PAGE_SECONDS: Final = 8
"""Between the steps: some three members a second, so that a sweep leaves room for others."""
PENDING: Final = timedelta(hours=1)
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
        settings = self.rows.settings(guild_id)
        tally = self.rows.tally(guild_id, user_id)
        coming: list[datetime] = []
        if tally is not None:
            coming += self._put_right(order, settings, tally)
            if settings.milestone_channel_id is not None:
                coming += self._celebrate(guild_id, user_id, settings, tally)
        again = min(coming, default=None)
        if again is not None or order.due_at is not None:
            self.rows.appoint(guild_id, user_id, again)

    def sweep(self, order: SweepStandings) -> None:
        """Have a page of members looked at, and the next one after it."""
        guild_id, settings = order.guild_id, self.rows.settings(order.guild_id)
        if not (settings.on or settings.milestone_channel_id or order.retired):
            return
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

    def _put_right(
        self, order: CheckStanding, settings: RewardSettings, tally: Tally
    ) -> Iterable[datetime]:
        """Give and take roles; say when to look again."""
        guild_id, user_id = order.guild_id, order.user_id
        ranks = settings.ranks if settings.on else ()
        present = {rank.role_id for rank in settings.ranks}
        retired = [role for role in order.retired if role not in present]
        governed = {rank.role_id for rank in ranks} | set(retired)
        member = self.discord.holder(guild_id, user_id) if governed else None
        if member is None:
            return ()
        due = roles_due(ranks, tally.effective, settings.mode)
        give, take = difference(member.roles, due, governed)
        trusted = {rank.role_id for rank in ranks if rank.trusted}
        reason = f"Invite rank: {text.count(tally.effective, 'effective invite')}"
        for role_id, giving in (*((one, True) for one in give), *((one, False) for one in take)):
            if giving and member.pending:
                continue
            wanted = RoleChange(
                guild_id,
                user_id,
                role_id,
                giving=giving,
                trusted=role_id in trusted,
                retired=role_id in retired,
                reason=reason,
            )
            self.trouble.change(settings, wanted)
        return (self.clock() + PENDING,) if give and member.pending else ()

    def _celebrate(
        self, guild_id: GuildId, user_id: UserId, settings: RewardSettings, tally: Tally
    ) -> Iterable[datetime]:
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
        return () if again is None else (again,)

    def _tell(
        self, guild_id: GuildId, user_id: UserId, settings: RewardSettings, tally: Tally, name: str
    ) -> None:
        channel, hall = settings.milestone_channel_id, self.discord.hall(guild_id)
        if channel is None or hall is None or self.discord.holder(guild_id, user_id) is None:
            return  # who has left is not celebrated
        said = announcement(settings.milestone_message, user_id, tally, name, hall.name)
        id_ = message_id(guild_id, user_id, name)
        if not self.discord.post(channel, id_, said, user_id):
            self.trouble.silent_channel(settings, guild_id, user_id)
