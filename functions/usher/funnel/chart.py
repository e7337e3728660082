"""The picture of a funnel (Pillow): its steps as bars, its days below. The worker alone draws."""

from typing import Final

from usher.analytics.queries import CHART_SIZE
from usher.drawing.axis import short
from usher.drawing.canvas import (
    BLUE,
    GRID,
    INK,
    LARGE,
    MARGIN,
    MUTED,
    ORANGE,
    Canvas,
    width_of,
)
from usher.funnel.desk import Picture

NAMES: Final = ("clicks", "joins", "onboardings", "conversions")
"""In English: the font that comes with Pillow has no letters of other languages."""
STEPS: Final = (BLUE, ORANGE, "#f7d774", INK)
HEADING: Final = 44
TOP: Final = 66
BAR: Final = 26
GAP: Final = 12
DAYS_TOP: Final = 250
BOTTOM: Final = 52
FOOT: Final = 20
SHORTEST: Final = 3
"""Of what is not nothing, so that it is seen."""


class PillowFunnels:
    """Implements FunnelCharts."""

    def funnel(self, picture: Picture) -> bytes:
        """Draw a funnel as a PNG."""
        canvas = Canvas(CHART_SIZE)
        title = f"The last {len(picture.days)} days (UTC)"
        canvas.say((MARGIN, HEADING), title, size=LARGE)
        if any(_steps(picture)):
            _bars(canvas, picture)
            _days(canvas, picture)
        else:
            middle = (canvas.width / 2, canvas.height / 2 + 10)
            canvas.say(middle, "Nothing happened in this time", MUTED, "mm", LARGE)
        return canvas.png()


def _steps(picture: Picture) -> tuple[int, int, int, int]:
    total = picture.total
    found = (total.clicks, total.joins, total.onboardings, total.conversions)
    return (max(found[0], 0), max(found[1], 0), max(found[2], 0), max(found[3], 0))


def _bars(canvas: Canvas, picture: Picture) -> None:
    """Draw the steps, the longest across the whole width."""
    steps = _steps(picture)
    left = MARGIN + max(width_of(name) for name in NAMES) + 16
    room = canvas.width - MARGIN - left - width_of("000.0M · 100 %") - 12
    for place, (name, number) in enumerate(zip(NAMES, steps, strict=True)):
        top = TOP + place * (BAR + GAP)
        middle = top + BAR / 2
        canvas.say((left - 16, middle), name, MUTED, "rm")
        long = max(room * number / max(steps), SHORTEST if number else 0)
        if long:
            canvas.box((left, top, left + long, top + BAR), STEPS[place], 5)
        words = short(number)
        if place and steps[place - 1]:
            words += f" · {number / steps[place - 1]:.0%}".replace("%", " %")
        canvas.say((left + long + 12, middle), words, anchor="lm")


def _days(canvas: Canvas, picture: Picture) -> None:
    """Draw clicks of each day, and joins before them."""
    days = picture.days
    high = max(max(one.clicks, one.joins) for _, one in days) or 1
    foot = canvas.height - BOTTOM
    room, right = foot - DAYS_TOP, canvas.width - MARGIN
    canvas.line((MARGIN, foot, right, foot), GRID, 2)
    step = (right - MARGIN) / len(days)
    wide = min(max(step * 0.7, 2), 48)
    centers = [MARGIN + step * (number + 0.5) for number in range(len(days))]
    for (_, counts), center in zip(days, centers, strict=True):
        for number, color, share in (
            (counts.clicks, STEPS[0], 1.0),
            (counts.joins, STEPS[1], 0.5),
        ):
            if number > 0:
                top = foot - max(room * number / high, SHORTEST)
                half = wide * share / 2
                box = (center - half, top, center + half, foot - 1)
                canvas.box(box, color, min(4, half))
    words = [f"{day.day} {day:%b}" for day, _ in days]
    canvas.labels(words, centers, canvas.height - FOOT)
