"""The integrity door: a schedule opens it every hour."""

import os

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrity.bootstrap import build

_DOOR = build(os.environ)


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """Compare Discord, table and ledger; Lambda invokes this."""
    return _DOOR.handle(context.get_remaining_time_in_millis)
