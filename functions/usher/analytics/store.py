"""The rows of figures (pynamodb): written whole by the rollup, read back by it consistently."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from usher.analytics.figures import Figures, read_figures, write_figures
from usher.analytics.ports import Progress
from usher.analytics.rows import (
    PROGRESS,
    day_key,
    day_of_key,
    hour_key,
    hour_of_key,
    week_key,
)
from usher.analytics.service import HOURS_KEPT
from usher.credit.places import PLACES, write_histogram
from usher.ids import GuildId
from usher.platform.dynamo import Row
from usher.times import format_time, parse_time

HEAD: Final = "HEAD"


class FiguresRow(Row):
    """`A#H#<hour>`, `A#D#<day>` and `A#W#<week>`: figures as text."""

    figures = UnicodeAttribute()
    ttl = NumberAttribute(null=True)


class PlacesRow(Row):
    """`A#P#<board>`: how many members stand at each score, of a board too large to be read."""

    places = UnicodeAttribute()
    ttl = NumberAttribute(null=True)


class ProgressRow(Row):
    """`A#PROGRESS`: how far a guild is rolled up."""

    rolled_version = NumberAttribute()
    rolled_seen = UnicodeAttribute()
    rolled_swept = UnicodeAttribute()
    rolled_week = UnicodeAttribute(null=True)


class VersionRow(Row):
    """`HEAD`, of which the version alone matters here."""

    version = NumberAttribute()


class DynamoRollups:
    """Implements RollupRows. Methods may raise pynamodb's errors and FiguresError."""

    def versions(self, guilds: Iterable[GuildId]) -> Mapping[GuildId, int]:
        """Read the versions of the guilds' heads; guilds without one are left out."""
        keys = [(_partition(guild), HEAD) for guild in guilds]
        rows = VersionRow.batch_get(keys, attributes_to_get=["pk", "sk", "version"])
        return {_guild(row): int(row.version) for row in rows}

    def progress(self, guilds: Iterable[GuildId]) -> Mapping[GuildId, Progress]:
        """Read how far guilds are; who was never rolled up is left out."""
        keys = [(_partition(guild), PROGRESS) for guild in guilds]
        rows = ProgressRow.batch_get(keys, consistent_read=True)
        return {_guild(row): _progress(row) for row in rows}

    def advance(self, guild_id: GuildId, progress: Progress) -> None:
        """Note how far a guild is."""
        week = progress.week
        ProgressRow(_partition(guild_id), PROGRESS).update(
            actions=[
                ProgressRow.rolled_version.set(progress.version),
                ProgressRow.rolled_seen.set(format_time(progress.seen)),
                ProgressRow.rolled_swept.set(format_time(progress.swept)),
                ProgressRow.rolled_week.remove()
                if week is None
                else ProgressRow.rolled_week.set(week.isoformat()),
            ]
        )

    def hours(self, guild_id: GuildId, first: datetime, last: datetime) -> dict[datetime, Figures]:
        """Read the rows of hours, both included."""
        read = self._between(guild_id, hour_key(first), hour_key(last))
        return {hour_of_key(key): figures for key, figures in read.items()}

    def days(self, guild_id: GuildId, first: date, last: date) -> dict[date, Figures]:
        """Read the rows of days, both included."""
        read = self._between(guild_id, day_key(first), day_key(last))
        return {day_of_key(key): figures for key, figures in read.items()}

    def put_hour(self, guild_id: GuildId, hour: datetime, figures: Figures) -> None:
        """Write an hour's row whole."""
        until = int((hour + HOURS_KEPT).timestamp())
        self._put(guild_id, hour_key(hour), figures, until)

    def put_day(self, guild_id: GuildId, day: date, figures: Figures) -> None:
        """Write a day's row whole."""
        self._put(guild_id, day_key(day), figures)

    def put_week(self, guild_id: GuildId, monday: date, figures: Figures) -> None:
        """Write a week's row whole."""
        self._put(guild_id, week_key(monday), figures)

    def put_places(
        self, guild_id: GuildId, board: str, histogram: Mapping[int, int], until: datetime
    ) -> None:
        """Write how many members of a board stand at each score; it is kept until then."""
        actions: list[Action] = [
            PlacesRow.places.set(write_histogram(histogram)),
            PlacesRow.ttl.set(int(until.timestamp())),
        ]
        PlacesRow(_partition(guild_id), PLACES + board).update(actions=actions)

    def _put(self, guild_id: GuildId, key: str, figures: Figures, ttl: int | None = None) -> None:
        # An update, not a put: the door may set these attributes alone, of whatever row (template).
        actions: list[Action] = [FiguresRow.figures.set(write_figures(figures))]
        if ttl is not None:
            actions.append(FiguresRow.ttl.set(ttl))
        FiguresRow(_partition(guild_id), key).update(actions=actions)

    def _between(self, guild_id: GuildId, first: str, last: str) -> dict[str, Figures]:
        rows = FiguresRow.query(
            _partition(guild_id), FiguresRow.sk.between(first, last), consistent_read=True
        )
        return {row.sk: read_figures(row.figures) for row in rows}


def _partition(guild_id: GuildId) -> str:
    return f"G#{guild_id}"


def _guild(row: Row) -> GuildId:
    return GuildId(row.pk.removeprefix("G#"))


def _progress(row: ProgressRow) -> Progress:
    return Progress(
        int(row.rolled_version),
        parse_time(row.rolled_seen),
        parse_time(row.rolled_swept),
        None if row.rolled_week is None else date.fromisoformat(row.rolled_week),
    )
