"""Rules for commands that Discord documents but its API description does not carry.

Discord docs, Application Commands: naming, option order, localised size, number of commands.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

NAME: Final = re.compile(r"[-_'\w]{1,32}")
CHARACTERS: Final = 8000
COMMANDS: Final = 100
_NESTED: Final = (1, 2)

type Json = Mapping[str, Any]


def broken(commands: Sequence[Json]) -> list[str]:
    """List the rules that a registration breaks, one line a fault."""
    faults = list(_twice("commands", commands))
    if sum(command.get("type", 1) == 1 for command in commands) > COMMANDS:
        faults.append(f"more than {COMMANDS} chat input commands")
    for command in commands:
        name = str(command.get("name"))
        if command.get("type", 1) != 1:
            continue
        faults.extend(_words(name, command))
        faults.extend(_options(name, command.get("options") or [], depth=1))
        if (characters := size(command)) > CHARACTERS:
            faults.append(f"{name}: {characters} characters")
    return faults


def _options(where: str, options: Sequence[Json], depth: int) -> Iterator[str]:
    yield from _twice(where, options)
    nested = [option for option in options if option.get("type") in _NESTED]
    if nested and len(nested) != len(options):
        yield f"{where}: subcommands and values side by side"
    optional = False
    for option in options:
        at = f"{where} {option.get('name')}"
        yield from _words(at, option)
        if option.get("type") in _NESTED:
            if depth > 2 or (depth == 2 and option["type"] == 2):
                yield f"{at}: nested too deep"
            if option["type"] == 2 and not option.get("options"):
                yield f"{at}: a group without subcommands"
            yield from _options(at, option.get("options") or [], depth + 1)
        else:
            if option.get("required") and optional:
                yield f"{at}: required after an optional one"
            optional = optional or not option.get("required")


def _words(where: str, named: Json) -> Iterator[str]:
    name = str(named.get("name"))
    if not NAME.fullmatch(name) or name != name.lower():
        yield f"{where}: bad name"
    if not named.get("description"):
        yield f"{where}: no description"


def _twice(where: str, named: Iterable[Json]) -> Iterator[str]:
    names = [(one.get("type") if where == "commands" else None, one.get("name")) for one in named]
    for _, name in sorted({str(n): n for n in names if names.count(n) > 1}.values(), key=str):
        yield f"{where}: {name} twice"


def size(command: Json) -> int:
    """Count the characters that Discord limits: names, descriptions, choices, of all it holds."""
    own = len(command.get("name", "")) + len(command.get("description") or "")
    choices = sum(
        len(str(choice["name"])) + len(str(choice["value"]))
        for choice in command.get("choices") or []
    )
    return own + choices + sum(size(option) for option in command.get("options") or [])
