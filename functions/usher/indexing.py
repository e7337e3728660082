"""The index of every declaration, made when an artefact is built: `python -m usher.indexing`.

With it the interactions function imports the room of one command, and not all of them.
"""

import sys
from pathlib import Path
from typing import Final

from usher.slash.actions import Action
from usher.slash.commands import Command
from usher.slash.errors import DeclarationError
from usher.slash.index import Index
from usher.slash.menus import Menu
from usher.slash.router import Router
from usher.slash.routes import Directory

FILE: Final = Path(__file__).with_name("index.json")


def directory(file: Path = FILE, *, everything: bool = False) -> Directory:
    """Return the index that the artefact has; where there is none, as in a checkout, everything.

    `everything` imports all rooms now, although there is an index.
    """
    if file.is_file() and not everything:
        return Index.read(file.read_text(encoding="utf-8"))
    from usher.catalogue import ROUTER

    return ROUTER


def index(router: Router) -> Index:
    """Look up where everything is declared; raises DeclarationError for what has no name there."""
    return Index(
        {one.name: _place(one) for one in router.commands()},
        {one.name: _place(one) for one in router.actions()},
        {f"{one.kind} {one.name}": _place(one) for one in router.menus},
    )


def _place(one: Command | Action | Menu) -> str:
    module = one.run.__module__
    for name, held in vars(sys.modules[module]).items():
        if held is one:
            return f"{module}:{name}"
    raise DeclarationError(one.name, f"has no name of its own in {module}")


if __name__ == "__main__":
    from usher.catalogue import ROUTER

    FILE.write_text(index(ROUTER).write(), encoding="utf-8")
