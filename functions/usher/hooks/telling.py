"""Telling a guild's admins, once, that an endpoint was given up."""

from dataclasses import dataclass, replace
from hashlib import sha256

from usher.contracts.effect import SendMessage
from usher.hooks.model import Ending, Endpoint, Health
from usher.hooks.ports import Admins, Effects, EndpointTable, StaleError
from usher.hooks.targets import shown
from usher.slash.say import say
from usher.times import format_time


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells of endpoints that were given up."""

    endpoints: EndpointTable
    admins: Admins
    effects: Effects

    def tell(self, endpoint: Endpoint, health: Health) -> None:
        """Tell of an endpoint that has ended, unless it was told; raises AwsError."""
        if health.ending is None or health.told or health.ended_at is None:
            return
        channel = self.admins.channel(endpoint.guild_id)
        if channel is not None:
            named = "|".join((endpoint.guild_id, endpoint.id, format_time(health.ended_at)))
            id_ = sha256(f"webhook|{named}".encode()).hexdigest()[:25]
            said = sentence(endpoint, health.ending)
            self.effects.send([SendMessage(id_, endpoint.guild_id, channel, said)])
        try:
            self.endpoints.keep_health(endpoint, health, replace(health, told=True))
        except StaleError:
            return  # told by somebody else, or switched on again


def sentence(endpoint: Endpoint, ending: Ending) -> str:
    """Say what has happened, and what to do."""
    where = f"`{shown(endpoint.url)}`"
    mend = say(
        "Events are kept for seven days: mend it, switch it on with `/webhook enable` ({id}), and "
        "send what it missed with `/webhook replay`.",
        id=endpoint.id,
    )
    if ending is Ending.GONE:
        off = say(
            "The webhook {url} answered that it is gone for good (410): I switched it off.",
            url=where,
        )
    else:
        off = say(
            "The webhook {url} has taken nothing for three days: I switched it off.", url=where
        )
    return f"{off} {mend}"
