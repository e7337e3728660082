"""JSON as a type: what goes over the wire in either direction."""

from collections.abc import Mapping, Sequence

type Json = None | bool | int | float | str | Sequence[Json] | Mapping[str, Json]
type JsonObject = dict[str, Json]


def as_object(value: Json) -> JsonObject:
    """Return `value` as a fresh object; anything that is not an object is an empty one."""
    return dict(value) if isinstance(value, Mapping) else {}


def as_list(value: Json) -> list[Json]:
    """Return `value` as a fresh list; anything that is not an array is an empty one."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return []


def as_objects(value: Json) -> list[JsonObject]:
    """Return the objects of an array, leaving out everything else."""
    return [dict(item) for item in as_list(value) if isinstance(item, Mapping)]
