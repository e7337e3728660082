"""Alarms, budgets and whatever else the topic is told, read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.alerting.payloads import (
    BUDGET,
    COMPOSITE,
    EMULATED,
    MATH,
    enveloped,
    metric_alarm,
)
from usher.alerting.model import Change, Notice, State, Turn
from usher.alerting.parsing import read_news

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
AT = datetime(2026, 11, 29, 9, 1, 30, 123_000, tzinfo=UTC)


def read_alarm(message: str) -> Change:
    news = read_news(enveloped(message), "m1", NOW)
    assert isinstance(news, Change)
    return news


def test_a_metric_alarm() -> None:
    change = read_alarm(metric_alarm("ALARM", "OK", AT))

    assert change.alarm == "usher-prod-page-listener-silent"
    assert change.turn == Turn(AT, State.ALARM, State.OK)
    facts = change.facts
    assert facts.sentence == "The listener has not been heard of."
    assert facts.page == "docs/operations.md#listener-silent"
    assert facts.measured == (
        "**0**, an alarm when below 1\nsum of ListenerHeartbeat, 2 of 2 × 1 min"
    )
    assert (facts.region, facts.account) == ("eu-west-1", "123456789012")


def test_a_composite_alarm_names_its_children() -> None:
    change = read_alarm(COMPOSITE)

    assert change.facts.measured == "By usher-prod-warn-refusals"
    assert change.turn.state is State.ALARM
    assert change.facts.region == "us-east-1"


def test_an_alarm_by_metric_math_is_measured_by_its_label() -> None:
    change = read_alarm(MATH)

    assert change.facts.measured == (
        "**4.16667**, an alarm when above 1\npercent of invocations that failed, 2 of 3 × 1 min"
    )
    assert change.facts.page == "docs/operations.md#lambda-errors"


def test_no_data_is_said_in_words() -> None:
    told = metric_alarm("ALARM", "OK", AT).replace(
        "2 out of the last 2 datapoints [0.0 (29/11/26 09:01:00), 1.0 (29/11/26 09:00:00)] were"
        " less",
        "no datapoints were received for 2 periods and 2 missing datapoints were treated as less",
    )

    assert read_alarm(told).facts.measured.startswith("No data came, an alarm when below 1")


def test_what_the_embedded_cloud_sends_is_an_alarm_too() -> None:
    change = read_alarm(EMULATED)

    assert change.turn == Turn(datetime(2026, 11, 29, 9, tzinfo=UTC), State.ALARM, State.NO_DATA)
    assert change.facts.region == "us-east-1"
    assert change.facts.measured == "Threshold Crossed: Maximum 1.0 GreaterThanThreshold 0"


def test_a_budget() -> None:
    news = read_news(enveloped(BUDGET, "AWS Budgets: usher-prod has exceeded"), "m1", NOW)

    assert isinstance(news, Notice)
    assert (news.id, news.title) == ("95df01b4", "Budget usher-prod")
    assert dict(news.fields) == {
        "Budgeted Amount": "$20.00",
        "Alert Type": "ACTUAL",
        "Alert Threshold": "> $30.00",
        "ACTUAL Amount": "$31.07",
    }


@pytest.mark.parametrize(
    ("body", "title", "text"),
    [
        (enveloped("Hello", "A test"), "A test", "Hello"),
        ("not from SNS", "A message to the alarm topic", "not from SNS"),
        (
            enveloped('{"AlarmName": "x", "NewStateValue": "PURPLE"}', "Odd"),
            "Odd",
            '{"AlarmName": "x", "NewStateValue": "PURPLE"}',
        ),
    ],
)
def test_what_is_not_understood_is_shown_as_it_is(body: str, title: str, text: str) -> None:
    news = read_news(body, "m1", NOW)

    assert isinstance(news, Notice)
    assert (news.title, news.text) == (title, text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"AlarmName":' * 50_000])
def test_nested_without_end_is_shown_as_it_is(text: str) -> None:
    for body in (text, enveloped(text)):
        assert isinstance(read_news(body, "m1", NOW), Notice)


def test_a_moment_that_no_calendar_has_is_no_alarm() -> None:
    odd = metric_alarm("ALARM", "OK", AT).replace(
        "2026-11-29T09:01:30.123+0000", "0001-01-01T00:00:00+1400"
    )
    assert "0001-01-01" in odd

    assert isinstance(read_news(enveloped(odd), "m1", NOW), Notice)


@given(st.text() | st.text().map(enveloped) | st.just(enveloped("{}")))
def test_nothing_makes_reading_fail(body: str) -> None:
    read_news(body, "m1", NOW)
