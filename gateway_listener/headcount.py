"""How many members a guild has: told by Discord, moved by who comes and goes."""

from collections.abc import Iterable

from usher.contracts.observation import GatewayEvent, MemberJoined, MemberLeft


class Headcount:
    """The members of one guild after all events that were sealed.

    An event that Discord repeats counts twice; the next GUILD_CREATE sets that right.
    """

    def __init__(self) -> None:
        self.now: int | None = None
        """None while Discord has not told of it."""

    def told(self, count: object, waiting: Iterable[GatewayEvent] = ()) -> None:
        """Take Discord's number, which `waiting` events have moved already."""
        self.now = None
        if isinstance(count, int) and not isinstance(count, bool):
            self.now = max(0, count - _moved(waiting))

    def move(self, events: Iterable[GatewayEvent]) -> None:
        """Take events that were sealed."""
        if self.now is not None:
            self.now = max(0, self.now + _moved(events))


def _moved(events: Iterable[GatewayEvent]) -> int:
    return sum(isinstance(e, MemberJoined) - isinstance(e, MemberLeft) for e in events)
