"""Credit read from the DynamoDB table, without the SDK (decision 6)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from usher.credit.queries import OFF, TRACKING, LeaderboardPage, Period, Standing, Tally
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

    def tracking_off(self, guild_id: GuildId) -> bool:
        """Read whether joins are credited to nobody at present."""
        row = self.table.get((f"G#{guild_id}", f"S#{TRACKING}"), consistent=True)
        return row is not None and row.get("value") == OFF

    def leaderboard(
        self, guild_id: GuildId, period: Period, now: datetime, page: int, size: int
    ) -> LeaderboardPage:
        """Read one page. The index leaves equals unordered, so whole groups of them are read."""
        end = page * size
        rows: list[Standing] = []
        for item in self.table.board(board_name(guild_id, period, now), above=0, limit=end + 1):
            row = _standing(item)
            if len(rows) >= end and row.tally.effective < rows[end - 1].tally.effective:
                rows.append(row)
                break
            rows.append(row)
        rows.sort(key=lambda row: (-row.tally.effective, int(row.user_id)))
        return LeaderboardPage(tuple(rows[end - size : end]), len(rows) > end)


def board_name(guild_id: GuildId, period: Period, now: datetime) -> str:
    """Name the board of a period in the index, for example `G#1#board#week#2026-W47`."""
    day = now.astimezone(UTC).date()
    year, week, _ = day.isocalendar()
    suffix = {
        Period.DAY: f"day#{day.isoformat()}",
        Period.WEEK: f"week#{year}-W{week:02}",
        Period.ALL: "all",
    }[period]
    return f"G#{guild_id}#board#{suffix}"


def _standing(item: Item) -> Standing:
    # C#<user id>, or C#<user id>#day#… on the boards of a period
    return Standing(UserId(str(item["sk"]).split("#")[1]), tally_of(item))


def tally_of(item: Item) -> Tally:
    """Read the counters of a row."""
    return Tally(*(_count(item.get(name)) for name in ("tracked", "added", "fake", "left")))


def _count(value: Value) -> int:
    return value if isinstance(value, int) else 0
