"""The options of a command, read from its signature: `Annotated[type, Opt("what it is")]`.

Types: str, int, float, bool, UserId, RoleId, ChannelId, MentionableId, AttachmentId, and a
Literal or StrEnum for choices. `| None` or a default makes an option optional. A parameter named
after a keyword carries a trailing underscore (`from_` is the option `from`).
"""

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Final, Literal, Union, get_args, get_origin

from usher.ids import ChannelId, RoleId, UserId
from usher.slash.completing import check_completer
from usher.slash.errors import DeclarationError, UserError
from usher.slash.options import (
    DESCRIPTION_LIMIT,
    NAME,
    NUMERIC,
    TEXT_LIMIT,
    MentionableId,
    Opt,
    Option,
    OptionType,
)
from usher.slash.resolved import AttachmentId

CHOICES_LIMIT: Final = 25

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
        free = option.type in (OptionType.STRING, *NUMERIC) and not option.choices
        check_completer(subject, opt.complete, free=free)
    _check_bounds(subject, option, (opt.min, opt.max), NUMERIC)
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
