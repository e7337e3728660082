"""Reading a JSON body field by field, with Discord's complaint for each wrong one."""

import re
from datetime import datetime

from infra.practice.errors import FormErrors
from infra.practice.json_types import Json, JsonObject, as_list

_SNOWFLAKE = re.compile(r"0|[1-9][0-9]{0,19}")


def is_snowflake(text: str) -> bool:
    """Tell whether a text has the form of an id."""
    return _SNOWFLAKE.fullmatch(text) is not None


class Form:
    """Typed access to a body; call `check` after the last field.

    A field that is absent or null yields the default. Wrong fields are collected, so that the
    refusal names them all, as Discord's does.
    """

    def __init__(self, fields: JsonObject) -> None:
        self.fields = fields
        self.errors = FormErrors()

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def check(self) -> None:
        """Refuse the form (400, 50035) when a field was wrong."""
        self.errors.raise_if_any()

    def text(self, name: str, limit: int, default: str = "") -> str:
        """Read a text of at most `limit` characters."""
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            value = str(value)
        if len(value) > limit:
            self.errors.too_long(name, limit)
        return value

    def required_text(self, name: str, low: int, high: int) -> str:
        """Read a text that must be there, between `low` and `high` characters."""
        if self.fields.get(name) is None:
            self.errors.required(name)
            return ""
        value = self.text(name, high)
        if len(value) < low:
            self.errors.bad_length(name, low, high)
        return value

    def integer(self, name: str, low: int, high: int, default: int) -> int:
        """Read a whole number within limits; digits in a text count, as at Discord."""
        value = self.fields.get(name)
        if value is None:
            return default
        try:
            number = int(value) if isinstance(value, int | str) else None
        except ValueError:
            number = None
        if number is None:
            self.errors.add(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return default
        if number < low:
            self.errors.add(
                name, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}."
            )
        if number > high:
            self.errors.add(
                name, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}."
            )
        return number

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """Read a truth value."""
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.errors.add(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
            return default
        return value

    def snowflake(self, name: str) -> str | None:
        """Read an id."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not is_snowflake(str(value)):
            self.not_snowflake(name, value)
            return None
        return str(value)

    def snowflakes(self, name: str) -> list[str] | None:
        """Read a list of ids; None when the field is absent."""
        if self.fields.get(name) is None:
            return None
        found: list[str] = []
        for index, value in enumerate(as_list(self.fields[name])):
            if is_snowflake(str(value)):
                found.append(str(value))
            else:
                self.not_snowflake(f"{name}.{index}", value)
        return found

    def moment(self, name: str) -> datetime | None:
        """Read an ISO 8601 moment with its zone."""
        value = self.fields.get(name)
        if value is None:
            return None
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.errors.add(
                name, "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601."
            )
            return None

    def not_snowflake(self, path: str, value: Json) -> None:
        """Record a value that is no id."""
        self.errors.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
