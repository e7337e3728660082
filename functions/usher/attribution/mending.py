"""Lines that stand in the ledger and were never booked: booked now, or withdrawn (SPEC 11.5).

Most lines mean what they do by their place in the order of booking. One of these whose version of
the head was reached without it has lost its place: it is withdrawn, and what still holds of it is
said anew by whoever decides it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from usher.attribution.ports import Guilds, Ledger
from usher.contracts.mending import YOUNG, LinesUnbooked
from usher.contracts.observation import Observation
from usher.ids import UserId
from usher.ledger.lines import Line, LineType, anew_id, version_of, withdrawal_id, withdrawal_of
from usher.ledger.names import Names

BOOKABLE: Final = frozenset(
    {LineType.JOIN, LineType.LEAVE, LineType.GRANT, LineType.UPGRADE, LineType.WITHDRAWAL}
)
"""What may be booked late: it means the same whatever was booked since. Later words, verdicts and
settings may have newer ones by now, and credit without a pairing was decided anew by whatever
observation came next: booked late it would count twice."""


@dataclass(frozen=True, slots=True)
class Mender:
    """Finishes what was recorded and not booked, for a `version` of the head. May raise AWS's."""

    guilds: Guilds
    ledger: Ledger
    version: int

    def lines(self, observation: Observation) -> tuple[Line, ...]:
        """Give what is to be booked for lines that an observation says are unbooked.

        Those that have been booked meanwhile and old ones are left alone.
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
        settled = {withdrawal_id(event_id): event_id for event_id in named}
        settled |= {event_id: event_id for event_id in named}
        done = {settled[one] for one in self.guilds.applied(settled)}
        left = [(event_id, at) for event_id, at in named.items() if event_id not in done]
        read = self.ledger.read(observation.guild_id, left) if left else ()
        lost = [line for line in read if self._has_lost_its_place(line)]
        withdrawn = [withdrawal_of(line, (self.version, n)) for n, line in enumerate(lost)]
        return (
            *(line for line in read if line.type in BOOKABLE),
            *self.ledger.record(withdrawn, ()),
        )

    def anew(
        self, ours: Mapping[str, Line], stand: Sequence[Line], names: Sequence[Names]
    ) -> tuple[Line, ...]:
        """Say anew what an earlier try recorded and lost the place of; the rest stands.

        `ours` are the lines as decided now, by their events, and `stand` those of the ledger.
        """
        suspected = [line.event_id for line in stand if self._has_lost_its_place(line)]
        lost = {*suspected} - self.guilds.applied(suspected) if suspected else set[str]()
        if not lost:
            return tuple(stand)
        gone = [
            withdrawal_of(line, ours[line.event_id].seq) for line in stand if line.event_id in lost
        ]
        said = {id_: replace(ours[id_], event_id=anew_id(id_, self.version)) for id_ in lost}
        told = [
            replace(one, line=said[one.line.event_id]) for one in names if one.line.event_id in lost
        ]
        kept = self.ledger.record([*gone, *said.values()], told)
        anew = dict(zip(said, kept[len(gone) :], strict=True))
        return (*kept[: len(gone)], *(anew.get(line.event_id, line) for line in stand))

    def _has_lost_its_place(self, line: Line) -> bool:
        return line.type not in BOOKABLE and version_of(line) < self.version


def users_in(lines: tuple[Line, ...]) -> frozenset[UserId]:
    """Whose records the lines concern."""
    return frozenset(line.user_id for line in lines if line.user_id is not None)
