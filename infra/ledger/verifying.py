"""`usher ledger verify`: 0 when all is proven, else 1 and what is wrong, the first first."""

import argparse
import os
from datetime import date
from itertools import islice
from typing import Final

from infra.cli.commands import Subparsers
from infra.cli.progress import Progress
from infra.ledger.context import Ledger
from usher.ledger.head_store import DynamoHeads
from usher.ledger.proof import Finding
from usher.ledger.verify import Verified, Verifier
from usher.platform.dynamo import bind
from usher.platform.settings import region

SHOWN: Final = 20
"""Findings of a guild that are written out; the rest is counted."""


def add(actions: Subparsers) -> argparse.ArgumentParser:
    """Declare the action's arguments."""
    parser = actions.add_parser("verify", help="prove that nothing was changed, removed, inserted")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY")
    parser.add_argument(
        "--closed-only", action="store_true", help="leave out the single objects of the lines"
    )
    parser.add_argument(
        "--head", metavar="TABLE", help="compare with the heads kept there: tells a chain rewritten"
    )
    parser.set_defaults(action=run)
    return parser


def run(ledger: Ledger, namespace: argparse.Namespace) -> int:
    """Verify every guild; may raise errors of bucket and table."""
    guilds = ledger.guilds(namespace.guild)
    if namespace.head:
        bind(namespace.head, region(os.environ))
    heads = DynamoHeads() if namespace.head else None
    faults = 0
    with Progress("lines", ledger.total(guilds)) as progress:
        singles = not namespace.closed_only
        verifier = Verifier(ledger.objects, ledger.pool, singles, progress)
        for guild in guilds:
            verified = verifier.verify(guild, namespace.first, namespace.last)
            rewritten = verifier.against(guild, heads.get(guild)) if heads else None
            findings = [*verified.findings, *([rewritten] if rewritten else [])]
            faults += len(findings)
            _tell(verified, findings)
    return 1 if faults else 0


def _tell(verified: Verified, findings: list[Finding]) -> None:
    told = f"{verified.links:,} days, {verified.lines:,} lines"
    head = f", head {verified.head}" if verified.head else ""
    if not findings:
        print(f"guild {verified.guild_id}: proven: {told}{head}")
        return
    print(f"guild {verified.guild_id}: NOT PROVEN: {told}")
    for finding in islice(findings, SHOWN):
        detail = f" ({finding.detail})" if finding.detail else ""
        print(f"  {finding.fault.value}: {finding.key}{detail}")
    if len(findings) > SHOWN:
        print(f"  and {len(findings) - SHOWN:,} more")
