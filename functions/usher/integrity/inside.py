"""The table beside itself: boards and counters, links and campaigns (SPEC 11.5)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from usher.credit.queries import Tally
from usher.ids import VANITY, GuildId
from usher.integrity.model import Found, Kind
from usher.integrity.ports import MovedError, Table
from usher.integrity.row_diff import Item

ROUNDS: Final = 5
PAUSE_SECONDS: Final = 1.0
_COUNTS: Final = ("tracked", "added", "fake", "left")


@dataclass(frozen=True, slots=True)
class Inside:
    """Compares a guild's rows with each other. Methods may raise errors of AWS."""

    table: Table
    pause: Callable[[float], None]

    def check(self, guild_id: GuildId) -> list[Found]:
        """Name counters that stand wrong on the board of all time, and links without campaign.

        Raises MovedError.
        """
        found = self._boards(guild_id)
        if found:
            # The index follows the table after a moment: what differs twice, differs.
            self.pause(PAUSE_SECONDS)
            again = {one.key for one in self._boards(guild_id)}
            found = [one for one in found if one.key in again]
        return found + [
            Found(Kind.ORPHAN, code, f"campaign {campaign} is gone")
            for code, campaign in self.table.orphans(guild_id)
        ]

    def _boards(self, guild_id: GuildId) -> list[Found]:
        for _ in range(ROUNDS):
            before = self.table.head(guild_id)
            scores = dict(scores_of(self.table.rows(guild_id)))
            board = self.table.board(guild_id)
            if before is not None and not before.is_burst and self.table.head(guild_id) == before:
                return [
                    Found(Kind.BOARD, key, f"{listed} on the board, {score} by the counters")
                    for key in sorted({*scores, *board})
                    if (score := scores.get(key, 0)) != (listed := board.get(key, 0))
                ]
            self.pause(PAUSE_SECONDS)
        raise MovedError


def scores_of(rows: Iterable[Item]) -> Iterable[tuple[str, int]]:
    """Say what each row of counters of all time adds up to."""
    for row in rows:
        key = str(row["sk"]["S"])
        if key.startswith("C#") and key.count("#") == 1 and key != f"C#{VANITY}":
            counts = (int(row.get(name, {}).get("N", 0)) for name in _COUNTS)
            yield key, Tally(*counts).effective
