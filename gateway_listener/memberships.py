"""Which membership a leave can have ended, as far as its listener can tell.

Discord does not name the membership that GUILD_MEMBER_REMOVE ends. Where another listener has told
of the member's return meanwhile, the leave must not be taken for the end of that.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.observation import GatewayEvent, MemberJoined, MemberLeft
from usher.ids import GuildId, UserId

LOOKED_BACK: Final = timedelta(seconds=60)
"""No listener lags further behind another."""
KEPT: Final = 2 * LOOKED_BACK
"""Longer than that, so that clocks may differ."""


class Memberships:
    """The joins of the last minutes, and since when all were heard. Times are the listener's."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._joined: dict[tuple[GuildId, UserId], tuple[datetime, datetime]] = {}

    def heard_since(self, moment: datetime) -> None:
        """Begin anew: what happened before was not heard."""
        self._since = moment
        self._joined.clear()

    def told(self, guild_id: GuildId, event: GatewayEvent) -> GatewayEvent:
        """Take the next event; a leave says by when the membership that it ended had begun."""
        if isinstance(event, MemberJoined):
            self._forget(event.at - KEPT)
            key = guild_id, event.person.user_id
            _, before = self._joined.pop(key, (event.at, event.joined_at))
            self._joined[key] = event.at, max(before, event.joined_at)
        elif isinstance(event, MemberLeft):
            heard = self._joined.get((guild_id, event.user_id))
            unheard = max(self._since, event.at - LOOKED_BACK)
            return replace(event, began_by=unheard if heard is None else heard[1])
        return event

    def _forget(self, before: datetime) -> None:
        while self._joined:
            key = next(iter(self._joined))
            if self._joined[key][0] >= before:
                return
            del self._joined[key]
