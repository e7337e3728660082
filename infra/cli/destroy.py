"""`usher destroy`: deletes a stack; ledger, table and secrets stay. docs/deploy.md, Teardown."""

import argparse
import sys

from infra.cli.commands import Subparsers
from infra.cli.deploy import add_place, tools
from infra.deploying.model import StopError, Wish
from infra.deploying.teardown import destroy
from infra.local.host import ROOT


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("destroy", help="delete a stack; ledger and table stay")
    add_place(parser)
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Delete it; 1 when it stopped."""
    wish = Wish(ROOT, namespace.stage, namespace.stack_name, yes=namespace.yes)
    try:
        destroy(tools(namespace), wish)
    except StopError as error:
        print(f"usher destroy: {error}", file=sys.stderr)
        return 1
    return 0
