"""What all pictures are drawn on (Pillow).

A panel of its own, so that it reads the same on Discord's dark and light themes. Never imported by
the front: Pillow is heavy.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from usher.drawing.axis import spread

PANEL: Final = "#2b2d31"
INK: Final = "#f2f3f5"
MUTED: Final = "#b5bac1"
GRID: Final = "#404249"
BLUE: Final = "#8ea1ff"
ORANGE: Final = "#f0a35e"
"""The two are told apart by who sees no red or green."""

LARGE, SMALL = 26, 20
"""Font sizes: an embed shows a picture at about half its size."""
MARGIN: Final = 28
GAP: Final = 18
"""Between two labels."""

type Place = tuple[float, float]
type Box = tuple[float, float, float, float]


class Canvas:
    """A panel, and what is drawn on it. Measures are pixels from its upper left corner."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.width, self.height = size
        self._image = Image.new("RGBA", size)
        self._draw = ImageDraw.Draw(self._image)
        self.box((0, 0, self.width - 1, self.height - 1), PANEL, 16)

    def png(self) -> bytes:
        """Return the picture."""
        content = BytesIO()
        few = self._image.quantize(64, dither=Image.Dither.NONE)
        few.save(content, "PNG", optimize=True)
        return content.getvalue()

    def say(
        self, place: Place, words: str, color: str = INK, anchor: str = "ls", size: int = SMALL
    ) -> None:
        """Write words; the anchor is Pillow's."""
        self._draw.text(place, words, color, font(size), anchor)

    def box(
        self,
        box: Box,
        color: str,
        radius: float = 0,
        corners: tuple[bool, bool, bool, bool] | None = None,
    ) -> None:
        """Fill a box, its corners rounded: all, or those from the upper left one on."""
        self._draw.rounded_rectangle(box, radius, color, corners=corners)

    def line(self, box: Box, color: str, width: int) -> None:
        """Draw a line."""
        self._draw.line(box, color, width)

    def swatch(self, left: float, foot: float, color: str) -> None:
        """Show a colour of which words stand to the right."""
        self.box((left, foot - 16, left + 16, foot), color, 4)

    def labels(self, words: Sequence[str], centers: Sequence[float], line: float) -> None:
        """Write labels below their places, as many as do not touch."""
        for word, center in spread(words, centers, width_of, GAP):
            half = width_of(word) / 2
            x = min(max(center, half + MARGIN / 2), self.width - MARGIN / 2 - half)
            self.say((x, line), word, MUTED, "ms")


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font in a size: it has no letters but those of English."""
    if size not in _FONTS:
        _FONTS[size] = ImageFont.load_default(size)
    return _FONTS[size]


def width_of(words: str, size: int = SMALL) -> float:
    """Measure words, in pixels."""
    return font(size).getbbox(words)[2]


_FONTS: Final[dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont]] = {}
