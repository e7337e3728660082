"""Credit read from the DynamoDB table, without the SDK (decision 6)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from usher.credit.places import (
    MOST_RANKED,
    PLACES,
    Place,
    Ranked,
    in_order,
    place_among,
    read_histogram,
)
from usher.credit.queries import (
    OFF,
    TRACKING,
    LeaderboardPage,
    Period,
    Standing,
    Tally,
    span_of,
)
from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import DynamoReads, Item, Value


@frozen
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
        """Read one page. The index leaves equals unordered, so whole groups of them are read.

        Not beyond MOST_RANKED, however many are equal.
        """
        end = page * size
        rows: list[Ranked] = []
        name = board_name(guild_id, period, now)
        for row in self._ranked(name, above=0, limit=end + 1):
            if len(rows) >= end and row[0] < rows[end - 1][0]:
                rows.append(row)
                break
            rows.append(row)
        shown = in_order(rows)[end - size : end]
        return LeaderboardPage(
            self._standings(guild_id, period, now, shown), has_next=len(rows) > end
        )

    def place(
        self, guild_id: GuildId, period: Period, now: datetime, user_id: UserId
    ) -> Place | None:
        """Say where a member stands, far down by the rollup's histogram; None without invites."""
        own = self.table.get((f"G#{guild_id}", _counters(user_id, period, now)))
        score = tally_of(own or {}).effective
        if score <= 0:
            return None
        rows = [*self._ranked(board_name(guild_id, period, now), above=score - 1)]
        histogram = None
        if len(rows) > MOST_RANKED and rows[-1][0] > score:
            row = self.table.get((f"G#{guild_id}", f"{PLACES}{span_of(period, now)}"))
            histogram = read_histogram(str(row["places"])) if row else None
        return place_among(rows, user_id, score, histogram)

    def histogram(self, guild_id: GuildId, period: Period, now: datetime) -> dict[int, int]:
        """Count how many members stand at each score: reads the board whole."""
        scores = self.table.scores(board_name(guild_id, period, now), above=0)
        return dict(Counter(_count(item.get("score")) for item in scores))

    def _ranked(self, board: str, *, above: int, limit: int | None = None) -> Iterator[Ranked]:
        """Read a board from the top, as far as it is read at all."""
        most = MOST_RANKED + 1
        for item in self.table.scores(board, above=above, limit=limit or most, most=most):
            yield _count(item.get("score")), _whose(item)

    def _standings(
        self, guild_id: GuildId, period: Period, now: datetime, shown: Sequence[Ranked]
    ) -> tuple[Standing, ...]:
        """Read the counters of members, and who of them has left.

        Who was there before Usher and was never imported is taken to be there.
        """
        pk = f"G#{guild_id}"
        counters = [(pk, _counters(user, period, now)) for _, user in shown]
        members = [(pk, f"M#{user}") for _, user in shown]
        found = self.table.get_many([*counters, *members])
        return tuple(
            Standing(
                user,
                tally_of(found.get(counter, {"tracked": score})),
                gone=bool(found.get(member, {}).get("left_at")),
            )
            for (score, user), counter, member in zip(shown, counters, members, strict=True)
        )


def board_name(guild_id: GuildId, period: Period, now: datetime) -> str:
    """Name the board of a period in the index, for example `G#1#board#week#2026-W47`."""
    return f"G#{guild_id}#board#{span_of(period, now)}"


def _counters(user_id: UserId, period: Period, now: datetime) -> str:
    """Say under what a member's counters of a period are kept."""
    suffix = "" if period is Period.ALL else f"#{span_of(period, now)}"
    return f"C#{user_id}{suffix}"


def _whose(item: Item) -> UserId:
    # C#<user id>, or C#<user id>#day#… on the boards of a period
    return UserId(str(item["sk"]).split("#")[1])


def tally_of(item: Item) -> Tally:
    """Read the counters of a row."""
    return Tally(*(_count(item.get(name)) for name in ("tracked", "added", "fake", "left")))


def _count(value: Value) -> int:
    return value if isinstance(value, int) else 0
