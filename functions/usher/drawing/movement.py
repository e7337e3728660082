"""Who came and who went, as bars: joins above the line, leaves below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from usher.drawing.axis import marks, short
from usher.drawing.canvas import BLUE, GRID, MARGIN, MUTED, ORANGE, Canvas, width_of

JOINS, LEAVES = BLUE, ORANGE
WIDEST_BAR: Final = 64
LEAST_BAR: Final = 2
"""Of what is not nothing, so that it is seen."""
CORNER: Final = 4


@dataclass(frozen=True, slots=True)
class Movement:
    """A part of a canvas, with its axis on the left."""

    canvas: Canvas
    top: float
    foot: float
    """Where the highest mark is, and the lowest."""
    levels: Sequence[int]
    """The marks, upwards; 0 among them."""

    @classmethod
    def of(
        cls, canvas: Canvas, top: float, foot: float, low: int, high: int, most: int
    ) -> "Movement":
        """Make room for numbers from `low` to `high`, with about `most` marks."""
        return cls(canvas, top, foot, marks(low, high, most))

    @property
    def left(self) -> float:
        """Where bars may begin."""
        return MARGIN + max(width_of(short(level)) for level in self.levels) + 14

    @property
    def right(self) -> float:
        """Where they must end."""
        return self.canvas.width - MARGIN

    def centers(self, number: int) -> list[float]:
        """Tell where the middle of each of so many bars is."""
        left, step = self.left, self._step(number)
        return [left + step * (place + 0.5) for place in range(number)]

    def draw(self, pairs: Sequence[tuple[float, float]]) -> None:
        """Draw the marks, and a bar up and one down for each pair of joins and leaves."""
        self._grid()
        wide = min(max(self._step(len(pairs)) * 0.7, LEAST_BAR), WIDEST_BAR)
        zero = self._height(0)
        for (came, went), center in zip(pairs, self.centers(len(pairs)), strict=True):
            begin, end = center - wide / 2, center + wide / 2
            if came:
                top = min(self._height(came), zero - LEAST_BAR)
                self._bar((begin, top, end, zero - 1), JOINS, upward=True)
            if went:
                foot = max(self._height(-went), zero + LEAST_BAR)
                self._bar((begin, zero + 1, end, foot), LEAVES, upward=False)

    def _grid(self) -> None:
        left = self.left
        for level in self.levels:
            y = self._height(level)
            color, width = (GRID, 1) if level else (MUTED, 2)
            self.canvas.line((left, y, self.right, y), color, width)
            self.canvas.say((left - 12, y), short(level), MUTED, "rm")

    def _bar(self, box: tuple[float, float, float, float], color: str, *, upward: bool) -> None:
        begin, top, end, foot = box
        radius = min(CORNER, (end - begin) / 2, foot - top)
        self.canvas.box(box, color, radius, (upward, upward, not upward, not upward))

    def _step(self, number: int) -> float:
        return (self.right - self.left) / number

    def _height(self, level: float) -> float:
        """Say how far down a number is drawn."""
        share = (level - self.levels[0]) / (self.levels[-1] - self.levels[0])
        return self.foot - share * (self.foot - self.top)
