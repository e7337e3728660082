"""Leaves that are told again after the return that followed them. Pure."""

from collections.abc import Sequence
from datetime import datetime

from usher.attribution.facts import MemberDeparted
from usher.attribution.model import Membership
from usher.contracts.observation import GatewayEvent, MemberJoined, MemberLeft
from usher.credit.rules import MemberRecord
from usher.ids import UserId


class Returns:
    """Who came back after leaving, as far as one observation tells.

    The order of events says so, where times may not: a listener that lags, or to whom a session is
    replayed, hears of a leave after the return that followed it.
    """

    def __init__(self, events: Sequence[GatewayEvent]) -> None:
        joined: dict[UserId, datetime] = {}
        self._after: dict[tuple[UserId, datetime], datetime | None] = {}
        repeated = _repeated(events)
        for n, event in reversed(list(enumerate(events))):
            if isinstance(event, MemberJoined) and n not in repeated:
                joined[event.person.user_id] = event.joined_at
            elif isinstance(event, MemberLeft):
                # A replay gives leaves one time: the last of them says whether they came back.
                self._after.setdefault((event.user_id, event.at), joined.get(event.user_id))

    def are_known(self, leave: MemberDeparted, record: MemberRecord | None) -> bool:
        """Whether who left has come back and that is on record: then the leave is told again.

        Of whom the listener heard the membership on record begin, that one has ended, whatever join
        it tells after the leave: Discord repeats joins, and dates them as it did at first.
        """
        came_back = self._after.get((leave.user_id, leave.at))
        if record is None or came_back is None or record.joined_at == leave.began_by:
            return False
        return came_back <= record.joined_at


def _repeated(events: Sequence[GatewayEvent]) -> set[int]:
    """Which of the events tell a join for a second time: that is no return."""
    told: set[Membership] = set()
    repeated: set[int] = set()
    for n, event in enumerate(events):
        if isinstance(event, MemberJoined):
            membership = (event.person.user_id, event.joined_at)
            if membership in told:
                repeated.add(n)
            told.add(membership)
    return repeated
