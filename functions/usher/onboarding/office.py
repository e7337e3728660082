"""All that the effects function does of onboardings."""

from dataclasses import dataclass

from usher.contracts.effect import MendRank
from usher.contracts.onboarding_effects import FollowOnboarding, OfferOnboarding
from usher.ids import GuildId, UserId
from usher.onboarding.giving import RoleGiving
from usher.onboarding.settling import Settling
from usher.onboarding.welcoming import Welcoming


@dataclass(frozen=True, slots=True)
class Office:
    """Sends buttons, and does what follows from them. Raises what its parts raise."""

    welcoming: Welcoming
    settling: Settling
    giving: RoleGiving

    def look(self, guild_id: GuildId, user_id: UserId) -> None:
        """Look whether a member is to be sent the button."""
        self.welcoming.look(guild_id, user_id)

    def offer(self, order: OfferOnboarding) -> None:
        """Send the button that a program asks for."""
        self.welcoming.offer(order)

    def follow(self, order: FollowOnboarding) -> None:
        """Do what follows from how far somebody is."""
        self.settling.follow(order)

    def mend(self, order: MendRank) -> None:
        """Look whether a role can be given that could not."""
        self.giving.mend(order)
