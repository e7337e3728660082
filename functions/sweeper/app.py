"""The sweeper's door: a schedule opens it every minute."""

import os
from collections.abc import Mapping

from aws_lambda_powertools.utilities.typing import LambdaContext

from sweeper.bootstrap import build

_DOOR = build(os.environ)


def handler(event: Mapping[str, object], context: LambdaContext) -> None:
    """Sweep once; Lambda invokes this. What fails is found again a minute later."""
    _DOOR.handle()
