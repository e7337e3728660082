"""Which updates of members are worth telling: those of newcomers that say something new."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.observation import GatewayEvent, MemberJoined, MemberUpdated
from usher.ids import GuildId, RoleId, UserId

NEWCOMER: Final = timedelta(days=7)
"""How long after a join its member's updates matter; Discord tells of every member's, always."""
REMEMBERED: Final = 5_000
"""Members whose last word is kept, those of the latest; what is forgotten may be told twice."""

type _Word = tuple[datetime, bool, tuple[RoleId, ...]]


class Updates:
    """The last word on members, as far as it is remembered."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._last: OrderedDict[tuple[GuildId, UserId], _Word] = OrderedDict()

    def news(self, guild_id: GuildId, event: GatewayEvent | None) -> GatewayEvent | None:
        """Return the event if it is to be told; remember what it says of the member."""
        match event:
            case MemberJoined():
                self._say(guild_id, event.person.user_id, event)
            case MemberUpdated():
                young = event.at - event.joined_at <= NEWCOMER
                return event if young and self._say(guild_id, event.user_id, event) else None
            case _:
                pass
        return event

    def _say(self, guild_id: GuildId, user_id: UserId, event: MemberJoined | MemberUpdated) -> bool:
        """Remember a word; say whether it differs from the last."""
        key, word = (guild_id, user_id), (event.joined_at, event.pending, event.roles)
        before = self._last.pop(key, None)
        self._last[key] = word
        if len(self._last) > self._remembered:
            self._last.popitem(last=False)
        return word != before
