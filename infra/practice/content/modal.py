"""Modals: what an application may open, and the form in which the client keeps it.

Source: Discord API reference, "Receiving and Responding to Interactions", section Modal, and
"Component Reference", sections Label and Text Input.
"""

from infra.practice.content.components import numbered, walk
from infra.practice.content.selects import SELECTS, check_custom_id, check_select, check_text
from infra.practice.errors import FormErrors
from infra.practice.json_types import JsonObject, as_object, as_objects

ACTION_ROW, TEXT_INPUT, TEXT_DISPLAY, LABEL = 1, 4, 10, 18
MOST_ROWS = 5
LONGEST_INPUT = 4_000
TOP = (ACTION_ROW, TEXT_DISPLAY, LABEL)
INSIDE = (TEXT_INPUT, *SELECTS)


def read_modal(data: JsonObject) -> JsonObject:
    """Check a modal and return it with its ids filled in; 50035 names what is wrong."""
    errors = FormErrors("data.")
    for name, limit in (("custom_id", 100), ("title", 45)):
        if not 1 <= len(str(data.get(name) or "")) <= limit:
            errors.bad_length(name, 1, limit)
    rows = as_objects(data.get("components"))
    if not 1 <= len(rows) <= MOST_ROWS:
        errors.bad_length("components", 1, MOST_ROWS)
    for index, row in enumerate(rows):
        _check_row(row, errors, f"components.{index}")
    ids = [item.get("custom_id") for item in walk(rows) if "custom_id" in item]
    if len(ids) != len(set(map(str, ids))):
        errors.add(
            "components",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        )
    errors.raise_if_any()
    return {**data, "components": numbered(rows)}


def _check_row(row: JsonObject, errors: FormErrors, at: str) -> None:
    kind = row.get("type")
    if kind == LABEL:
        _check_label(row, errors, at)
    elif kind == ACTION_ROW:
        inside = as_objects(row.get("components"))
        if len(inside) != 1:
            errors.bad_length(f"{at}.components", 1, 1)
        for index, item in enumerate(inside):
            here = f"{at}.components.{index}"
            if item.get("type") != TEXT_INPUT:
                errors.choices(f"{here}.type", str(TEXT_INPUT))
                continue
            _check_input(item, errors, here)
            if not 1 <= len(str(item.get("label") or "")) <= 45:
                errors.bad_length(f"{here}.label", 1, 45)
    elif kind == TEXT_DISPLAY:
        if not row.get("content"):
            errors.required(f"{at}.content")
    else:
        errors.choices(f"{at}.type", ", ".join(map(str, TOP)))


def _check_label(row: JsonObject, errors: FormErrors, at: str) -> None:
    if not 1 <= len(str(row.get("label") or "")) <= 45:
        errors.bad_length(f"{at}.label", 1, 45)
    check_text(row, errors, at, "description", 100)
    inner = as_object(row.get("component"))
    here = f"{at}.component"
    if not inner:
        errors.required(here)
    elif inner.get("type") == TEXT_INPUT:
        _check_input(inner, errors, here)
    elif inner.get("type") in SELECTS:
        check_select(inner, errors, here, in_modal=True)
    else:
        errors.choices(f"{here}.type", ", ".join(map(str, INSIDE)))


def _check_input(body: JsonObject, errors: FormErrors, at: str) -> None:
    check_custom_id(body, errors, at)
    if body.get("style") not in (1, 2):
        errors.choices(f"{at}.style", "1, 2")
    check_text(body, errors, at, "value", LONGEST_INPUT)
    check_text(body, errors, at, "placeholder", 100)
    low, high = body.get("min_length"), body.get("max_length")
    for name, value, least in (("min_length", low, 0), ("max_length", high, 1)):
        if value is not None and (not isinstance(value, int) or not least <= value <= 4_000):
            errors.add(
                f"{at}.{name}",
                "NUMBER_TYPE_MAX",
                f"int value should be between {least} and {LONGEST_INPUT}.",
            )
    if isinstance(low, int) and isinstance(high, int) and low > high:
        errors.add(f"{at}.min_length", "TEXT_INPUT_MIN_ABOVE_MAX", "min_length is above max_length")
