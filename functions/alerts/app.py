"""The alerts door: alarms by SQS, and the clock each hour."""

import os
from collections.abc import Mapping

from aws_lambda_powertools.utilities.typing import LambdaContext

from alerts.bootstrap import build
from usher.platform.sqs_batch import Answer, Record

_DOOR = build(os.environ)


def handler(event: Mapping[str, list[Record]], context: LambdaContext) -> Answer | None:
    """Tell of a batch of alarms, or do what is due each hour; Lambda invokes this."""
    if "Records" in event:
        return _DOOR.tell(event["Records"])
    _DOOR.look_after()
    return None
