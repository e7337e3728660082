"""Telling the funnel and the webhooks how far members are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from usher.contracts.hook_event import Hooks
from usher.funnel.model import Outcome
from usher.funnel.ports import Converted, Started, Steps
from usher.hooks.facts import member_qualified
from usher.onboarding.model import Session, Stay
from usher.referrals.model import LinkCode


@dataclass(frozen=True, slots=True)
class Recording:
    """Implements Recorder. Raises what the funnel and the queue raise; repeating is harmless."""

    steps: Steps
    hooks: Hooks

    def started(self, stay: Stay, at: datetime, claimed: LinkCode | None) -> None:
        """Record that the onboarding was begun."""
        step = Started(stay.guild_id, stay.user_id, at, stay.joined_at, claimed)
        self.steps.onboarding_started(step)

    def converted(
        self,
        stay: Stay,
        at: datetime,
        value: Decimal,
        metadata: Mapping[str, str | int],
        claimed: LinkCode | None,
    ) -> bool:
        """Record that the member became what the campaign is for."""
        step = Converted(stay.guild_id, stay.user_id, at, value, metadata, stay.joined_at, claimed)
        return self.steps.converted(step) is not Outcome.UNKNOWN

    def qualified(self, session: Session, at: datetime) -> None:
        """Tell those who have asked for it."""
        stay = session.stay
        event = member_qualified(
            stay.guild_id,
            stay.user_id,
            stay.joined_at,
            at,
            code=session.link,
            campaign_id=session.campaign_id,
        )
        self.hooks.emit([event])
