"""How many people each staff member referred, by the last words of the ledger (SPEC 3.6)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType
from usher.ledger.options import Wanted
from usher.ledger.patience import Patience
from usher.ledger.reader import LedgerReader
from usher.ledger.spool import spool
from usher.staff.report_found import Referrals


@dataclass(frozen=True, slots=True)
class StaffReport:
    """Implements Reports."""

    reader: LedgerReader
    patience: Patience

    def referrals(
        self, guild_id: GuildId, wanted: Wanted, staff: Sequence[UserId]
    ) -> tuple[Referrals, ...]:
        """Count, most joins first, then lower user ids; zeros for who referred nobody.

        Raises TooLongError, LineError, ChainError and errors of the bucket.
        """
        deadline = self.patience.starts()
        first = None if wanted.start is None else wanted.start.astimezone(UTC).date()
        joined: Counter[UserId] = Counter()
        left: Counter[UserId] = Counter()
        unpaired: Counter[UserId] = Counter()
        with spool() as joins:
            lines = deadline.heed(self.reader.lines(guild_id, first))
            for line in _noting_credits(lines, wanted, unpaired):
                joins.take(line)
            for one in deadline.heed(joins.memberships()):
                inviter = one.word.inviter_id
                if inviter is not None and wanted.holds(_moment(one.line)):
                    joined[inviter] += 1
                    left[inviter] += one.ended
        counted = [Referrals(one, joined[one], left[one], unpaired[one]) for one in staff]
        return tuple(sorted(counted, key=lambda one: (-one.total, int(one.user_id))))


def _noting_credits(
    lines: Iterable[Line], wanted: Wanted, unpaired: Counter[UserId]
) -> Iterator[Line]:
    """Pass lines on and sum up the credits that belong to no single join (SPEC 1.3)."""
    credited: dict[str, Line] = {}
    withdrawn: set[str | None] = set()
    for line in lines:
        if line.type is LineType.CREDIT:
            credited[line.event_id] = line
        elif line.type is LineType.WITHDRAWAL:
            withdrawn.add(line.corrects)
        yield line
    for line in credited.values():
        # Imported uses are of no known day, as on the boards (credit/rules.py).
        counts = wanted.holds(line.timestamp) and not (line.imported and wanted != Wanted())
        if counts and line.staff_id and line.event_id not in withdrawn:
            unpaired[line.staff_id] += line.delta or 0


def _moment(line: Line) -> datetime:
    """When somebody came: what an import tells was seen long after."""
    return line.joined_at if line.imported and line.joined_at else line.timestamp
