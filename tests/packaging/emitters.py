"""Every metric of Usher's own that some line of code tells, and how."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_listener.vitals import metric_line
from infra.local.host import ROOT
from interactions.measuring import Measure
from tests.packaging.templates import ROOMS

SHARED: Final = "usher"
LISTENER: Final = "listener"
_NAME: Final = re.compile(r"[A-Z][A-Za-z]+")
_LISTENER_FILES: Final = ("listener.py", "traffic.py", "vitals.py")


@dataclass(frozen=True, slots=True)
class Emitted:
    """A metric as it is told. The service of what the shared package tells is its caller's."""

    service: str
    name: str
    dimensions: frozenset[str]
    unit: str


def emitted() -> frozenset[Emitted]:
    """Collect what doors, the shared package, the front and the listener tell."""
    found = {*_of_the_front(), *_of_the_listener()}
    for room in (SHARED, *ROOMS.values()):
        for file in sorted((ROOT / "functions" / room).rglob("*.py")):
            found.update(_of_meters(room, file))
    return frozenset(found)


def _of_meters(service: str, file: Path) -> Iterator[Emitted]:
    tree = ast.parse(file.read_text())
    named = _constants(tree)
    for node in ast.walk(tree):
        match node:
            # Several in one line: a mapping whose keys are this module's constants.
            case ast.Dict(keys=[*keys]):
                for key in keys:
                    if isinstance(key, ast.Name) and key.id in named:
                        yield Emitted(service, named[key.id], frozenset({"service"}), "Count")
            case ast.Call(
                func=ast.Attribute(attr=("count" | "gauge") as act),
                args=[ast.Constant(value=str() as name), *rest],
            ) if _NAME.fullmatch(name):
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                dimensions = rest[1] if len(rest) > 1 else given.get("dimensions")
                unit = rest[2] if act == "gauge" and len(rest) > 2 else given.get("unit")
                names = {"service"} | _keys(dimensions)
                word = unit.attr if isinstance(unit, ast.Attribute) else "Count"
                yield Emitted(service, name, frozenset(names), word)


def _constants(tree: ast.Module) -> dict[str, str]:
    """Name the texts in camel case that a module gives a name."""
    return {
        node.target.id: str(node.value.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Constant)
        and _NAME.fullmatch(str(node.value.value))
    }


def _keys(node: ast.expr | None) -> set[str]:
    if not isinstance(node, ast.Dict):
        return set()
    return {key.value for key in node.keys if isinstance(key, ast.Constant)}  # type: ignore[misc]


def _of_the_front() -> Iterator[Emitted]:
    lines: list[str] = []
    measure = Measure({}, lines.append)
    measure.failed()
    measure.answered({}, {"statusCode": 200}, 0)
    measure.answered({}, {"statusCode": 401}, 0)
    for line in lines:
        yield from _of_line(line)


def _of_the_listener() -> Iterator[Emitted]:
    for name in _LISTENER_FILES:
        tree = ast.parse((ROOT / "gateway_listener" / name).read_text())
        for node in ast.walk(tree):
            keys = node.keys if isinstance(node, ast.Dict) else [getattr(node, "slice", None)]
            for key in keys:
                if isinstance(key, ast.Constant) and _NAME.fullmatch(str(key.value)):
                    yield from _of_line(metric_line({str(key.value): 1}, 0, "Usher"))


def _of_line(line: str) -> Iterator[Emitted]:
    fields = json.loads(line)
    (described,) = fields["_aws"]["CloudWatchMetrics"]
    (dimensions,) = described["Dimensions"]
    for metric in described["Metrics"]:
        yield Emitted(fields["service"], metric["Name"], frozenset(dimensions), metric["Unit"])
