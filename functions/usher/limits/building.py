"""Puts a limiter together over the DynamoDB table."""

from collections.abc import Callable
from time import time
from typing import Final

from usher.limits.pacing import Pot
from usher.limits.ports import Log, Pace, Tally
from usher.limits.rows import Rows
from usher.limits.service import Limiter
from usher.limits.switch import Switch, Table
from usher.limits.table import DynamoLimits
from usher.platform.dynamo_reads import Caller
from usher.platform.signed_http import AwsError

CALLS: Final = "DiscordCalls"
REFUSALS: Final = "DiscordRefusals"
BANS: Final = "DiscordBans"
CLOSED: Final = "DiscordClosed"


def build_limiter(
    client: Caller,
    table: str,
    log: Log,
    pace: Pace | None = None,
    clock: Callable[[], float] = time,
) -> Limiter:
    """Build a limiter; without a pace of its own the process takes calls out of the pot."""
    state = Table(DynamoLimits(Rows(client, table)), clock, log, (AwsError,))
    return Limiter(state, Switch(state, log), pace or Pot(state), clock)


def figures(tally: Tally) -> dict[str, float]:
    """Write what was asked as metrics; nothing where nothing was."""
    if not tally.calls and not tally.closed:
        return {}
    return {
        CALLS: tally.calls,
        REFUSALS: tally.refusals,
        BANS: tally.bans,
        CLOSED: tally.closed,
    }
