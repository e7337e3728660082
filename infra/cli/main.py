"""The `usher` command. Each subcommand lives in its own module and is imported when it is there."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

SUBCOMMANDS: Final = (
    *("up", "replay", "commands", "register", "ledger", "integrity"),
    *("privacy", "restore", "keys", "deploy", "destroy", "doctor", "dlq"),
)
"""Modules of infra.cli, each with `add_parser(subparsers)` that sets `run(namespace) -> int`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 for success, 1 for a failure that was said, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="usher", description="Runs and looks after Usher.")
    subparsers = parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    arguments = list(sys.argv[1:] if argv is None else argv)
    for name in _wanted(arguments):
        importlib.import_module(f"infra.cli.{name}").add_parser(subparsers)
    namespace = parser.parse_args(arguments)
    try:
        code = int(namespace.run(namespace))
        sys.stdout.flush()
    except BrokenPipeError:  # `usher commands --json | head`: nothing is left to write to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyboardInterrupt, EOFError):  # EOFError: Ctrl-D where something was asked
        return 130
    return code


def _wanted(arguments: Sequence[str]) -> Sequence[str]:
    """Only the module asked for, since the local run's are heavy; all of them for --help."""
    if arguments and arguments[0] in SUBCOMMANDS:
        return (arguments[0],)
    return [name for name in SUBCOMMANDS if find_spec(f"infra.cli.{name}") is not None]


if __name__ == "__main__":
    sys.exit(main())
