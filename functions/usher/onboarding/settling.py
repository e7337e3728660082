"""What follows from an onboarding: it is recorded, roles are given, a conversion counts (SPEC 5.7).

Every step may be repeated. Roles are given before the conversion is recorded, since it tells which;
what is in the way of one neither holds up the others nor the conversion.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.contracts.onboarding_effects import FollowOnboarding
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.onboarding.model import Session, Stay, Way
from usher.onboarding.ports import Recorder, Sessions
from usher.onboarding.rules import metadata, name_of
from usher.referrals.model import Campaign, CampaignId, LinkCode
from usher.referrals.ports import ReferralTable
from usher.rewards.ports import Discord
from usher.rewards.settings import RewardSettings
from usher.slash import text
from usher.slash.say import say, speaking
from usher.times import parse_time


class Giving(Protocol):
    """Gives roles; what is in the way is told. May raise DiscordError."""

    def give(
        self, stay: Stay, roles: Sequence[RoleId], reason: str
    ) -> tuple[tuple[RoleId, ...], tuple[RoleId, ...]]:
        """Give roles; return which were given, and which may be given later."""
        ...


class Settings(Protocol):
    """What the guild has set. May raise an error of the store."""

    def settings(self, guild_id: GuildId) -> RewardSettings:
        """Read where admins are told of things."""
        ...


@dataclass(frozen=True, slots=True)
class Settling:
    """Does what follows. Raises what its parts raise."""

    sessions: Sessions
    referrals: ReferralTable
    recorder: Recorder
    giving: Giving
    discord: Discord
    settings: Settings
    silent: Callable[[GuildId, ChannelId], None]
    clock: Callable[[], datetime]

    def follow(self, order: FollowOnboarding) -> None:
        """Note how far an onboarding is, and do what follows."""
        at = parse_time(order.at)
        stay = Stay(order.guild_id, order.user_id, parse_time(order.joined_at))
        link = LinkCode(order.link) if order.link else None
        session = self.sessions.open(
            Session(stay, CampaignId(order.campaign_id), Way(order.way), at, link)
        )
        self.sessions.started(stay, at)
        claimed = session.link if session.way is Way.API else None
        self.recorder.started(stay, session.started_at or at, claimed)
        if order.step == "completed":
            self.sessions.completed(stay, order.fields, at)
            found = self.sessions.find(stay)
            if found is not None and (found.settled_at is None or found.owed):
                self._settle(found, claimed)

    def _settle(self, session: Session, claimed: LinkCode | None) -> None:
        stay, now = session.stay, self.clock()
        campaign = self.referrals.campaign(stay.guild_id, session.campaign_id)
        roles: tuple[RoleId, ...] = () if campaign is None else campaign.role_ids
        given, owed = self._give(stay, campaign, session.owed or roles)
        given = tuple(dict.fromkeys((*session.given, *given)))
        if session.settled_at is None and campaign is not None:
            recorded = self.recorder.converted(
                stay,
                session.completed_at or now,
                campaign.value,
                metadata(session.fields, self._named(stay.guild_id, given)),
                claimed,
            )
            if not recorded:
                return  # a look at the member follows when their join is on record
            self.recorder.qualified(session, session.completed_at or now)
            if roles and not campaign.automatic_roles:
                self._ask(stay, campaign)
        self.sessions.settled(stay, given, owed, now)

    def _give(
        self, stay: Stay, campaign: Campaign | None, roles: tuple[RoleId, ...]
    ) -> tuple[tuple[RoleId, ...], tuple[RoleId, ...]]:
        """Give roles to a member; who has yet to pass the screening gets them after that.

        A role would let them past it.
        """
        if campaign is None or not campaign.automatic_roles or not roles:
            return (), ()
        holder = self.discord.holder(stay.guild_id, stay.user_id)
        if holder is None:
            return (), ()
        if holder.pending:
            return (), roles
        return self.giving.give(stay, roles, f"Onboarding of {campaign.name}")

    def _named(self, guild_id: GuildId, roles: Sequence[RoleId]) -> list[str]:
        hall = self.discord.hall(guild_id) if roles else None
        known = {} if hall is None else hall.roles
        return [known[role].name if role in known else role for role in roles]

    def _ask(self, stay: Stay, campaign: Campaign) -> None:
        """Name the roles to the admins, who give them by hand."""
        channel = self.settings.settings(stay.guild_id).admin_channel_id
        if channel is None:
            return
        said = words_for_admins(stay.user_id, campaign)
        if not self.discord.post(channel, name_of("roles", stay), said):
            self.silent(stay.guild_id, channel)


def words_for_admins(user_id: UserId, campaign: Campaign) -> str:
    """Say who has completed an onboarding, and which roles are theirs now."""
    with speaking(campaign.locale):
        return say(
            "{user} has completed the onboarding of **{campaign}**. Theirs now: {roles}.",
            user=text.user(user_id),
            campaign=text.escape(campaign.name),
            roles=", ".join(text.role(role) for role in campaign.role_ids),
        )
