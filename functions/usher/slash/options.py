"""The options of a command, read from its signature: `Annotated[type, Opt("what it is")]`.

Types: str, int, float, bool, UserId, RoleId, ChannelId, MentionableId, AttachmentId, and a
Literal or StrEnum for choices. `| None` or a default makes an option optional. A parameter named
after a keyword carries a trailing underscore (`from_` is the option `from`).
"""

import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import NoneType, UnionType
from typing import Annotated, Final, Literal, NewType, Union, get_args, get_origin

from usher.ids import ChannelId, RoleId, UserId
from usher.slash.completing import Completer, check_completer
from usher.slash.errors import DeclarationError, UserError
from usher.slash.interaction import is_snowflake
from usher.slash.say import in_every_language, later, say

type Json = dict[str, object]

MentionableId = NewType("MentionableId", str)
"""A user or a role."""
AttachmentId = NewType("AttachmentId", str)
"""Key of a file in the interaction's resolved attachments."""

NAME: Final = re.compile(r"[-_a-z0-9]{1,32}")
"""Stricter than Discord's, which also takes lower-case letters of other scripts."""
DESCRIPTION_LIMIT: Final = 100
CHOICES_LIMIT: Final = 25
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


_TYPES: Final[Mapping[object, OptionType]] = {
    str: OptionType.STRING,
    int: OptionType.INTEGER,
    bool: OptionType.BOOLEAN,
    float: OptionType.NUMBER,
    UserId: OptionType.USER,
    ChannelId: OptionType.CHANNEL,
    RoleId: OptionType.ROLE,
    MentionableId: OptionType.MENTIONABLE,
    AttachmentId: OptionType.ATTACHMENT,
}
_NUMERIC: Final = (OptionType.INTEGER, OptionType.NUMBER)

_LENGTHS: Final = (
    later("`{option}` must be at least {bound} characters long."),
    later("`{option}` must be at most {bound} characters long."),
)
_SIZES: Final = (
    later("`{option}` must be at least {bound}."),
    later("`{option}` must be at most {bound}."),
)
"""What is said of a value beyond its bounds, the lower and the upper."""


@dataclass(frozen=True, slots=True)
class Opt:
    """What a signature cannot say. Lengths in characters; bounds inclusive."""

    description: str
    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    complete: Completer | None = None
    """Suggests values of a text or a number."""


@dataclass(frozen=True, slots=True)
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
    if kind in _NUMERIC:
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


def read_option(function: str, parameter: inspect.Parameter, hint: object) -> Option:
    """Turn a parameter and its resolved annotation into an option; raises DeclarationError."""
    name = parameter.name.removesuffix("_")
    subject = f"{function}({parameter.name})"
    bare, opt = _unwrap(subject, hint)
    bare, nullable = _not_none(bare)
    has_default = parameter.default is not inspect.Parameter.empty
    if nullable and not has_default:
        raise DeclarationError(subject, "may be None but has no default")
    kind, choices, convert = _kind(subject, bare)
    option = Option(name, parameter.name, kind, opt, not has_default, choices, convert)
    _check_declaration(subject, option)
    if has_default and parameter.default is not None:
        _check_default(subject, option, parameter.default)
    return option


def _unwrap(subject: str, hint: object) -> tuple[object, Opt]:
    if get_origin(hint) is not Annotated:
        raise DeclarationError(subject, 'needs Annotated[type, Opt("what it is")]')
    bare, *notes = get_args(hint)
    opts = [note for note in notes if isinstance(note, Opt)]
    if len(opts) != 1:
        raise DeclarationError(subject, "needs exactly one Opt")
    return bare, opts[0]


def _not_none(hint: object) -> tuple[object, bool]:
    if get_origin(hint) not in (Union, UnionType):
        return hint, False
    inner = [arm for arm in get_args(hint) if arm is not NoneType]
    return (inner[0] if len(inner) == 1 else hint), NoneType in get_args(hint)


type _Choices = tuple[tuple[str, str | int | float], ...]


def _kind(
    subject: str, bare: object
) -> tuple[OptionType, _Choices, Callable[[str], object] | None]:
    known = _TYPES.get(bare)
    if known is not None:
        return known, (), None
    if get_origin(bare) is Literal:
        values = get_args(bare)
        kinds = {_TYPES.get(type(value)) for value in values}
        if len(kinds) == 1 and (kind := kinds.pop()) in (OptionType.STRING, OptionType.INTEGER):
            return kind, tuple((str(value), value) for value in values), None
        raise DeclarationError(subject, "a Literal holds strings only or integers only")
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        pairs = tuple((one.name.replace("_", " ").capitalize(), one.value) for one in bare)
        return OptionType.STRING, pairs, bare
    raise DeclarationError(subject, f"{bare!r} is no option type")


def _check_declaration(subject: str, option: Option) -> None:
    opt = option.opt
    if not NAME.fullmatch(option.name):
        raise DeclarationError(subject, f"bad option name {option.name!r}")
    if not 1 <= len(opt.description) <= DESCRIPTION_LIMIT:
        raise DeclarationError(subject, f"a description of 1 to {DESCRIPTION_LIMIT} characters")
    if len(option.choices) > CHOICES_LIMIT:
        raise DeclarationError(subject, f"more than {CHOICES_LIMIT} choices")
    if len({value for _, value in option.choices}) != len(option.choices):
        raise DeclarationError(subject, "the same choice twice")
    if any(not 1 <= len(name) <= DESCRIPTION_LIMIT for name, _ in option.choices):
        raise DeclarationError(subject, f"a choice of 1 to {DESCRIPTION_LIMIT} characters")
    if opt.complete is not None:
        free = option.type in (OptionType.STRING, *_NUMERIC) and not option.choices
        check_completer(subject, opt.complete, free=free)
    _check_bounds(subject, option, (opt.min, opt.max), _NUMERIC)
    _check_bounds(subject, option, (opt.min_length, opt.max_length), (OptionType.STRING,))


def _check_bounds(
    subject: str,
    option: Option,
    bounds: tuple[float | None, float | None],
    fits: tuple[OptionType, ...],
) -> None:
    given = [bound for bound in bounds if bound is not None]
    if given and (option.type not in fits or option.choices):
        raise DeclarationError(subject, f"bounds do not fit {option.type.name.lower()}")
    low, high = (0, TEXT_LIMIT) if option.type is OptionType.STRING else (-(2**53), 2**53)
    if given != sorted(given) or not all(low <= bound <= high for bound in given):
        raise DeclarationError(subject, f"bounds must rise within {low} to {high}")
    if option.type is OptionType.INTEGER and not all(isinstance(bound, int) for bound in given):
        raise DeclarationError(subject, "bounds of an integer must be integers")


def _check_default(subject: str, option: Option, default: object) -> None:
    try:
        option.read(default)
    except UserError as error:
        raise DeclarationError(subject, f"default {default!r} breaks its own rule") from error
