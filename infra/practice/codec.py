"""Dataclasses to JSON and back, so that a restart loses nothing."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import TypeAliasType, cast, get_args, get_origin, get_type_hints

from infra.practice.json_types import Json, as_list, as_object


def encode(value: object) -> Json:
    """Turn dataclasses, moments, numbers, texts and their lists and dicts into JSON."""
    if value is None or isinstance(value, bool | str | float):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return {name: encode(getattr(value, name)) for name in _hints(type(value))}


def decode[T](kind: type[T], value: Json) -> T:
    """Build a `kind` from what `encode` made of one.

    Fields that the stored form does not know keep their defaults, unknown ones are dropped: a
    state file of an earlier version still loads.
    """
    return cast("T", _decode(kind, value))


_known_hints: dict[type, dict[str, object]] = {}


def _hints(kind: type) -> dict[str, object]:
    if kind not in _known_hints:
        names = {item.name for item in dataclasses.fields(kind)}
        hints = get_type_hints(kind)
        _known_hints[kind] = {name: hints[name] for name in hints if name in names}
    return _known_hints[kind]


def _decode(kind: object, value: Json) -> object:
    origin = get_origin(kind)
    arguments = get_args(kind)
    if isinstance(kind, TypeAliasType) or isinstance(origin, TypeAliasType):
        return value
    if isinstance(kind, UnionType):
        if value is None:
            return None
        return _decode(next(part for part in arguments if part is not NoneType), value)
    if origin is list:
        return [_decode(arguments[0], item) for item in as_list(value)]
    if origin is dict:
        return {key: _decode(arguments[1], item) for key, item in as_object(value).items()}
    return _decode_plain(kind, value)


def _decode_plain(kind: object, value: Json) -> object:
    if kind is datetime:
        return datetime.fromisoformat(str(value))
    if not isinstance(kind, type):
        return value
    if dataclasses.is_dataclass(kind):
        stored = as_object(value)
        hints = _hints(kind)
        return kind(
            **{name: _decode(hints[name], stored[name]) for name in hints if name in stored}
        )
    if issubclass(kind, Enum):
        return kind(value)
    return value
