"""The picture of a status report: who came and went, and when an alarm was on.

What is drawn in colour stands in words in the report besides.
"""

from datetime import timedelta
from typing import Final

from usher.alerting.figures import binned
from usher.alerting.model import Severity
from usher.alerting.periods import Span
from usher.alerting.report_words import Status
from usher.alerting.words import severity_of
from usher.drawing.canvas import MARGIN, Canvas, width_of
from usher.drawing.movement import JOINS, LEAVES, Movement

SIZE: Final = (960, 320)
LARGE: Final = 24
LEGEND: Final = 42
"""Base line of the words at the top."""
TOP, BOTTOM = 66, 84
FOOT: Final = 18
MOST_MARKS: Final = 4
STRIP: Final = 16
"""Height of the line of alarms."""
COLORS: Final = {Severity.PAGE: "#ed5e5e", Severity.WARN: "#e8b12d"}
WORDS: Final = {Severity.PAGE: "alarm", Severity.WARN: "warning"}


def draw(status: Status) -> bytes | None:
    """Draw a status as a PNG; None where nobody came or went and no alarm rang."""
    period = status.period
    parts = 24 if period.span is Span.DAILY else (period.until - period.day).days
    came = binned(status.figures.came, period, parts)
    went = binned(status.figures.went, period, parts)
    if not any(came) and not any(went) and not status.incidents:
        return None
    canvas = Canvas(SIZE)
    _legend(canvas, status)
    low, high = -int(max(went)), int(max(came))
    movement = Movement.of(canvas, TOP, canvas.height - BOTTOM, low, high, MOST_MARKS)
    movement.draw(list(zip(came, went, strict=True)))
    canvas.labels(_labels(status, parts), movement.centers(parts), canvas.height - FOOT)
    _strip(canvas, status, movement)
    return canvas.png()


def _legend(canvas: Canvas, status: Status) -> None:
    x: float = MARGIN
    rang = {severity_of(one.alarm) for one in status.incidents}
    names = [("joined", JOINS), ("left", LEAVES)]
    names += [(WORDS[one], COLORS[one]) for one in Severity if one in rang]
    for name, color in names:
        canvas.swatch(x, LEGEND, color)
        canvas.say((x + 26, LEGEND), name, size=LARGE)
        x += 26 + width_of(name, LARGE) + 30


def _strip(canvas: Canvas, status: Status, movement: Movement) -> None:
    """Draw when an alarm was on, along the foot."""
    period, left = status.period, movement.left
    scale = (movement.right - left) / (period.last - period.first).total_seconds()
    top = canvas.height - BOTTOM + 22
    for one in status.incidents:
        began = max(one.began, period.first)
        ended = min(one.ended or period.last, period.last)
        begin = left + (began - period.first).total_seconds() * scale
        end = left + (ended - period.first).total_seconds() * scale
        canvas.box((begin, top, max(end, begin + 3), top + STRIP), COLORS[severity_of(one.alarm)])


def _labels(status: Status, parts: int) -> list[str]:
    if status.period.span is Span.DAILY:
        return [f"{number:02d}:00" for number in range(parts)]
    days = [status.period.day + timedelta(days=number) for number in range(parts)]
    return [f"{day.day} {day:%b}" for day in days]
