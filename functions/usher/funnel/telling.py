"""Telling webhooks whether a conversion counts (SPEC 5.10)."""

from dataclasses import dataclass

from usher.contracts.hook_event import Hooks
from usher.funnel.model import Journey, journey_id
from usher.hooks.facts import conversion_recorded, conversion_withdrawn


@dataclass(frozen=True, slots=True)
class HookTeller:
    """Implements Teller. The same conversion again is the same event."""

    hooks: Hooks

    def conversion_recorded(self, journey: Journey) -> None:
        """Tell that a conversion counts; raises an error of the queue."""
        won, place = journey.conversion, journey.place
        if won is None or place is None:
            return
        event = conversion_recorded(
            journey.guild_id,
            journey_id(journey),
            journey.user_id,
            won.at,
            code=place.link,
            campaign_id=place.campaign_id,
            value=won.value,
            metadata=dict(won.metadata),
            before=won.told,
        )
        self.hooks.emit((event,))

    def conversion_withdrawn(self, journey: Journey) -> None:
        """Tell that a conversion does not count after all; raises an error of the queue."""
        won = journey.conversion
        if won is None:
            return
        event = conversion_withdrawn(
            journey.guild_id,
            journey_id(journey),
            journey.user_id,
            won.held_at or won.at,
            value=won.value,
            signals=[one.kind.value for one in won.signals],
            before=won.told,
        )
        self.hooks.emit((event,))
