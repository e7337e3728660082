"""Bars of joins and leaves, as far as it can be told without looking."""

from io import BytesIO

import pytest
from PIL import Image

from usher.drawing.canvas import BLUE, GRID, INK, MUTED, ORANGE, PANEL, Canvas
from usher.drawing.movement import JOINS, LEAVES, WIDEST_BAR, Movement

SIZE = (900, 200)
TOP, FOOT = 25.0, 175.0


def drawn(*pairs: tuple[float, float]) -> Image.Image:
    canvas = Canvas(SIZE)
    high, low = (max(int(one[place]) for one in pairs) for place in (0, 1))
    movement = Movement.of(canvas, TOP, FOOT, -low, high, 4)
    movement.draw(pairs)
    canvas.labels(["now"] * len(pairs), movement.centers(len(pairs)), 195)
    return Image.open(BytesIO(canvas.png())).convert("RGBA").convert("RGB")


def boxes(image: Image.Image, color: str) -> list[tuple[int, int]]:
    """Tell width and height of each bar of a colour, from the left."""
    wanted = _parts(color)
    hits = [
        sum(_near(image.getpixel((x, y)), wanted) for y in range(SIZE[1])) for x in range(SIZE[0])
    ]
    found: list[tuple[int, int]] = []
    begin = None
    for x, height in enumerate([*hits, 0]):
        if height and begin is None:
            begin = x
        elif not height and begin is not None:
            found.append((x - begin, max(hits[begin:x])))
            begin = None
    return found


def test_each_bar_is_as_high_as_what_it_stands_for() -> None:
    image = drawn((40, 10), (20, 0), (0, 5))

    (_, whole), (_, half) = boxes(image, JOINS)
    (_, left), (_, few) = boxes(image, LEAVES)
    assert half == pytest.approx(whole / 2, abs=3)
    assert left == pytest.approx(whole / 4, abs=3)
    assert few == pytest.approx(whole / 8, abs=3)


@pytest.mark.parametrize("number", [1, 7, 24, 31, 90])
def test_bars_fit_whatever_their_number_and_never_touch(number: int) -> None:
    bars = boxes(drawn(*[(5, 3)] * number), JOINS)

    assert len(bars) == number
    assert max(wide for wide, _ in bars) <= WIDEST_BAR + 2


def test_one_among_millions_is_seen() -> None:
    image = drawn((1_000_000, 0), (1, 1))

    assert len(boxes(image, JOINS)) == 2
    assert len(boxes(image, LEAVES)) == 1


def test_a_time_without_anybody_has_its_axis() -> None:
    image = drawn((0, 0), (0, 0))

    assert boxes(image, JOINS) == boxes(image, LEAVES) == []
    assert boxes(image, GRID)


def test_words_and_bars_stand_out_from_the_panel() -> None:
    for color, least in ((INK, 7), (MUTED, 4.5), (BLUE, 3), (ORANGE, 3)):
        assert _contrast(color, PANEL) >= least


def _near(pixel: object, wanted: tuple[int, ...]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 24 for one, other in zip(pixel, wanted, strict=True))


def _parts(color: str) -> tuple[int, ...]:
    return tuple(int(color[cut : cut + 2], 16) for cut in (1, 3, 5))


def _contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [part / 255 for part in _parts(color)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
