"""What the referral service asks of the world, and what may go wrong there."""

from datetime import date, datetime
from typing import Protocol

from usher.ids import GuildId
from usher.referrals.clicks import Click
from usher.referrals.model import Campaign, CampaignId, Link, LinkCode


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

    def add_link(self, link: Link) -> None:
        """Write a new link; raises TakenError."""
        ...

    def change_link(self, link: Link) -> None:
        """Replace a link's own attributes, of the version before; raises StaleError."""
        ...


class ClickTable(Protocol):
    """Clicks and what is counted of them. Every method may raise AwsError."""

    def salt(self, day: date, fresh: bytes) -> bytes:
        """Read the day's salt, writing `fresh` where there is none yet."""
        ...

    def record(self, click: Click) -> Click:
        """Keep a click and count it; a visitor's second within the hour comes back as a repeat.

        The same click again changes nothing.
        """
        ...

    def clicks(self, code: LinkCode, since: datetime, limit: int) -> tuple[Click, ...]:
        """Read a link's clicks, newest first."""
        ...
