"""Options of commands that work on a stack's bucket and table, and the variables behind them."""

import argparse
import os
from typing import Final

REACHED: Final = (
    "AWS is reached as the SDK's own variables say: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL."
)
NO_BUCKET: Final = "set LEDGER_BUCKET or give --bucket"


def add_bucket(parser: argparse.ArgumentParser) -> None:
    """Add the ledger's bucket; None without it."""
    parser.add_argument("--bucket", default=os.environ.get("LEDGER_BUCKET"))


def add_table(parser: argparse.ArgumentParser, purpose: str | None = None) -> None:
    """Add the table; None without it."""
    parser.add_argument("--table", default=os.environ.get("TABLE_NAME"), help=purpose)
