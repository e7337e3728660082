"""A session taken up: what another process may have told of already is told so that it shows."""

from dataclasses import replace
from datetime import datetime

from usher.contracts.observation import GatewayEvent, MemberJoined, MemberLeft
from usher.ids import GuildId, UserId


class Replay:
    """The dispatches between the point where a session was taken up and RESUMED.

    Discord dates joins but not leaves. A leave that is replayed gets the earliest time at which it
    can have happened: with the time of the replay it could end a membership that began after it.
    """

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._joined: dict[tuple[GuildId, UserId], datetime] = {}

    def dated(self, guild_id: GuildId, event: GatewayEvent) -> GatewayEvent:
        """Take the next event, and tell it with a time that is not too late."""
        if isinstance(event, MemberJoined):
            self._joined[guild_id, event.person.user_id] = event.joined_at
        elif isinstance(event, MemberLeft):
            joined_at = self._joined.get((guild_id, event.user_id), self._since)
            earliest = min(event.at, max(self._since, joined_at))
            return replace(event, at=earliest, until=event.at)
        return event
