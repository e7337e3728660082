"""The picture of a funnel, as far as it can be told without looking."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from usher.analytics.queries import CHART_SIZE
from usher.drawing.canvas import PANEL
from usher.funnel.chart import STEPS, PillowFunnels
from usher.funnel.desk import Picture
from usher.referrals.model import Counts


def drawn(total: Counts, *days: Counts) -> Image.Image:
    first = date(2026, 11, 1)
    dated = tuple((first + timedelta(days=number), one) for number, one in enumerate(days))
    content = PillowFunnels().funnel(Picture(total, dated))
    assert len(content) < 20_000
    return Image.open(BytesIO(content)).convert("RGBA").convert("RGB")


def area(image: Image.Image, color: str) -> int:
    wanted = tuple(int(color[place : place + 2], 16) for place in (1, 3, 5))
    near = [
        number
        for number, found in image.getcolors(100_000) or []
        if isinstance(found, tuple)
        and all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))
    ]
    return sum(near)


def test_each_step_has_a_bar_as_long_as_it_is_large() -> None:
    image = drawn(Counts(clicks=800, joins=400, onboardings=200, conversions=100), Counts())

    assert image.size == CHART_SIZE
    clicks, joins, onboardings = (area(image, color) for color in STEPS[:3])
    assert joins == pytest.approx(clicks / 2, rel=0.1)
    assert onboardings == pytest.approx(clicks / 4, rel=0.15)


@pytest.mark.parametrize(
    "total",
    [
        Counts(),
        Counts(joins=5),
        Counts(clicks=1, joins=3),
        Counts(clicks=10**9, conversions=1),
        Counts(clicks=-1, joins=1),
    ],
)
def test_odd_numbers_are_drawn_all_the_same(total: Counts) -> None:
    image = drawn(total, *([total, Counts()] * 45))

    assert area(image, PANEL) > 100_000
    assert (area(image, STEPS[1]) > 0) == (total.joins > 0)
