"""Lines that stand in the ledger and were never booked: read, to be booked now (SPEC 11.5)."""

from dataclasses import dataclass

from usher.attribution.ports import Guilds, Ledger
from usher.contracts.mending import YOUNG, LinesUnbooked
from usher.contracts.observation import Observation
from usher.ids import UserId
from usher.ledger.lines import Line


@dataclass(frozen=True, slots=True)
class Mender:
    """Reads lines that an observation says are unbooked."""

    guilds: Guilds
    ledger: Ledger

    def lines(self, observation: Observation) -> tuple[Line, ...]:
        """Read those that have not been booked meanwhile; too old ones are left alone.

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
        return self.ledger.read(observation.guild_id, left) if left else ()


def users_in(lines: tuple[Line, ...]) -> frozenset[UserId]:
    """Whose records the lines concern."""
    return frozenset(line.user_id for line in lines if line.user_id is not None)
