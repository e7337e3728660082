"""The dashboard: every alarm is on it, and every metric that it draws exists."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

from tests.packaging.emitters import SHARED
from tests.packaging.templates import ALARMS, DASHBOARD, TEMPLATE, of_type
from tests.packaging.test_alarm_metrics import AWS, EMITTED

(PROPERTIES,) = of_type(DASHBOARD, "AWS::CloudWatch::Dashboard").values()
TEXT, PARTS = PROPERTIES["DashboardBody"]["Fn::Sub"]
CONDITIONS = {name: part["Fn::If"][0] for name, part in PARTS.items()}
COLUMNS = 24
MOST_METRICS = 50
"""Of a dashboard that is free (CloudWatch pricing)."""


def body(*, whole: bool) -> dict[str, Any]:
    """The dashboard with all that depends on a condition, or with nothing of it."""
    text = TEXT
    for name, part in PARTS.items():
        _, there, otherwise = part["Fn::If"]
        text = text.replace(f"${{{name}}}", there["Fn::Sub"] if whole else otherwise)
    found: dict[str, Any] = json.loads(text)
    return found


WIDGETS = body(whole=True)["widgets"]


def rows() -> list[tuple[str, str, dict[str, str]]]:
    """Every metric that is drawn: namespace, name, dimensions."""
    drawn = []
    for widget in WIDGETS:
        for row in widget["properties"].get("metrics", []):
            if isinstance(row[0], str):
                texts = [one for one in row if isinstance(one, str)]
                pairs = zip(texts[2::2], texts[3::2], strict=True)
                drawn.append((texts[0], texts[1], dict(pairs)))
    return drawn


def test_it_is_json_whatever_is_deployed() -> None:
    assert len(body(whole=False)["widgets"]) == len(WIDGETS)
    assert len(rows()) <= MOST_METRICS


def test_every_metric_that_is_drawn_is_told() -> None:
    for namespace, name, dimensions in rows():
        if namespace == "Usher/${Stage}":
            tellers = [
                one
                for one in EMITTED
                if one.name == name
                and one.dimensions == dimensions.keys()
                and one.service in (SHARED, dimensions["service"])
            ]
            assert tellers, name
        else:
            allowed, known = AWS[namespace]
            assert name in known, name
            assert dimensions.keys() <= allowed


def test_what_stands_for_names_is_given() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", TEXT + json.dumps(PARTS)))
    given = TEMPLATE["Resources"]["Dashboard"]["Properties"]["Parameters"]
    decided = {"WatchListener", "ReplicaBucket"}

    assert (used - PARTS.keys()) | decided == DASHBOARD["Parameters"].keys() == given.keys()


def test_every_alarm_is_at_the_top_under_its_severity() -> None:
    alarms = {
        alarm["AlarmName"]["Fn::Sub"]
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        for alarm in of_type(ALARMS, kind).values()
    }
    page, warn = (widget for widget in WIDGETS if widget["type"] == "alarm")
    shown = [shown_by(page), shown_by(warn)]

    assert page["y"] == warn["y"] == 0
    assert shown == [{n for n in alarms if f"-{kind}-" in n} for kind in ("page", "warn")]


def shown_by(widget: dict[str, Any]) -> set[str]:
    return {arn.rpartition(":")[2] for arn in widget["properties"]["alarms"]}


def test_no_alarm_is_shown_that_is_not_deployed() -> None:
    always = {
        resource["Properties"]["AlarmName"]["Fn::Sub"]
        for resource in ALARMS["Resources"].values()
        if "Condition" not in resource and "AlarmName" in resource["Properties"]
    }
    pages, warnings, *_ = (shown_by(one) for one in body(whole=False)["widgets"][:2])

    assert pages | warnings == always
    for name, condition in CONDITIONS.items():
        for arn in re.findall(r"alarm:(\S+)\"", PARTS[name]["Fn::If"][1]["Fn::Sub"]):
            assert arn in {
                one["Properties"]["AlarmName"]["Fn::Sub"]
                for one in ALARMS["Resources"].values()
                if one.get("Condition") == condition
            }


def test_expressions_name_what_is_drawn_with_them() -> None:
    for widget in WIDGETS:
        options = [row[-1] for row in widget["properties"].get("metrics", [])]
        ids = {one["id"] for one in options if isinstance(one, dict) and "id" in one}
        for one in options:
            if isinstance(one, dict) and "expression" in one:
                used = set(re.findall(r"\b[a-z]\w*\b", one["expression"]))
                assert used <= ids


def test_no_box_lies_on_another() -> None:
    boxes = [(one["x"], one["y"], one["width"], one["height"]) for one in WIDGETS]

    assert all(x + width <= COLUMNS for x, _, width, _ in boxes)
    for (x, y, width, height), (x2, y2, width2, height2) in combinations(boxes, 2):
        apart = x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y
        assert apart
