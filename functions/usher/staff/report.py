"""How many people each staff member referred, by the last words of the ledger (SPEC 3.6)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType
from usher.ledger.options import Wanted
from usher.ledger.patience import Patience
from usher.ledger.reader import LedgerReader
from usher.ledger.told import ToldJoins
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

        Raises TooLongError, LineError and errors of the bucket.
        """
        deadline = self.patience.starts()
        first = None if wanted.start is None else wanted.start.astimezone(UTC).date()
        joined: Counter[UserId] = Counter()
        left: Counter[UserId] = Counter()
        unpaired: Counter[UserId] = Counter()
        with ToldJoins() as joins:
            lines = deadline.heed(self.reader.lines(guild_id, first))
            joins.fill(_noting_credits(lines, wanted, unpaired))
            for told in deadline.heed(joins.joins(wanted)):
                if told.word.inviter_id is not None:
                    joined[told.word.inviter_id] += 1
                    left[told.word.inviter_id] += told.ended
        counted = [Referrals(one, joined[one], left[one], unpaired[one]) for one in staff]
        return tuple(sorted(counted, key=lambda one: (-one.total, int(one.user_id))))


def _noting_credits(
    lines: Iterable[Line], wanted: Wanted, unpaired: Counter[UserId]
) -> Iterator[Line]:
    """Pass lines on and sum up the credits that belong to no single join (SPEC 1.3)."""
    seen: set[str] = set()
    for line in lines:
        if line.type is LineType.CREDIT and line.staff_id and line.event_id not in seen:
            seen.add(line.event_id)
            if wanted.holds(line.timestamp):
                unpaired[line.staff_id] += line.delta or 0
        yield line
