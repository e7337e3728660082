"""Lines that stand in the ledger and were never booked: read, to be booked now (SPEC 11.5)."""

from dataclasses import dataclass
from typing import Final

from usher.attribution.ports import Guilds, Ledger
from usher.contracts.mending import YOUNG, LinesUnbooked
from usher.contracts.observation import Observation
from usher.ids import UserId
from usher.ledger.lines import Line, LineType

BOOKABLE: Final = frozenset({LineType.JOIN, LineType.LEAVE, LineType.GRANT, LineType.UPGRADE})
"""What may be booked late: it means the same whatever was booked since. Later words, verdicts and
settings may have newer ones by now, and credit without a pairing was decided anew by whatever
observation came next: booked late it would count twice."""


@dataclass(frozen=True, slots=True)
class Mender:
    """Reads lines that an observation says are unbooked."""

    guilds: Guilds
    ledger: Ledger

    def lines(self, observation: Observation) -> tuple[Line, ...]:
        """Read those that have not been booked meanwhile and may be; old ones are left alone.

        May raise errors of the ledger and the table.
        """
        named = {
            event_id: at
            for event in observation.events
            if isinstance(event, LinesUnbooked)
            for event_id, at in event.lines
            if at >= observation.at - YOUNG
        }
        if not named:
            return ()
        applied = self.guilds.applied(named)
        left = [(event_id, at) for event_id, at in named.items() if event_id not in applied]
        read = self.ledger.read(observation.guild_id, left) if left else ()
        return tuple(line for line in read if line.type in BOOKABLE)


def users_in(lines: tuple[Line, ...]) -> frozenset[UserId]:
    """Whose records the lines concern."""
    return frozenset(line.user_id for line in lines if line.user_id is not None)
