"""From the figures of days and weeks to what is shown of a span. Pure.

Days before Usher watched are left out: what an import tells of them are those who stayed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from usher.analytics.figures import ATTRIBUTED, KIND, LEFT, LOST, STAYS, Figures, add, total
from usher.analytics.queries import Bar, Span, Stayed, Summary, Total
from usher.analytics.spans import DAY, HOUR, WEEK, hour_of, midnight, week_of
from usher.attribution.accuracy import Accuracy

LENGTHS: Final = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 30}
"""Days of a span, today included."""

DAYS_READ: Final = 90
"""Days that every summary is made from: a month, the one before, and joins 30 days before that."""

DAILY: Final = 45
"""Most days that all time is still shown by."""

MOST_BARS: Final = 60


@dataclass(frozen=True, slots=True)
class Known:
    """What there is of a guild. Days and weeks that are left out have nothing."""

    days: Mapping[date, Figures] = field(default_factory=dict)
    """The last DAYS_READ."""
    weeks: Mapping[date, Figures] = field(default_factory=dict)
    """By their Mondays; of the weeks before those days alone, and only for all time."""
    accuracy: Accuracy = field(default_factory=Accuracy)
    since: datetime | None = None
    until: datetime | None = None


def first_day(span: Span, since: datetime | None, now: datetime) -> date:
    """Say on which day a span begins."""
    today = now.astimezone(UTC).date()
    if span is Span.ALL:
        return today if since is None else min(since.astimezone(UTC).date(), today)
    return today - (LENGTHS[span] - 1) * DAY


def summarise(span: Span, known: Known, now: datetime) -> Summary:
    """Sum a span up."""
    watched = first_day(Span.ALL, known.since, now)
    first = first_day(span, known.since, now)
    rows = [figures for day, figures in known.days.items() if day >= first]
    rows += [figures for monday, figures in known.weeks.items() if monday + WEEK > first]
    sums = total(rows)
    start = midnight(max(first, watched))
    joins, leaves = _since(sums.joins, start), _since(sums.leaves, start)
    numbers = _numbers(sums, start.date())
    of_span = Total(sum(joins.values()), sum(leaves.values()))
    hours = [0] * 24
    for hour, number in joins.items():
        hours[hour.hour] += number
    return Summary(
        span=span,
        start=midnight(first),
        until=known.until or now,
        since=known.since,
        bars=tuple(_bars(span, first, now, joins, leaves)),
        total=of_span,
        before=_before(span, known, first, watched, now),
        people=sums.joiners.count(),
        people_exact=sums.joiners.exact,
        attributed=max(numbers.get(ATTRIBUTED, 0), 0),
        kinds=_under(numbers, KIND),
        causes=_under(numbers, LEFT),
        certain=known.accuracy.certain,
        agreement=known.accuracy.agreement,
        here=_here(span, of_span.joins, numbers),
        stayed=tuple(_stayed(known, watched, now)),
        hours=tuple(hours),
    )


def _before(span: Span, known: Known, first: date, watched: date, now: datetime) -> Total | None:
    """Count as long a time just before, up to the same time of its last day."""
    if span is Span.ALL:
        return None
    length = LENGTHS[span] * DAY
    start = first - length
    if start <= watched:
        return None  # the first day was seen in part
    sums = total(figures for day, figures in known.days.items() if day >= start)
    low, high = midnight(start), hour_of(now) - length
    joins, leaves = (
        sum(number for hour, number in numbers.items() if low <= hour <= high)
        for numbers in (sums.joins, sums.leaves)
    )
    return Total(joins, leaves)


def _bars(
    span: Span,
    first: date,
    now: datetime,
    joins: Mapping[datetime, int],
    leaves: Mapping[datetime, int],
) -> Iterable[Bar]:
    """Cut a span into steps: hours, days, or as many weeks as leave few enough."""
    today = now.astimezone(UTC).date()
    start, step = midnight(first), DAY
    end = midnight(today) + DAY
    if span is Span.DAY:
        step = HOUR
    elif (today - first).days >= DAILY:
        start = midnight(week_of(first))
        weeks = (end - start) // WEEK + 1
        step = WEEK * -(-weeks // MOST_BARS)
    bars: dict[int, list[int]] = {}
    for place, numbers in ((0, joins), (1, leaves)):
        for hour, number in numbers.items():
            bars.setdefault((hour - start) // step, [0, 0])[place] += number
    for number in range(-(-(end - start) // step)):
        of_joins, of_leaves = bars.get(number, [0, 0])
        yield Bar(start + number * step, of_joins, of_leaves)


def _here(span: Span, joins: int, numbers: Mapping[str, int]) -> float | None:
    if span is Span.ALL or not joins:
        return None
    lost = sum(numbers.get(f"{LOST}{days}", 0) for days in STAYS)
    return _share(joins, lost)


def _stayed(known: Known, watched: date, now: datetime) -> Iterable[Stayed]:
    """Say of the days that are long enough over how many stayed; the first one was seen in part."""
    sums = total(known.days.values())
    by_day: dict[date, int] = {}
    for hour, number in sums.joins.items():
        by_day[hour.date()] = by_day.get(hour.date(), 0) + number
    for place, days in enumerate(STAYS):
        ripe = [day for day in by_day if day > watched and midnight(day + DAY) + days * DAY <= now]
        joins = sum(by_day[day] for day in ripe)
        lost = sum(
            sums.days.get(day, {}).get(f"{LOST}{within}", 0)
            for day in ripe
            for within in STAYS[: place + 1]
        )
        yield Stayed(days, _share(joins, lost) if joins else None)


def _share(joins: int, lost: int) -> float:
    return max(joins - lost, 0) / joins


def _since(numbers: Mapping[datetime, int], start: datetime) -> dict[datetime, int]:
    return {hour: number for hour, number in numbers.items() if hour >= start}


def _numbers(sums: Figures, first: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for day, numbers in sums.days.items():
        if day >= first:
            found = add(found, numbers)
    return found


def _under(numbers: Mapping[str, int], prefix: str) -> dict[str, int]:
    found = [
        (name.removeprefix(prefix), number)
        for name, number in numbers.items()
        if name.startswith(prefix) and number > 0
    ]
    return dict(sorted(found, key=lambda one: (-one[1], one[0])))


def days_to_read(now: datetime) -> tuple[date, date]:
    """Name the days that every summary is made from: from a Monday, which weeks end before."""
    today = now.astimezone(UTC).date()
    return week_of(today - timedelta(days=DAYS_READ)), today
