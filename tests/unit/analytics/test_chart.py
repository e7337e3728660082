"""The picture: it is a PNG, says something for any figures, and no label touches another."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from usher.analytics.axis import marks, short, spread
from usher.analytics.chart import INK, JOINS, LEAVES, MUTED, PANEL, PillowCharts
from usher.analytics.queries import CHART_SIZE, Bar, Span, Summary, Total

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def summary(span: Span, *bars: tuple[int, int], step: timedelta = timedelta(days=1)) -> Summary:
    made = tuple(Bar(NOW + number * step, *bar) for number, bar in enumerate(bars))
    total = Total(sum(bar.joins for bar in made), sum(bar.leaves for bar in made))
    return Summary(span, NOW, NOW, NOW, made, total)


def pixels(chart: bytes) -> Image.Image:
    image = Image.open(BytesIO(chart))
    assert (image.format, image.size) == ("PNG", CHART_SIZE)
    return image.convert("RGBA")


@pytest.mark.parametrize(
    "shown",
    [
        summary(Span.WEEK, *((n, 0) for n in range(7))),
        summary(Span.DAY, *((n, 24 - n) for n in range(24)), step=timedelta(hours=1)),
        summary(Span.MONTH, *((1_000_000 * n, 999_999) for n in range(30))),
        summary(Span.ALL, *((n, n) for n in range(60)), step=timedelta(days=21)),
        summary(Span.ALL, (1, 0)),
        summary(Span.WEEK, *((0, 3) for _ in range(7))),
        summary(Span.WEEK, (1_000_000, 1)),
    ],
)
def test_any_figures_can_be_drawn(shown: Summary) -> None:
    image = pixels(PillowCharts().draw(shown))

    colors = {color for _, color in image.getcolors(10_000) or []}
    assert len(colors) > 5
    assert image.getpixel((0, 0)) == (0, 0, 0, 0) or image.getpixel((0, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("bars", [(), ((0, 0),) * 7])
def test_an_empty_time_says_so_instead_of_drawing_nothing(
    bars: tuple[tuple[int, int], ...],
) -> None:
    image = pixels(PillowCharts().draw(summary(Span.WEEK, *bars)))

    middle = image.crop((200, 180, 700, 260))
    assert len(middle.getcolors(10_000) or []) > 1


def test_words_and_bars_stand_out_from_the_panel() -> None:
    for color, least in ((INK, 7), (MUTED, 4.5), (JOINS, 3), (LEAVES, 3)):
        assert _contrast(color, PANEL) >= least


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_marks_are_round_hold_everything_and_are_few(high: int, low: int) -> None:
    levels = marks(-low, high, 5)

    assert levels[0] <= -low <= 0 <= high <= levels[-1]
    assert 0 in levels
    assert 2 <= len(levels) <= 9
    assert len({b - a for a, b in pairwise(levels)}) == 1


@given(st.integers(0, 10**12))
def test_numbers_are_short(number: int) -> None:
    assert len(short(number)) <= 7


@given(st.integers(1, 200), st.floats(1, 60), st.floats(5, 120))
def test_labels_never_touch(number: int, step: float, width: float) -> None:
    centers = [step * place for place in range(number)]
    shown = [center for _, center in spread(["x"] * number, centers, lambda _: width, 18)]

    assert shown[0] == 0
    assert all(b - a >= width + 18 for a, b in pairwise(shown))


def _contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[cut : cut + 2], 16) / 255 for cut in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
