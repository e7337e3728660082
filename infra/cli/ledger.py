"""`usher ledger verify|rebuild|rollup|export`: proven, counted again, written out."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from infra.cli.aws_options import NO_BUCKET, REACHED, add_bucket
from infra.cli.commands import Subparsers
from infra.ledger import exporting, rebuilding, rolling, verifying
from infra.ledger.context import Ledger
from usher.ledger.chain import ChainError
from usher.ledger.lines import LineError
from usher.ledger.store import LineMissingError
from usher.platform.dynamo_scan import UnwrittenError
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import SettingsError, region

READERS: Final = 32
FAILURES: Final = (
    BotoCoreError,
    ChainError,
    ClientError,
    LineError,
    LineMissingError,
    OSError,
    PynamoDBException,
    SettingsError,
    UnwrittenError,
)


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand and its actions."""
    parser = subparsers.add_parser(
        "ledger",
        help="prove, rebuild or export the ledger",
        description=REACHED,
    )
    actions = parser.add_subparsers(dest="what", required=True, metavar="ACTION")
    for module in (verifying, rebuilding, rolling, exporting):
        action = module.add(actions)
        add_bucket(action)
        action.add_argument("--guild", metavar="ID", help="this guild only")
        action.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Run an action over the bucket."""
    if not namespace.bucket:
        print(NO_BUCKET, file=sys.stderr)
        return 2
    try:
        client = s3_client(region(os.environ))
        with ThreadPoolExecutor(READERS, "ledger") as pool:
            return int(namespace.action(Ledger(Bucket(client, namespace.bucket), pool), namespace))
    except FAILURES as error:
        print(f"usher ledger: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
