"""The table beside itself: boards and counters, links and campaigns (SPEC 11.5)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from usher.credit.rules import ALL_TIME
from usher.ids import GuildId
from usher.integrity.model import Found, Kind
from usher.integrity.ports import MovedError, Table
from usher.integrity.row_diff import Item

ROUNDS: Final = 5
PAUSE_SECONDS: Final = 1.0


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
            scores = dict(scores_of(guild_id, self.table.rows(guild_id)))
            board = self.table.board(guild_id)
            if before is not None and not before.is_burst and self.table.head(guild_id) == before:
                return [
                    Found(Kind.BOARD, key, f"{listed} on the board, {score} in the row")
                    for key in sorted({*scores, *board})
                    if (score := scores.get(key, 0)) != (listed := board.get(key, 0))
                ]
            self.pause(PAUSE_SECONDS)
        raise MovedError


def scores_of(guild_id: GuildId, rows: Iterable[Item]) -> Iterable[tuple[str, int]]:
    """Say where rows of counters stand on the board of all time.

    Whether their scores are right is compared with the ledger, like all they hold.
    """
    board = f"G#{guild_id}#board#{ALL_TIME}"
    for row in rows:
        if row.get("board", {}).get("S") == board:
            yield str(row["sk"]["S"]), int(row["score"]["N"])
