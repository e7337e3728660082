"""Menus in messages and modals: Discord's limits on what they offer and how much may be chosen.

Source: Discord API reference, "Component Reference", sections String Select to Channel Select.
"""

from infra.practice.errors import FormErrors
from infra.practice.json_types import Json, JsonObject, as_list, as_object

STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 3, 5, 6, 7, 8
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
MOST = 25


def check_custom_id(body: JsonObject, errors: FormErrors, at: str) -> None:
    """Check the name under which a component reports."""
    custom_id = body.get("custom_id")
    if not custom_id:
        errors.required(f"{at}.custom_id")
    elif len(str(custom_id)) > 100:
        errors.bad_length(f"{at}.custom_id", 1, 100)


def check_text(body: JsonObject, errors: FormErrors, at: str, name: str, limit: int) -> None:
    """Check a text that may be left out."""
    value = body.get(name)
    if isinstance(value, str) and len(value) > limit:
        errors.too_long(f"{at}.{name}", limit)


def check_select(body: JsonObject, errors: FormErrors, at: str, *, in_modal: bool = False) -> None:
    """Check a menu. In a modal it may not be disabled, and a required one takes at least one."""
    check_custom_id(body, errors, at)
    check_text(body, errors, at, "placeholder", 150)
    low = _count(body, "min_values", 0, errors, at)
    high = _count(body, "max_values", 1, errors, at)
    if low > high:
        errors.add(
            f"{at}.min_values", "SELECT_MIN_VALUES_TOO_LARGE", "min_values is above max_values"
        )
    if body.get("type") == STRING_SELECT:
        _check_options(as_list(body.get("options")), errors, f"{at}.options")
    if not in_modal:
        return
    if body.get("disabled"):
        errors.add(f"{at}.disabled", "COMPONENT_DISABLED_IN_MODAL", "Modals hold nothing disabled")
    if body.get("required") is not False and body.get("min_values") == 0:
        errors.add(
            f"{at}.min_values",
            "NUMBER_TYPE_MIN",
            "int value should be greater than or equal to 1.",
        )


def _count(body: JsonObject, name: str, low: int, errors: FormErrors, at: str) -> int:
    value = body.get(name)
    if value is None:
        return 1
    if not isinstance(value, int) or not low <= value <= MOST:
        errors.add(
            f"{at}.{name}", "NUMBER_TYPE_MAX", f"int value should be between {low} and {MOST}."
        )
        return 1
    return value


def _check_options(options: list[Json], errors: FormErrors, at: str) -> None:
    if not 1 <= len(options) <= MOST:
        errors.bad_length(at, 1, MOST)
    seen: set[str] = set()
    for index, item in enumerate(options):
        option = as_object(item)
        for name in ("label", "value"):
            if not 1 <= len(str(option.get(name) or "")) <= 100:
                errors.bad_length(f"{at}.{index}.{name}", 1, 100)
        check_text(option, errors, f"{at}.{index}", "description", 100)
        value = str(option.get("value"))
        if value in seen:
            errors.add(
                f"{at}.{index}.value",
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        seen.add(value)
