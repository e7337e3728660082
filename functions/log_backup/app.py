"""The daily door: a schedule invokes it."""

import os

from aws_lambda_powertools.utilities.typing import LambdaContext

from log_backup.bootstrap import build

_DOOR = build(os.environ)


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """Close days, repair, back up and look whether all is well; Lambda invokes this."""
    return _DOOR.handle(context.get_remaining_time_in_millis)
