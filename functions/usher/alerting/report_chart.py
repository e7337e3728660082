"""The picture of a status report (Pillow): who came and went, and when an alarm was on.

A panel of its own, so that it reads the same on Discord's dark and light themes. What is drawn in
colour stands in words in the report besides.
"""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from usher.alerting.figures import binned
from usher.alerting.model import Severity
from usher.alerting.periods import Span
from usher.alerting.report_words import Status
from usher.alerting.words import severity_of
from usher.analytics.axis import marks, short, spread
from usher.analytics.chart import GRID, INK, JOINS, LEAVES, MUTED, PANEL, font, width_of

SIZE: Final = (960, 320)
SMALL, LARGE = 20, 24
MARGIN: Final = 28
TOP, BOTTOM = 66, 84
STRIP: Final = 16
"""Height of the line of alarms."""
RADIUS: Final = 16
COLORS: Final = {Severity.PAGE: "#ed5e5e", Severity.WARN: "#e8b12d"}
WORDS: Final = {Severity.PAGE: "alarm", Severity.WARN: "warning"}


def draw(status: Status) -> bytes | None:
    """Draw a status as a PNG; None where nobody came or went and no alarm rang."""
    picture = _Picture.of(status)
    if not any(picture.came) and not any(picture.went) and not status.incidents:
        return None
    return picture.draw()


@dataclass(slots=True)
class _Picture:
    status: Status
    came: list[float]
    went: list[float]
    image: Image.Image
    canvas: ImageDraw.ImageDraw

    @classmethod
    def of(cls, status: Status) -> "_Picture":
        period = status.period
        parts = 24 if period.span is Span.DAILY else (period.until - period.day).days
        came = binned(status.figures.came, period, parts)
        went = binned(status.figures.went, period, parts)
        image = Image.new("RGBA", SIZE)
        return cls(status, came, went, image, ImageDraw.Draw(image))

    def draw(self) -> bytes:
        width, height = SIZE
        self.canvas.rounded_rectangle((0, 0, width - 1, height - 1), RADIUS, PANEL)
        self._legend()
        levels = marks(-int(max(self.went)), int(max(self.came)), 4)
        left = MARGIN + max(width_of(short(level), SMALL) for level in levels) + 14
        self._grid(levels, left)
        self._bars(levels, left)
        self._strip(left)
        content = BytesIO()
        self.image.quantize(64, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
        return content.getvalue()

    def _legend(self) -> None:
        x: float = MARGIN
        rang = {severity_of(one.alarm) for one in self.status.incidents}
        names = [("joined", JOINS), ("left", LEAVES)]
        names += [(WORDS[one], COLORS[one]) for one in Severity if one in rang]
        for name, color in names:
            self.canvas.rounded_rectangle((x, 26, x + 16, 42), 4, color)
            self._say((x + 26, 42), name, LARGE, INK, "ls")
            x += 26 + width_of(name, LARGE) + 30

    def _grid(self, levels: list[int], left: float) -> None:
        width, _ = SIZE
        for level in levels:
            y = _height(level, levels)
            color = MUTED if level == 0 else GRID
            self.canvas.line((left, y, width - MARGIN, y), color, 2 if level == 0 else 1)
            self._say((left - 12, y), short(level), SMALL, MUTED, "rm")

    def _bars(self, levels: list[int], left: float) -> None:
        width, height = SIZE
        step = (width - MARGIN - left) / len(self.came)
        zero = _height(0, levels)
        centers = [left + step * (number + 0.5) for number in range(len(self.came))]
        for came, went, center in zip(self.came, self.went, centers, strict=True):
            begin, end = center - step * 0.35, center + step * 0.35
            if came:
                top = min(_height(came, levels), zero - 2)
                self.canvas.rectangle((begin, top, end, zero - 1), JOINS)
            if went:
                foot = max(_height(-went, levels), zero + 2)
                self.canvas.rectangle((begin, zero + 1, end, foot), LEAVES)
        chosen = spread(self._labels(), centers, lambda one: width_of(one, SMALL), 18)
        for word, center in chosen:
            half = width_of(word, SMALL) / 2
            x = min(max(center, half + MARGIN / 2), width - MARGIN / 2 - half)
            self._say((x, height - 18), word, SMALL, MUTED, "ms")

    def _strip(self, left: float) -> None:
        """Draw when an alarm was on, along the foot."""
        width, height = SIZE
        period = self.status.period
        scale = (width - MARGIN - left) / (period.last - period.first).total_seconds()
        top = height - BOTTOM + 22
        for one in self.status.incidents:
            began = max(one.began, period.first)
            ended = min(one.ended or period.last, period.last)
            begin = left + (began - period.first).total_seconds() * scale
            end = left + (ended - period.first).total_seconds() * scale
            color = COLORS[severity_of(one.alarm)]
            self.canvas.rectangle((begin, top, max(end, begin + 3), top + STRIP), color)

    def _labels(self) -> list[str]:
        period = self.status.period
        if period.span is Span.DAILY:
            return [f"{number:02d}:00" for number in range(len(self.came))]
        days = [period.day + timedelta(days=number) for number in range(len(self.came))]
        return [f"{day.day} {day:%b}" for day in days]

    def _say(
        self, place: tuple[float, float], words: str, size: int, color: str, anchor: str
    ) -> None:
        self.canvas.text(place, words, color, font(size), anchor)


def _height(level: float, levels: list[int]) -> float:
    _, height = SIZE
    share = (level - levels[0]) / (levels[-1] - levels[0])
    return height - BOTTOM - share * (height - BOTTOM - TOP)
