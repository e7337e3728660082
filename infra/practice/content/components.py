"""Buttons, selects and layout: Discord's limits, and the form in which it gives them back.

Source: Discord API reference, "Component Reference".
"""

from collections.abc import Iterator

from infra.practice.content.selects import SELECTS, check_custom_id, check_select
from infra.practice.errors import FormErrors
from infra.practice.json_types import Json, JsonObject, as_list, as_object, as_objects

ACTION_ROW = 1
BUTTON = 2
LAYOUT_ONLY = (9, 10, 11, 12, 13, 14, 17)
LINK_STYLE = 5
IS_COMPONENTS_V2 = 1 << 15
ROWS_PER_MESSAGE = 5
TOTAL_COMPONENTS = 40


def read_components(
    value: Json, errors: FormErrors, *, layout: bool, at: str = "components"
) -> list[JsonObject]:
    """Check a message's components and return them with their ids filled in.

    `layout` tells whether the message carries the flag IS_COMPONENTS_V2, without which only
    action rows may stand at the top.
    """
    items = as_list(value)
    if not layout and len(items) > ROWS_PER_MESSAGE:
        errors.bad_length(at, 1, ROWS_PER_MESSAGE)
    for index, item in enumerate(items):
        body = as_object(item)
        if not layout and body.get("type") != ACTION_ROW:
            errors.choices(f"{at}.{index}.type", str(ACTION_ROW))
            continue
        _check(body, errors, f"{at}.{index}")
    filled = numbered([as_object(item) for item in items])
    every = list(walk(filled))
    if len(every) > TOTAL_COMPONENTS:
        errors.bad_length(at, 1, TOTAL_COMPONENTS)
    ids = [item["custom_id"] for item in every if "custom_id" in item]
    if len(ids) != len(set(map(str, ids))):
        errors.add(at, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    return filled


def walk(components: list[JsonObject]) -> Iterator[JsonObject]:
    """Go through components and all that they hold."""
    for component in components:
        yield component
        yield from walk(as_objects(component.get("components")))
        inner = [
            as_object(component[name]) for name in ("accessory", "component") if name in component
        ]
        yield from walk(inner)


def _check(body: JsonObject, errors: FormErrors, at: str) -> None:
    kind = body.get("type")
    if kind == BUTTON:
        _check_button(body, errors, at)
    elif kind in SELECTS:
        check_select(body, errors, at)
    elif kind == ACTION_ROW:
        _check_row(body, errors, at)
    elif kind not in LAYOUT_ONLY:
        errors.choices(f"{at}.type", "1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17")
    for index, item in enumerate(as_list(body.get("components"))):
        _check(as_object(item), errors, f"{at}.components.{index}")
    if "accessory" in body:
        _check(as_object(body["accessory"]), errors, f"{at}.accessory")


def _check_row(body: JsonObject, errors: FormErrors, at: str) -> None:
    inside = as_objects(body.get("components"))
    selects = [item for item in inside if item.get("type") in SELECTS]
    most = 1 if selects else 5
    if not 1 <= len(inside) <= most:
        errors.bad_length(f"{at}.components", 1, most)


def _check_button(body: JsonObject, errors: FormErrors, at: str) -> None:
    style = body.get("style")
    if not isinstance(style, int) or not 1 <= style <= 6:
        errors.choices(f"{at}.style", "1, 2, 3, 4, 5, 6")
    if style == LINK_STYLE:
        if not body.get("url"):
            errors.required(f"{at}.url")
    else:
        check_custom_id(body, errors, at)
    label = body.get("label")
    if isinstance(label, str) and len(label) > 80:
        errors.too_long(f"{at}.label", 80)
    if not label and not body.get("emoji"):
        errors.required(f"{at}.label")


def numbered(components: list[JsonObject]) -> list[JsonObject]:
    """Fill in the ids that the application left to Discord, and the defaults of menus."""
    used = {item["id"] for item in walk(components) if item.get("id")}
    fresh = (number for number in range(1, 10_000) if number not in used)
    return [_fill(component, fresh) for component in components]


def _fill(component: JsonObject, fresh: Iterator[int]) -> JsonObject:
    body: JsonObject = {key: it for key, it in component.items() if it is not None}
    if not body.get("id"):
        body["id"] = next(fresh)
    if "components" in body:
        body["components"] = [_fill(item, fresh) for item in as_objects(body["components"])]
    for name in ("accessory", "component"):
        if name in body:
            body[name] = _fill(as_object(body[name]), fresh)
    if body.get("type") in SELECTS:
        body.setdefault("min_values", 1)
        body.setdefault("max_values", 1)
    if body.get("type") == 17:
        body.setdefault("accent_color", None)
        body.setdefault("spoiler", False)
    if body.get("type") == 14:
        body.setdefault("divider", True)
        body.setdefault("spacing", 1)
    return body
