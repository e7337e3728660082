"""Checks what the practice Discord answers against Discord's own description of its API."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from tests.practice import undocumented

DOCUMENT: Final = Path(__file__).resolve().parents[3] / "shared" / "discord" / "openapi.json"
_METHODS: Final = ("get", "put", "post", "patch", "delete")


def available() -> bool:
    """Tell whether the document is at hand."""
    return DOCUMENT.exists()


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    # The codes of field errors are words ("BASE_TYPE_REQUIRED") in what Discord answers and in
    # its reference ("Error Messages"); the document types them as integers.
    field_error = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code", "message"],
    }
    schemas = document["components"]["schemas"]
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = field_error
    document["paths"] |= undocumented.PATHS
    return document


@cache
def _operations() -> list[tuple[str, re.Pattern[str], str]]:
    found = []
    for path, item in _document()["paths"].items():
        pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)) + "$")
        found += [(method.upper(), pattern, path) for method in _METHODS if method in item]
    return sorted(found, key=lambda operation: operation[2].count("{"))


@cache
def _validator(pointer: str) -> jsonschema_rs.Validator:
    document = _document()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": pointer,
        "components": document["components"],
        "paths": document["paths"],
    }
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def operation(method: str, path: str) -> str:
    """Return the documented path that a request goes to."""
    for known, pattern, template in _operations():
        if known == method and pattern.match(path):
            return template
    raise AssertionError(f"Discord's API has no {method} {path}")


def problems(method: str, path: str, status: int, body: object) -> list[str]:
    """List what is wrong with an answer; empty when it is as Discord describes it."""
    template = operation(method, path)
    responses = _document()["paths"][template][method.lower()]["responses"]
    key = str(status) if str(status) in responses else f"{str(status)[0]}XX"
    if key not in responses:
        return [f"{method} {template} never answers {status}"]
    if "$ref" in responses[key]:
        name = responses[key]["$ref"].rsplit("/", 1)[1]
        pointer = f"#/components/schemas/{_error_schema(name)}"
    elif "application/json" in responses[key].get("content", {}):
        escaped = template.replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
        pointer = (
            f"#/paths/{escaped}/{method.lower()}/responses/{key}/content/application~1json/schema"
        )
    elif "content" in responses[key]:
        return [] if isinstance(body, str) else [f"{method} {template} {status} is a text"]
    else:
        return [] if body is None else [f"{method} {template} {status} has no body"]
    return [
        f"{'/'.join(map(str, error.instance_path)) or '<root>'}: {error.message[:300]}"
        for error in _validator(pointer).iter_errors(body)
    ]


def _error_schema(response: str) -> str:
    return "RatelimitedResponse" if "Ratelimited" in response else "ErrorResponse"
