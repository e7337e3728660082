"""Declared commands against those that Discord has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

type Json = Mapping[str, object]

_FIELDS: Final = frozenset(
    {
        "type",
        "name",
        "description",
        "default_member_permissions",
        "contexts",
        "integration_types",
        "options",
        "required",
        "choices",
        "value",
        "min_value",
        "max_value",
        "min_length",
        "max_length",
        "autocomplete",
    }
)
"""What we declare. Everything else is Discord's own: ids, versions, old flags."""
_WORDS: Final = frozenset({"name_localizations", "description_localizations"})
"""What we declare besides, by language."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What a registration would change, by name of command."""

    created: tuple[str, ...] = ()
    updated: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(name, one line a changed field)."""
    deleted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.deleted)

    def lines(self) -> list[str]:
        """Write it for people."""
        if not self:
            return ["commands are up to date"]
        lines = [f"create /{name}" for name in self.created]
        for name, changes in self.updated:
            lines.append(f"update /{name}")
            lines.extend(f"  {change}" for change in changes)
        return lines + [f"delete /{name}" for name in self.deleted]


def compare(declared: Sequence[Json], registered: Sequence[Json]) -> Diff:
    """Compare field by field, ignoring what Discord adds and the defaults that it fills in."""
    ours, theirs = _by_name(declared), _by_name(registered)
    updated = []
    for name in sorted(ours.keys() & theirs.keys()):
        changes = tuple(_changes("", theirs[name], ours[name]))
        if changes:
            updated.append((name, changes))
    return Diff(
        created=tuple(sorted(ours.keys() - theirs.keys())),
        updated=tuple(updated),
        deleted=tuple(sorted(theirs.keys() - ours.keys())),
    )


def _by_name(commands: Sequence[Json]) -> dict[str, object]:
    # Menus may share a slash command's name: they are told apart by type.
    named: dict[str, object] = {}
    for command in commands:
        kind = command.get("type") or 1
        name = str(command.get("name"))
        named[name if kind == 1 else f"{name} (type {kind})"] = _plain({"type": 1, **command})
    return named


def _plain(value: object) -> object:
    """Keep declared fields, without those that equal Discord's default of nothing."""
    if isinstance(value, Mapping):
        kept = {key: _plain(one) for key, one in value.items() if key in _FIELDS}
        kept |= {key: dict(value[key]) for key in _WORDS & value.keys() if value[key]}
        return {
            key: one for key, one in kept.items() if one not in (None, [], "") and one is not False
        }
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _changes(where: str, before: object, after: object) -> Iterable[str]:
    """Yield one line a difference; options are matched by name, their order counts too."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{where}.{key}" if where else key
            yield from _changes(inner, before.get(key), after.get(key))
        return
    if isinstance(before, list) and isinstance(after, list):
        old, new = _names(before), _names(after)
        if old is not None and old == new:
            for name, one, other in zip(old, before, after, strict=True):
                yield from _changes(f"{where}[{name}]", one, other)
            return
    yield f"{where}: {_short(before)} → {_short(after)}"


def _names(values: list[object]) -> list[object] | None:
    if all(isinstance(value, dict) and "name" in value for value in values):
        return [value["name"] for value in values if isinstance(value, dict)]
    return None


def _short(value: object) -> str:
    if isinstance(value, list) and (names := _names(value)):
        return ", ".join(str(name) for name in names)
    return "nothing" if value is None else repr(value)
