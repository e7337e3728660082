"""/invite stats: interaction in, message with a chart out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.command_worker.desk import Desk, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, OTHER, option
from usher.analytics.queries import Bar, Span, Stayed, Summary, Total
from usher.analytics.words import share, trend
from usher.credit.queries import Period, Tally

FULL = Summary(
    span=Span.WEEK,
    start=NOW - timedelta(days=6),
    until=NOW,
    since=NOW - timedelta(days=100),
    bars=(Bar(NOW, 120, 20),),
    total=Total(120, 20),
    before=Total(100, 40),
    people=118,
    attributed=108,
    kinds={"invite": 100, "vanity": 15, "unknown": 5},
    causes={"left": 18, "kicked": 2},
    certain=0.99,
    agreement=1.0,
    here=0.9,
    stayed=(Stayed(1, 0.95), Stayed(7, 0.8), Stayed(30, None)),
    hours=(*(0,) * 18, 30, *(0,) * 5),
)


def desk(summary: Summary) -> Desk:
    made = Desk()
    made.services.analytics.summaries[summary.span] = summary
    return made


def test_figures_trends_and_the_chart_are_shown() -> None:
    shown = desk(FULL)
    shown.services.credit.put(GUILD, Period.WEEK, OTHER, Tally(7))

    reply = shown.run("invite stats", rights=0)

    said = words(reply)
    for part in (
        "Server statistics · The last 7 days",
        "120 members joined and 20 left.",
        "Joins: **120** ▲ 20 %",
        "Leaves: **20** ▼ 50 %",
        "Growth: **+100** (was +60)",
        "Different people: 118",
        "Inviter known: 90 %",
        "Known for sure: 99 %",
        "Agrees with Discord's record: 100 %",
        "(30 joins)",
        "Still here: 90 %",
        "95 % after 1 day, 80 % after 7 days",
        "100 by invite · 15 by the vanity link · 5 by a way not known",
        "18 by themselves · 2 kicked",
        f"**1.** <@{OTHER}>: 7 invites",
    ):
        assert part in said
    [chart] = reply.files
    assert reply.embeds[0].image == chart.name
    assert chart.content == b"\x89PNG week"
    assert "120 joins and 20 leaves" in chart.description


def test_buttons_switch_the_time_for_the_one_who_asked() -> None:
    shown = desk(replace(FULL, span=Span.MONTH))

    first = shown.run("invite stats", rights=0)
    second = shown.press(first, "30 days", rights=0)

    assert "The last 7 days" in words(first)
    assert "The last 30 days" in words(second)
    assert second.files[0].content == b"\x89PNG month"


def test_an_empty_server_is_told_so_with_a_chart_still() -> None:
    reply = Desk().run("invite stats", option("period", "all"), rights=0)

    assert "Nobody has been seen joining here yet." in words(reply)
    assert len(reply.files) == 1


def test_an_empty_time_names_what_is_not_known() -> None:
    quiet = Summary(Span.DAY, NOW, NOW, NOW - timedelta(days=9), bars=(Bar(NOW),))

    said = words(desk(quiet).run("invite stats", option("period", "day"), rights=0))

    assert "Nobody joined or left in this time." in said
    assert "Known for sure: no data yet" in said
    assert "Top inviters today: Nobody yet." in said


def test_a_summary_that_is_behind_says_until_when_it_is_counted() -> None:
    late = replace(FULL, until=NOW - timedelta(minutes=50))

    assert "counted until 2026-11-20 11:10 UTC" in words(desk(late).run("invite stats", rights=0))


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (5, None, ""),
        (0, 0, ""),
        (7, 7, " ▬ as before"),
        (12, 10, " ▲ 20%"),
        (5, 10, " ▼ 50%"),
        (5, 0, " ▲ from 0"),
        (900, 2, " ▲ from 2"),
        (0, 9, " ▼ 100%"),
    ],
)
def test_trends(now: int, before: int | None, told: str) -> None:
    assert trend(now, before) == told.replace("%", " %")


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (None, "no data yet"),
        (0, "0 %"),
        (1, "100 %"),
        (0.9999, "above 99.9 %"),
        (0.0001, "below 0.1 %"),
        (0.925, "92.5 %"),
        (0.5, "50 %"),
    ],
)
def test_shares_say_all_and_none_only_where_it_is_so(part: float | None, told: str) -> None:
    assert share(part) == told
