"""The hourly door: a schedule invokes it."""

import os

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollup.bootstrap import build

_DOOR = build(os.environ)


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """Roll up what is new in the ledger; Lambda invokes this."""
    return _DOOR.handle(context.get_remaining_time_in_millis)
