"""`usher privacy erase`: a person's names, in one guild or in all, destroyed at once."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.cli.aws_options import NO_BUCKET, REACHED, add_bucket, add_table
from infra.cli.commands import Subparsers
from infra.cli.credentials import operators
from infra.ledger import erasing
from usher.ledger.erasure import ErasureError
from usher.moderation.ports import StaleError
from usher.moderation.table import DynamoCases
from usher.platform.dynamo_scan import WholeTable, dynamo_client
from usher.platform.s3 import Bucket, s3_client
from usher.platform.settings import SettingsError, region
from usher.platform.signed_http import DYNAMODB, AwsError, SignedClient

WORKERS: Final = 32
FAILURES: Final = (
    *(AwsError, BotoCoreError, ClientError, ErasureError, OSError),
    *(SettingsError, StaleError),
)


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand and its actions."""
    parser = subparsers.add_parser(
        "privacy",
        help="erase a person",
        description=REACHED,
    )
    actions = parser.add_subparsers(dest="what", required=True, metavar="ACTION")
    action = erasing.add(actions)
    add_bucket(action)
    add_table(
        action, "also erase them from cases, and forget what they have typed into onboardings"
    )
    action.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Erase; 1 when it failed, and running it again completes it."""
    if not namespace.bucket:
        print(NO_BUCKET, file=sys.stderr)
        return 2
    try:
        where = region(os.environ)
        bucket = Bucket(s3_client(where), namespace.bucket)
        named = namespace.table
        table = WholeTable(dynamo_client(where), named) if named else None
        with (
            ThreadPoolExecutor(WORKERS, "names") as pool,
            closing(SignedClient(DYNAMODB, os.environ, credentials=operators)) as client,
        ):
            cases = DynamoCases(client, named) if named else None
            return erasing.run(bucket, pool, namespace, table, cases)
    except FAILURES as error:
        print(f"usher privacy: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
