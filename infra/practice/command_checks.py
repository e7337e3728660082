"""Discord's limits on what a command declares.

Source: Discord API reference, "Application Commands".
"""

import re

from infra.practice.errors import FormErrors
from infra.practice.interactions.options import (
    INTEGER,
    NUMBER,
    STRING,
    SUBCOMMAND,
    SUBCOMMAND_GROUP,
)
from infra.practice.json_types import JsonObject, as_objects

ON_USER, ON_MESSAGE = 2, 3
OPTIONS = 25
CHOICES = 25
_TYPED = (STRING, INTEGER, NUMBER)
_NAME = re.compile(r"[-_'\w]{1,32}")


def check_name(
    declared: JsonObject, errors: FormErrors, at: str, *, chat_input: bool = True
) -> None:
    """Check a name; that of a slash command is one word in lower case."""
    name = str(declared.get("name") or "")
    if not name:
        errors.required(f"{at}name")
    elif not 1 <= len(name) <= 32:
        errors.bad_length(f"{at}name", 1, 32)
    elif chat_input and (_NAME.fullmatch(name) is None or name != name.lower()):
        errors.add(f"{at}name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def check_description(declared: JsonObject, errors: FormErrors, at: str) -> None:
    """Check what the client says of a command or option."""
    description = str(declared.get("description") or "")
    if not description:
        errors.required(f"{at}description")
    elif len(description) > 100:
        errors.bad_length(f"{at}description", 1, 100)


def check_options(declared: JsonObject, errors: FormErrors, at: str) -> None:
    """Check the options of a command or subcommand, and those inside them."""
    options = as_objects(declared.get("options"))
    if len(options) > OPTIONS:
        errors.too_long(f"{at}options", OPTIONS)
    names: set[str] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = f"{at}options.{index}."
        check_name(option, errors, here)
        check_description(option, errors, here)
        name = str(option.get("name"))
        if name in names:
            errors.add(
                f"{here}name",
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            )
        names.add(name)
        kind = option.get("type")
        if not isinstance(kind, int) or not 1 <= kind <= 11:
            errors.choices(f"{here}type", ", ".join(map(str, range(1, 12))))
        if kind in (SUBCOMMAND, SUBCOMMAND_GROUP):
            check_options(option, errors, here)
            continue
        if option.get("required") and optional_seen:
            errors.add(
                f"{here}required",
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
        _check_choices(option, errors, here)


def _check_choices(option: JsonObject, errors: FormErrors, at: str) -> None:
    choices = as_objects(option.get("choices"))
    if option.get("autocomplete") and (choices or option.get("type") not in _TYPED):
        errors.add(
            f"{at}autocomplete",
            "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID",
            "Autocomplete is for text and numbers without choices",
        )
    if len(choices) > CHOICES:
        errors.too_long(f"{at}choices", CHOICES)
    for index, choice in enumerate(choices):
        if not 1 <= len(str(choice.get("name") or "")) <= 100:
            errors.bad_length(f"{at}choices.{index}.name", 1, 100)
        if choice.get("value") is None:
            errors.required(f"{at}choices.{index}.value")


def size_of(declared: JsonObject) -> int:
    """Count the characters that Discord holds against its limit for a whole command."""
    size = len(str(declared.get("name") or "")) + len(str(declared.get("description") or ""))
    for choice in as_objects(declared.get("choices")):
        size += len(str(choice.get("name"))) + len(str(choice.get("value")))
    return size + sum(size_of(option) for option in as_objects(declared.get("options")))


def check_bare(declared: JsonObject, errors: FormErrors, at: str) -> None:
    """Check a command of a context menu, which has neither description nor options."""
    if declared.get("type") not in (ON_USER, ON_MESSAGE):
        errors.choices(f"{at}type", "1, 2, 3")
    for name in ("description", "options"):
        if declared.get(name):
            errors.add(
                f"{at}{name}",
                f"APPLICATION_COMMAND_CONTEXT_MENU_{name.upper()}",
                f"Context menu commands cannot have {name}",
            )
