"""docs/operations.md: a section an alarm; queries of real groups, fields and messages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from infra.local.alarm_evaluation import queries
from infra.local.host import ROOT
from tests.packaging.emitters import emitted
from tests.packaging.templates import ALARMS, LISTENER, TEMPLATE, of_type
from usher.catalogue import ROUTER

PAGE = (ROOT / "docs" / "operations.md").read_text()
SECTIONS = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
QUERIES = re.findall(r"^```\n(# log groups? .+?)^```", PAGE, re.MULTILINE | re.DOTALL)
NAMED = {
    alarm["AlarmName"]["Fn::Sub"].partition("}-")[2].partition("-")[2]
    for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    for alarm in of_type(ALARMS, kind).values()
}
GROUPS = {
    group["LogGroupName"]["Fn::Sub"].replace("${Stage}", "prod")
    for template in (TEMPLATE, LISTENER)
    for group in of_type(template, "AWS::Logs::LogGroup").values()
}
GIVEN = frozenset(
    # powertools' logger (its documentation: Standard structured keys), and exceptions
    {"level", "message", "timestamp", "service", "exception", "exception_name"}
    # the listener's own (gateway_listener/logs.py)
    | {"logger"}
    # every log's, and Lambda's REPORT lines' (Logs Insights: Supported logs and discovered fields)
    | {"@timestamp", "@message", "@logStream", "@type", "@requestId"}
    | {"@duration", "@initDuration", "@maxMemoryUsed"}
    # API Gateway's access log (template.yaml)
    | {"requestId", "routeKey", "status", "latencyMs", "integrationLatencyMs", "integrationError"}
)


def constants() -> frozenset[str]:
    """Every text that stands in the code that logs."""
    found: set[str] = set()
    for folder in ("functions", "gateway_listener"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            found |= _texts(file)
    return frozenset(found)


def _texts(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text()))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and _is_text(node)}  # type: ignore[misc]


def _is_text(node: ast.Constant) -> bool:
    return isinstance(node.value, str)


TEXTS = constants()
METRICS = {one.name for one in emitted()}


def group_of(query: str) -> str:
    return query.partition("\n")[0].split(" ")[3]


def fields_of(query: str) -> set[str]:
    """Name the fields that a query reads, but for those that it makes."""
    text = re.sub(r"^#.*$", "", query, flags=re.MULTILINE)
    made = set(re.findall(r"\bas (\w+)", text))
    text = re.sub(r'"[^"]*"|/[^/\n]+/|\bas \w+', "", text)
    words = set(re.findall(r"@?\b[A-Za-z_]\w*", text))
    words -= {w.removeprefix("@") for w in words if w.startswith("@")}
    return words - made - _WORDS


_WORDS = {
    *("fields", "filter", "stats", "sort", "limit", "desc", "asc", "by", "in", "like", "and", "or"),
    *("sum", "max", "min", "avg", "count", "pct", "bin", "ispresent", "m", "d"),
}


def test_every_alarm_has_its_section_and_every_section_its_alarm() -> None:
    assert SECTIONS.keys() == NAMED | {"budget"}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_says_what_to_do(name: str) -> None:
    body = SECTIONS[name]

    assert "**Do**" in body
    assert body.strip()[0].isupper()


def test_links_within_the_page_lead_somewhere() -> None:
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= SECTIONS.keys()


def test_links_to_other_pages_lead_somewhere() -> None:
    pages = set(re.findall(r"\]\(([\w-]+\.md)\)", PAGE))

    assert pages
    assert [page for page in pages if not (ROOT / "docs" / page).exists()] == []


@pytest.mark.parametrize("query", QUERIES, ids=group_of)
def test_a_query_reads_fields_that_are_logged_from_a_group_that_is_there(query: str) -> None:
    group = group_of(query)

    assert group in GROUPS or group.endswith("*")
    known = GIVEN | METRICS | TEXTS
    assert {field for field in fields_of(query) if field not in known} == set()
    messages = re.findall(r"message (?:=|in) (\[[^\]]+\]|\"[^\"]+\")", query)
    told = {text for some in messages for text in re.findall(r'"([^"]+)"', some)}
    assert told - TEXTS == set()


def test_commands_that_are_named_exist() -> None:
    commands = {command.name for command in ROUTER.commands()}
    named = set(re.findall(r"`/([a-z_]+(?: [a-z_]+)*)`", PAGE)) - {"interactions"}

    assert named
    assert named <= commands


def test_the_pages_count_what_alarms_cost() -> None:
    alarms = of_type(ALARMS, "AWS::CloudWatch::Alarm").values()
    read = sum("MetricStat" in query for alarm in alarms for query in queries(alarm))
    told = re.search(r"(\d+) alarms, which\s+read (\d+) metrics", PAGE)
    costs = (ROOT / "docs" / "deploy.md").read_text()

    assert told is not None
    assert (int(told[1]), int(told[2])) == (len(alarms), read)
    assert f"| alarms | {read} metrics that they read × 0.10, 2 composite" in costs
