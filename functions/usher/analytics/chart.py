"""The picture of a summary: joins above the line, leaves below it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from usher.analytics.queries import CHART_SIZE, Bar, Span, Summary
from usher.drawing.axis import short
from usher.drawing.canvas import LARGE, MARGIN, MUTED, Canvas, width_of
from usher.drawing.movement import JOINS, LEAVES, Movement

TOP: Final = 84
BOTTOM: Final = 62
FOOT: Final = 22
HEADING: Final = 44
"""Base lines of the words at the top, from above, and of those below the axis, from below."""
MOST_MARKS: Final = 5
YEAR: Final = timedelta(days=330)
"""From here on a label names the year."""

TITLES: Final = {
    Span.DAY: "Joins and leaves today, by hour (UTC)",
    Span.WEEK: "Joins and leaves of 7 days",
    Span.MONTH: "Joins and leaves of 30 days",
    Span.ALL: "Joins and leaves of all time",
}
NOTHING: Final = "Nobody joined or left in this time"


class PillowCharts:
    """Implements Charts."""

    def draw(self, summary: Summary) -> bytes:
        """Draw the series as a PNG."""
        canvas = Canvas(CHART_SIZE)
        _heading(canvas, summary)
        bars = summary.bars
        high = max((bar.joins for bar in bars), default=0)
        low = -max((bar.leaves for bar in bars), default=0)
        if not high and not low:
            middle = (canvas.width / 2, canvas.height / 2 + 10)
            canvas.say(middle, NOTHING, MUTED, "mm", LARGE)
            return canvas.png()
        movement = Movement.of(canvas, TOP, canvas.height - BOTTOM, low, high, MOST_MARKS)
        movement.draw([(bar.joins, bar.leaves) for bar in bars])
        words = _labels(summary.span, bars)
        canvas.labels(words, movement.centers(len(bars)), canvas.height - FOOT)
        return canvas.png()


def _heading(canvas: Canvas, summary: Summary) -> None:
    canvas.say((MARGIN, HEADING), TITLES[summary.span], size=LARGE)
    right = float(canvas.width - MARGIN)
    for name, number, color in (
        ("left", summary.total.leaves, LEAVES),
        ("joined", summary.total.joins, JOINS),
    ):
        words = f"{short(number)} {name}"
        canvas.say((right, HEADING), words, anchor="rs")
        right -= width_of(words) + 26
        canvas.swatch(right, HEADING + 1, color)
        right -= 22


def _labels(span: Span, bars: Sequence[Bar]) -> list[str]:
    if span is Span.DAY:
        return [f"{bar.start:%H}:00" for bar in bars]
    if bars[-1].start - bars[0].start < YEAR:
        return [f"{bar.start.day} {bar.start:%b}" for bar in bars]
    return [f"{bar.start:%b %Y}" for bar in bars]
