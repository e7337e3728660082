"""Checks bodies against Discord's own description of its API (OpenAPI 3.1).

Stricter than the document in one way and kinder in another: objects are closed, so that a misspelt
key is an error, and unions are decided by `type`, so that the message names the key at fault.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from tests.contract.trim import TRIMMED, trim

FULL: Final = Path(__file__).resolve().parents[3] / "shared" / "discord" / "openapi.json"
"""Next to the checkout where it is at hand; else the trimmed copy serves."""

DEVIATIONS: Final[Mapping[tuple[str, ...], tuple[object, str]]] = {
    (
        "ApplicationCommandUpdateRequest",
        "properties",
        "default_member_permissions",
    ): (
        {"type": ["string", "null"], "pattern": "^(0|[1-9][0-9]*)$"},
        "typed integer|null here, but the reference documents a string and answers carry one",
    ),
}
"""Where the document is known to differ from Discord, and why we believe so."""

_RESPONSES: Final = {
    1: "PongInteractionCallbackRequest",
    4: "CreateMessageInteractionCallbackRequest",
    5: "CreateMessageInteractionCallbackRequest",
    6: "UpdateMessageInteractionCallbackRequest",
    7: "UpdateMessageInteractionCallbackRequest",
    8: "ApplicationCommandAutocompleteCallbackRequest",
    9: "ModalInteractionCallbackRequest",
}


def interaction_response(body: object) -> list[str]:
    """List what is wrong with an answer to an interaction."""
    kind = body.get("type") if isinstance(body, dict) else None
    if kind not in _RESPONSES:
        return [f"type: {kind!r} is no callback type that we know"]
    return errors(_RESPONSES[kind], body)


def registration(commands: object) -> list[str]:
    """List what is wrong with the body of a bulk registration, by the document alone."""
    if not isinstance(commands, list):
        return ["not an array"]
    return [
        f"{number}/{error}"
        for number, command in enumerate(commands)
        for error in errors("ApplicationCommandUpdateRequest", command)
    ]


def webhook_edit(payload: object, parts: tuple[str, ...] = ()) -> list[str]:
    """List what is wrong with an edit of a reply: its JSON, and the names of its file parts."""
    route = _document()["paths"]["/webhooks/{webhook_id}/{webhook_token}/messages/@original"]
    body, files = route["patch"]["multipart/form-data"]["allOf"]
    known = files["properties"]
    strange = [f"{part}: not a part of the form" for part in parts if part not in known]
    return strange + errors(body["$ref"].rpartition("/")[2], payload)


def errors(component: str, body: object) -> list[str]:
    """List what is wrong with a body by a component of the document, one line a fault."""
    return [
        f"{'/'.join(map(str, error.instance_path)) or 'body'}: {error.message[:200]}"
        for error in _validator(component).iter_errors(body)
    ]


@cache
def _document() -> dict[str, Any]:
    if FULL.exists():
        return trim(json.loads(FULL.read_text(encoding="utf-8")))
    document: dict[str, Any] = json.loads(TRIMMED.read_text(encoding="utf-8"))
    return document


@cache
def _components() -> dict[str, Any]:
    schemas: dict[str, Any] = json.loads(json.dumps(_document()["components"]["schemas"]))
    for path, (schema, _) in DEVIATIONS.items():
        *above, last = path
        place = schemas
        for step in above:
            place = place[step]
        assert last in place, f"{path} is not in the document any more"
        place[last] = schema
    return {name: _strict(schema, schemas) for name, schema in schemas.items()}


@cache
def _validator(component: str) -> jsonschema_rs.Draft202012Validator:
    whole = {"$ref": f"#/components/schemas/{component}", "components": {"schemas": _components()}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def _strict(value: Any, schemas: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_strict(one, schemas) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _strict(one, schemas) for key, one in value.items()}
    if "properties" in inner and inner.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    for union in ("oneOf", "anyOf"):
        if union in inner and (arms := _arms(inner[union], schemas)):
            del inner[union]
            inner |= _decided(arms)
    return inner


def _arms(union: list[Any], schemas: Mapping[str, Any]) -> dict[int, Any]:
    """Map each `type` of a union to its arm; empty where `type` does not decide."""
    arms: dict[int, Any] = {}
    for arm in union:
        reference = arm.get("$ref", "").rpartition("/")[2]
        kinds = schemas.get(reference, {}).get("properties", {}).get("type", {}).get("enum", [])
        if not kinds or arms.keys() & set(kinds):
            return {}
        arms |= dict.fromkeys(kinds, arm)
    return arms


def _decided(arms: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": sorted(arms)}},
        "allOf": [
            {"if": {"properties": {"type": {"const": kind}}}, "then": arm}
            for kind, arm in arms.items()
        ],
    }
