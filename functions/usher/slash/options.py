"""The options of a command, as registered with Discord and as read from an interaction."""

import math
import re
from collections.abc import Callable
from enum import IntEnum
from typing import Final, NewType

from usher.frozen import frozen
from usher.slash.completing import Completer
from usher.slash.errors import UserError
from usher.slash.resolved import is_snowflake
from usher.slash.say import in_every_language, later, say

type Json = dict[str, object]

MentionableId = NewType("MentionableId", str)
"""A user or a role."""

NAME: Final = re.compile(r"[-_a-z0-9]{1,32}")
"""Stricter than Discord's, which also takes lower-case letters of other scripts."""
DESCRIPTION_LIMIT: Final = 100
TEXT_LIMIT: Final = 6000
INTEGER_LIMIT: Final = 2**53


class OptionType(IntEnum):
    """Discord's option types."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NUMERIC: Final = (OptionType.INTEGER, OptionType.NUMBER)

_LENGTHS: Final = (
    later("`{option}` must be at least {bound} characters long."),
    later("`{option}` must be at most {bound} characters long."),
)
_SIZES: Final = (
    later("`{option}` must be at least {bound}."),
    later("`{option}` must be at most {bound}."),
)
"""What is said of a value beyond its bounds, the lower and the upper."""


@frozen
class Opt:
    """What a signature cannot say. Lengths in characters; bounds inclusive."""

    description: str
    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    complete: Completer | None = None
    """Suggests values of a text or a number."""


@frozen
class Option:
    """One option, as registered with Discord and as read from an interaction."""

    name: str
    parameter: str
    type: OptionType
    opt: Opt
    required: bool
    choices: tuple[tuple[str, str | int | float], ...] = ()
    """(name, value) pairs; empty for a free value."""
    convert: Callable[[str], object] | None = None
    """Turns a chosen value into the member of a StrEnum."""

    def to_json(self) -> Json:
        """Write Discord's registration form."""
        body: Json = {
            "type": int(self.type),
            "name": self.name,
            **described(self.opt.description),
            "required": self.required,
        }
        if self.choices:
            body["choices"] = [{"name": name, "value": value} for name, value in self.choices]
        if self.opt.complete:
            body["autocomplete"] = True
        bounds = {
            "min_value": self.opt.min,
            "max_value": self.opt.max,
            "min_length": self.opt.min_length,
            "max_length": self.opt.max_length,
        }
        return body | {key: value for key, value in bounds.items() if value is not None}

    def read(self, value: object) -> object:
        """Check a value against the declaration and type it; raises UserError."""
        typed = _coerce(self.type, value)
        if typed is None:
            raise UserError(
                say("`{option}` is not what I expected there. Please try again.", option=self.name)
            )
        if self.choices:
            if typed not in [choice for _, choice in self.choices]:
                offered = ", ".join(str(name) for name, _ in self.choices)
                raise UserError(
                    say("`{option}` must be one of: {offered}.", option=self.name, offered=offered)
                )
            return self.convert(str(typed)) if self.convert else typed
        if isinstance(typed, str):
            self._check(len(typed), (self.opt.min_length, self.opt.max_length), _LENGTHS)
        elif isinstance(typed, int | float):
            self._check(typed, (self.opt.min, self.opt.max), _SIZES)
        return typed

    def _check(
        self, size: float, bounds: tuple[float | None, float | None], sentences: tuple[str, str]
    ) -> None:
        low, high = bounds
        if low is not None and size < low:
            raise UserError(say(sentences[0], option=self.name, bound=f"{low:,}"))
        if high is not None and size > high:
            raise UserError(say(sentences[1], option=self.name, bound=f"{high:,}"))


def _coerce(kind: OptionType, value: object) -> str | int | float | bool | None:
    """Return the value in its Python type, or None when it has another shape."""
    if kind is OptionType.BOOLEAN:
        return value if isinstance(value, bool) else None
    if kind in NUMERIC:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if not math.isfinite(value) or abs(value) > INTEGER_LIMIT:
            return None
        if kind is OptionType.NUMBER:
            return float(value)
        return int(value) if value == int(value) else None
    if not isinstance(value, str):
        return None
    if kind is OptionType.STRING:
        return value if len(value) <= TEXT_LIMIT else None
    return value if is_snowflake(value) else None


def described(description: str) -> Json:
    """Write a description, and what it is in other languages (docs: Localization)."""
    elsewhere = in_every_language(description)
    body: Json = {"description": description}
    return body | {"description_localizations": elsewhere} if elsewhere else body
