"""`usher deploy`: everything to an AWS account, and Discord told of it. docs/deploy.md."""

import argparse
import os
import sys
import time
from typing import Final

from infra.cli.commands import Subparsers
from infra.cli.terminal import Machine, Terminal
from infra.deploying.account import Account, open_account
from infra.deploying.account_stacks import AccountStacks
from infra.deploying.deployment import deploy
from infra.deploying.model import ARCHITECTURES, PROD, STAGE, StopError, Wish
from infra.deploying.portal import BotPortal
from infra.deploying.ports import Tools
from infra.local.host import ROOT

AGAIN: Final = "What is done is not done twice: run the same again when that is mended."


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "deploy",
        help="put Usher on an AWS account, or bring it up to date",
        description="The bot token is asked for without being shown, or read from standard input, "
        "and kept in Secrets Manager. What is not given stays as it was deployed last.",
    )
    add_place(parser)
    listener = parser.add_mutually_exclusive_group()
    listener.add_argument("--listener", action="store_true", default=None, help="the default")
    listener.add_argument("--no-listener", dest="listener", action="store_false")
    parser.add_argument("--architecture", choices=ARCHITECTURES, help="arm64 unless given")
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a parameter of template.yaml; may be given more than once",
    )
    parser.add_argument(
        "--sign-in", action="store_true", help="ask for the client secret too (docs/domains.md)"
    )
    parser.add_argument(
        "--alerts", action="store_true", help="ask for the webhook of the channel for alarms too"
    )
    parser.add_argument("--new-secrets", action="store_true", help="ask for them again")
    parser.add_argument("--adopt-table", metavar="NAME", help="a table that a stack has left")
    parser.add_argument("--adopt-bucket", metavar="NAME", help="the bucket of its ledger")
    parser.set_defaults(run=run)


def add_place(parser: argparse.ArgumentParser) -> None:
    """Add what says which stack of which account."""
    parser.add_argument("--stage", default=PROD, help="which copy, default %(default)s")
    parser.add_argument("--stack-name", default="", help="usher-STAGE unless given")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION"))
    parser.add_argument("--profile", default=os.environ.get("AWS_PROFILE"))
    parser.add_argument("--yes", action="store_true", help="ask nothing")


def run(namespace: argparse.Namespace) -> int:
    """Deploy; 1 when it stopped, 2 for wrong usage."""
    parameters = dict(one.partition("=")[::2] for one in namespace.set)
    adopted = {"UsherTable": namespace.adopt_table, "LedgerBucket": namespace.adopt_bucket}
    if not STAGE.fullmatch(namespace.stage):
        return _wrong(
            "a stage is up to 16 small letters, digits and dashes, and begins with a letter"
        )
    if any("=" not in one for one in namespace.set):
        return _wrong("--set takes NAME=VALUE")
    if len([name for name in adopted.values() if name]) == 1:
        return _wrong("--adopt-table and --adopt-bucket go together")
    wish = Wish(
        source=ROOT,
        stage=namespace.stage,
        stack=namespace.stack_name,
        yes=namespace.yes,
        listener=namespace.listener,
        architecture=namespace.architecture,
        parameters=parameters,
        sign_in=namespace.sign_in,
        alerts=namespace.alerts,
        new_secrets=namespace.new_secrets,
        adopted={key: name for key, name in adopted.items() if name},
    )
    try:
        deploy(tools(namespace), wish, namespace.profile)
    except StopError as error:
        print(f"usher deploy: {error}\n{AGAIN}", file=sys.stderr)
        return 1
    return 0


def tools(namespace: argparse.Namespace) -> Tools:
    """Gather what a deployment works with. Raises StopError."""
    client, region = open_account(namespace.region, namespace.profile)
    stacks = AccountStacks(client)
    return Tools(Account(client, region), stacks, Machine(ROOT), Terminal(), BotPortal, time.sleep)


def _wrong(sentence: str) -> int:
    print(f"usher deploy: {sentence}", file=sys.stderr)
    return 2
