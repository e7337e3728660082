"""The picture: it is a PNG, and says something for any figures."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from usher.analytics.chart import PillowCharts
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
