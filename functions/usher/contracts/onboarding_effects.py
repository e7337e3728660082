"""Effects that lead newcomers through a campaign's onboarding (SPEC 5.6, 5.7)."""

from typing import Literal

from usher.frozen import frozen
from usher.ids import GuildId, UserId


@frozen
class FollowOnboarding:
    """Note how far a member's onboarding is, and do what follows from that."""

    id: str
    guild_id: GuildId
    user_id: UserId
    joined_at: str
    """Begin of the membership, as text."""
    campaign_id: str
    link: str | None
    way: str
    """As `usher.onboarding.model.Way` has it."""
    step: Literal["started", "completed"]
    at: str
    """When it was done, as text."""
    fields: int = 0
    """Questions that were answered."""
    kind: Literal["follow_onboarding"] = "follow_onboarding"


@frozen
class OfferOnboarding:
    """Send a member the button of a campaign's onboarding, as a program asks."""

    id: str
    guild_id: GuildId
    user_id: UserId
    campaign_id: str
    link: str | None
    """The referral code that the program names."""
    kind: Literal["offer_onboarding"] = "offer_onboarding"
