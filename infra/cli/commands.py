"""`usher commands`: what Usher registers with Discord."""

import argparse
import json

from usher.catalogue import ROUTER
from usher.slash.commands import Command
from usher.slash.menus import USER
from usher.slash.permissions import names

type Subparsers = argparse._SubParsersAction[
    argparse.ArgumentParser
]  # argparse has no public name for it


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("commands", help="list the slash commands")
    parser.add_argument("--json", action="store_true", help="print the registration payload")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Print the payload of a bulk registration, or a list to read."""
    if namespace.json:
        print(json.dumps(ROUTER.registration(), indent=2, ensure_ascii=False))
        return 0
    for command in ROUTER.commands():
        print(_line(command))
    for menu in ROUTER.menus:
        print(f"{menu.name} (menu on a {'member' if menu.kind == USER else 'message'})")
    return 0


def _line(command: Command) -> str:
    words = [f"/{command.name}"]
    for option in command.options:
        shown = option.name
        if option.choices:
            shown += ": " + "|".join(str(value) for _, value in option.choices)
        words.append(shown if option.required else f"[{shown}]")
    marks = [names(command.permissions)] if command.permissions else []
    marks += [word for word in ("defer", "ephemeral") if getattr(command, word)]
    tail = f"  ({', '.join(marks)})" if marks else ""
    return f"{' '.join(words)}: {command.description}{tail}"
