"""The webhooks door: what is told to a guild's own programs."""

import os
from collections.abc import Mapping

from aws_lambda_powertools.utilities.typing import LambdaContext

from usher.platform.sqs_batch import Answer, Record
from webhooks.bootstrap import build

_DOOR = build(os.environ)


def handler(event: Mapping[str, list[Record]], context: LambdaContext) -> Answer:
    """Process a batch of SQS messages; Lambda invokes this."""
    return _DOOR.handle(event["Records"])
