"""What the referral service asks of the world, and what may go wrong there."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from usher.contracts.hook_event import HookEvent
from usher.ids import GuildId
from usher.referrals.clicks import Click
from usher.referrals.model import Campaign, CampaignId, Link, LinkCode

type EventOf = Callable[[Click], HookEvent]
"""What is to be told of a click, once it is known what it counts as."""


class TakenError(Exception):
    """A link of this code, or a campaign of this id, is there already."""


class StaleError(Exception):
    """Somebody else changed it since it was read."""


class ReferralTable(Protocol):
    """Campaigns and links. Every method may raise AwsError."""

    def link(self, code: LinkCode) -> Link | None:
        """Read a link."""
        ...

    def campaign(self, guild_id: GuildId, campaign_id: CampaignId) -> Campaign | None:
        """Read a campaign."""
        ...

    def campaigns(self, guild_id: GuildId) -> tuple[Campaign, ...]:
        """Read all campaigns of a guild, oldest first."""
        ...

    def add_campaign(self, campaign: Campaign) -> None:
        """Write a new campaign; raises TakenError."""
        ...

    def change_campaign(self, campaign: Campaign) -> None:
        """Replace a campaign of the version before; raises StaleError."""
        ...

    def links(self, guild_id: GuildId) -> tuple[Link, ...]:
        """Read all links of a guild, newest first."""
        ...

    def add_link(self, link: Link, event: HookEvent | None = None) -> None:
        """Write a new link, and an event with it; raises TakenError."""
        ...

    def change_link(self, link: Link) -> None:
        """Replace a link's own attributes, of the version before; raises StaleError."""
        ...


class ClickTable(Protocol):
    """Clicks and what is counted of them. Every method may raise AwsError."""

    def salt(self, day: date, fresh: bytes) -> bytes:
        """Read the day's salt, writing `fresh` where there is none yet."""
        ...

    def record(self, click: Click, event: EventOf | None = None) -> Click:
        """Keep a click and count it; a visitor's second within the hour comes back as a repeat.

        What `event` tells of it is written with it. The same click again changes nothing.
        """
        ...

    def clicks(self, code: LinkCode, since: datetime, limit: int) -> tuple[Click, ...]:
        """Read a link's clicks, newest first."""
        ...


class KeptHooks(Protocol):
    """Hands over events that were written with their facts (SPEC 5.10)."""

    def wanted(self, guild_id: GuildId) -> bool:
        """Whether the guild has webhooks. May raise AwsError."""
        ...

    def hand_over(self, event: HookEvent) -> None:
        """Say that an event was written; if that fails, the clock says it later."""
        ...
