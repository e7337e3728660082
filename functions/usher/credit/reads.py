"""Credit read from the DynamoDB table, without the SDK (decision 6)."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from usher.credit.places import MOST_RANKED, PLACES, Place, place_among, read_histogram
from usher.credit.queries import LeaderboardPage, Period, Standing, Tally, span_of
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import DynamoReads, Item, Value


@dataclass(frozen=True, slots=True)
class DynamoCreditReads:
    """Implements CreditReads. Eventually consistent, unless asked otherwise."""

    table: DynamoReads

    def tally(self, guild_id: GuildId, user_id: UserId, *, consistent: bool = False) -> Tally:
        """Read a member's counters of all time; zeros for a member who invited nobody."""
        key = (f"G#{guild_id}", f"C#{user_id}")
        return tally_of(self.table.get(key, consistent=consistent) or {})

    def leaderboard(
        self, guild_id: GuildId, period: Period, now: datetime, page: int, size: int
    ) -> LeaderboardPage:
        """Read one page. The index leaves equals unordered, so whole groups of them are read.

        Not beyond MOST_RANKED, however many are equal.
        """
        end = page * size
        rows: list[Standing] = []
        name = board_name(guild_id, period, now)
        for item in self.table.board(name, above=0, limit=end + 1, most=MOST_RANKED + 1):
            row = _standing(item)
            if len(rows) >= end and row.tally.effective < rows[end - 1].tally.effective:
                rows.append(row)
                break
            rows.append(row)
        rows.sort(key=lambda row: (-row.tally.effective, int(row.user_id)))
        shown = self._marked(guild_id, rows[end - size : end])
        return LeaderboardPage(shown, len(rows) > end)

    def place(
        self, guild_id: GuildId, period: Period, now: datetime, user_id: UserId
    ) -> Place | None:
        """Say where a member stands, far down by the rollup's histogram; None without invites."""
        span = span_of(period, now)
        suffix = "" if period is Period.ALL else f"#{span}"
        own = self.table.get((f"G#{guild_id}", f"C#{user_id}{suffix}"))
        score = tally_of(own or {}).effective
        if score <= 0:
            return None
        name = board_name(guild_id, period, now)
        rows = [
            (_count(item.get("score")), _whose(item))
            for item in self.table.scores(name, above=score - 1, most=MOST_RANKED + 1)
        ]
        histogram = None
        if len(rows) > MOST_RANKED and rows[-1][0] > score:
            row = self.table.get((f"G#{guild_id}", f"{PLACES}{span}"))
            histogram = read_histogram(str(row["places"])) if row else None
        return place_among(rows, user_id, score, histogram)

    def histogram(self, guild_id: GuildId, period: Period, now: datetime) -> dict[int, int]:
        """Count how many members stand at each score: reads the board whole."""
        scores = self.table.scores(board_name(guild_id, period, now), above=0)
        return dict(Counter(_count(item.get("score")) for item in scores))

    def _marked(self, guild_id: GuildId, rows: list[Standing]) -> tuple[Standing, ...]:
        """Mark who has left; who was there before Usher and never imported is taken to be there."""
        if not rows:
            return ()
        keys = [(f"G#{guild_id}", f"M#{row.user_id}") for row in rows]
        members = self.table.get_many(keys)
        gone = {sk for (_, sk), member in members.items() if member.get("left_at")}
        return tuple(replace(row, gone=f"M#{row.user_id}" in gone) for row in rows)


def board_name(guild_id: GuildId, period: Period, now: datetime) -> str:
    """Name the board of a period in the index, for example `G#1#board#week#2026-W47`."""
    return f"G#{guild_id}#board#{span_of(period, now)}"


def _standing(item: Item) -> Standing:
    return Standing(_whose(item), tally_of(item))


def _whose(item: Item) -> UserId:
    # C#<user id>, or C#<user id>#day#… on the boards of a period
    return UserId(str(item["sk"]).split("#")[1])


def tally_of(item: Item) -> Tally:
    """Read the counters of a row."""
    return Tally(*(_count(item.get(name)) for name in ("tracked", "added", "fake", "left")))


def _count(value: Value) -> int:
    return value if isinstance(value, int) else 0
