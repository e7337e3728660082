"""The picture of a funnel (Pillow): its steps as bars, its days below. The worker alone draws."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from usher.analytics.axis import short, spread
from usher.analytics.queries import CHART_SIZE
from usher.funnel.desk import Picture
from usher.slash.say import say, say_count

PANEL: Final = "#2b2d31"
INK: Final = "#f2f3f5"
MUTED: Final = "#b5bac1"
GRID: Final = "#404249"
NAMES: Final = ("clicks", "joins", "onboardings", "conversions")
"""In English: the font that comes with Pillow has no letters of other languages."""
STEPS: Final = ("#8ea1ff", "#f0a35e", "#f7d774", "#f2f3f5")
"""Blue and orange are told apart by who sees no red or green."""
LARGE, SMALL = 26, 20
MARGIN: Final = 28
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
        image = Image.new("RGBA", CHART_SIZE)
        canvas = ImageDraw.Draw(image)
        width, height = CHART_SIZE
        canvas.rounded_rectangle((0, 0, width - 1, height - 1), 16, PANEL)
        title = say_count(
            "The last {number} day (UTC)", "The last {number} days (UTC)", len(picture.days)
        )
        canvas.text((MARGIN, HEADING), title, INK, _font(LARGE), "ls")
        if not any(_steps(picture)):
            middle = (width / 2, height / 2 + 10)
            canvas.text(middle, say("Nothing happened in this time"), MUTED, _font(LARGE), "mm")
        else:
            _bars(canvas, picture)
            _days(canvas, picture)
        content = BytesIO()
        image.quantize(64, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
        return content.getvalue()


def _steps(picture: Picture) -> tuple[int, int, int, int]:
    total = picture.total
    found = (total.clicks, total.joins, total.onboardings, total.conversions)
    return (max(found[0], 0), max(found[1], 0), max(found[2], 0), max(found[3], 0))


def _bars(canvas: ImageDraw.ImageDraw, picture: Picture) -> None:
    """Draw the steps, the longest across the whole width."""
    width, _ = CHART_SIZE
    steps = _steps(picture)
    left = MARGIN + max(_width(name) for name in NAMES) + 16
    room = width - MARGIN - left - _width("000.0M · 100 %") - 12
    for place, (name, number) in enumerate(zip(NAMES, steps, strict=True)):
        top = TOP + place * (BAR + GAP)
        middle = top + BAR / 2
        canvas.text((left - 16, middle), name, MUTED, _font(SMALL), "rm")
        long = max(room * number / max(steps), SHORTEST if number else 0)
        if long:
            canvas.rounded_rectangle((left, top, left + long, top + BAR), 5, STEPS[place])
        words = short(number)
        if place and steps[place - 1]:
            words += f" · {number / steps[place - 1]:.0%}".replace("%", " %")
        canvas.text((left + long + 12, middle), words, INK, _font(SMALL), "lm")


def _days(canvas: ImageDraw.ImageDraw, picture: Picture) -> None:
    """Draw clicks of each day, and joins before them."""
    width, height = CHART_SIZE
    days = picture.days
    high = max(max(one.clicks, one.joins) for _, one in days) or 1
    foot, room = height - BOTTOM, height - BOTTOM - DAYS_TOP
    canvas.line((MARGIN, foot, width - MARGIN, foot), GRID, 2)
    step = (width - 2 * MARGIN) / len(days)
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
                canvas.rounded_rectangle(box, min(4, half), color)
    words = [f"{day.day} {day:%b}" for day, _ in days]
    for word, center in spread(words, centers, _width, 18):
        half = _width(word) / 2
        x = min(max(center, half + MARGIN / 2), width - MARGIN / 2 - half)
        canvas.text((x, height - FOOT), word, MUTED, _font(SMALL), "ms")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if size not in _FONTS:
        _FONTS[size] = ImageFont.load_default(size)
    return _FONTS[size]


def _width(words: str) -> float:
    return _font(SMALL).getbbox(words)[2]


_FONTS: Final[dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont]] = {}
