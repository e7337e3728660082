"""The picture of a summary (Pillow): joins above the line, leaves below it.

It has a panel of its own, so that it reads the same on Discord's dark and light themes; blue and
orange are told apart by who sees no red or green. Never imported by the front: Pillow is heavy.
"""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from usher.analytics.axis import marks, short, spread
from usher.analytics.queries import CHART_SIZE, Span, Summary
from usher.slash.say import later, say

PANEL: Final = "#2b2d31"
INK: Final = "#f2f3f5"
MUTED: Final = "#b5bac1"
GRID: Final = "#404249"
JOINS: Final = "#8ea1ff"
LEAVES: Final = "#f0a35e"

LARGE, SMALL = 26, 20
"""Font sizes: an embed shows the picture at about half its size."""
MARGIN: Final = 28
TOP: Final = 84
BOTTOM: Final = 62
FOOT: Final = 22
HEADING: Final = 44
"""Base lines of the words at the top, from above, and of those below the axis, from below."""
SWATCH: Final = 16
RADIUS: Final = 16
WIDEST_BAR: Final = 64
MOST_MARKS: Final = 5
CORNER: Final = 4
YEAR: Final = timedelta(days=330)
"""From here on a label names the year."""

TITLES: Final = {
    Span.DAY: later("Joins and leaves today, by hour (UTC)"),
    Span.WEEK: later("Joins and leaves of 7 days"),
    Span.MONTH: later("Joins and leaves of 30 days"),
    Span.ALL: later("Joins and leaves of all time"),
}
NOTHING: Final = later("Nobody joined or left in this time")


class PillowCharts:
    """Implements Charts."""

    def draw(self, summary: Summary) -> bytes:
        """Draw the series as a PNG."""
        image = Image.new("RGBA", CHART_SIZE)
        draw = ImageDraw.Draw(image)
        width, height = CHART_SIZE
        draw.rounded_rectangle((0, 0, width - 1, height - 1), RADIUS, PANEL)
        _Chart(draw, summary).draw()
        content = BytesIO()
        image.quantize(64, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
        return content.getvalue()


@dataclass(slots=True)
class _Chart:
    canvas: ImageDraw.ImageDraw
    summary: Summary

    def draw(self) -> None:
        self._heading()
        bars = self.summary.bars
        high = max((bar.joins for bar in bars), default=0)
        low = -max((bar.leaves for bar in bars), default=0)
        if not high and not low:
            self._middle(say(NOTHING))
            return
        levels = marks(low, high, MOST_MARKS)
        left = MARGIN + max(width_of(short(level), SMALL) for level in levels) + 14
        self._grid(levels, left)
        self._bars(levels, left)

    def _heading(self) -> None:
        width, _ = CHART_SIZE
        self._say((MARGIN, HEADING), say(TITLES[self.summary.span]), LARGE, INK, "ls")
        right = float(width - MARGIN)
        for name, number, color in (
            (later("{number} left"), self.summary.total.leaves, LEAVES),
            (later("{number} joined"), self.summary.total.joins, JOINS),
        ):
            words = say(name, number=short(number))
            self._say((right, HEADING), words, SMALL, INK, "rs")
            right -= width_of(words, SMALL) + 10 + SWATCH
            corner = (right + SWATCH, HEADING + 1)
            self.canvas.rounded_rectangle((right, HEADING + 1 - SWATCH, *corner), 4, color)
            right -= 22

    def _grid(self, levels: list[int], left: float) -> None:
        width, _ = CHART_SIZE
        for level in levels:
            y = _height(level, levels)
            color = MUTED if level == 0 else GRID
            self.canvas.line((left, y, width - MARGIN, y), color, 2 if level == 0 else 1)
            self._say((left - 12, y), short(level), SMALL, MUTED, "rm")

    def _bars(self, levels: list[int], left: float) -> None:
        width, height = CHART_SIZE
        bars = self.summary.bars
        span = bars[-1].start - bars[0].start
        step = (width - MARGIN - left) / len(bars)
        wide = min(max(step * 0.7, 2), WIDEST_BAR)
        centers = [left + step * (number + 0.5) for number in range(len(bars))]
        zero = _height(0, levels)
        for bar, center in zip(bars, centers, strict=True):
            begin, end = center - wide / 2, center + wide / 2
            if bar.joins:
                top = min(_height(bar.joins, levels), zero - 2)
                self._bar((begin, top, end, zero - 1), JOINS, upward=True)
            if bar.leaves:
                foot = max(_height(-bar.leaves, levels), zero + 2)
                self._bar((begin, zero + 1, end, foot), LEAVES, upward=False)
        if self.summary.span is Span.DAY:
            words = [f"{bar.start:%H}:00" for bar in bars]
        elif span < YEAR:
            words = [f"{bar.start.day} {bar.start:%b}" for bar in bars]
        else:
            words = [f"{bar.start:%b %Y}" for bar in bars]
        for word, center in spread(words, centers, lambda one: width_of(one, SMALL), 18):
            half = width_of(word, SMALL) / 2
            x = min(max(center, half + MARGIN / 2), width - MARGIN / 2 - half)
            self._say((x, height - FOOT), word, SMALL, MUTED, "ms")

    def _bar(self, box: tuple[float, float, float, float], color: str, *, upward: bool) -> None:
        begin, top, end, foot = box
        radius = min(CORNER, (end - begin) / 2, foot - top)
        corners = (upward, upward, not upward, not upward)
        self.canvas.rounded_rectangle(box, radius, color, corners=corners)

    def _middle(self, words: str) -> None:
        width, height = CHART_SIZE
        self._say((width / 2, height / 2 + 10), words, LARGE, MUTED, "mm")

    def _say(
        self, place: tuple[float, float], words: str, size: int, color: str, anchor: str
    ) -> None:
        self.canvas.text(place, words, color, font(size), anchor)


def _height(level: int, levels: list[int]) -> float:
    """Say how far down a number is drawn."""
    _, height = CHART_SIZE
    share = (level - levels[0]) / (levels[-1] - levels[0])
    return height - BOTTOM - share * (height - BOTTOM - TOP)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font in a size."""
    if size not in _FONTS:
        _FONTS[size] = ImageFont.load_default(size)
    return _FONTS[size]


def width_of(words: str, size: int) -> float:
    """Measure words, in pixels."""
    return font(size).getbbox(words)[2]


_FONTS: Final[dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont]] = {}
