"""The confirmer's door: what Discord itself has on record of joins."""

import os
from collections.abc import Mapping

from aws_lambda_powertools.utilities.typing import LambdaContext

from confirmer.bootstrap import build
from usher.platform.sqs_batch import Answer, Record

_DOOR = build(os.environ)


def handler(event: Mapping[str, list[Record]], context: LambdaContext) -> Answer:
    """Process a batch of SQS messages; Lambda invokes this."""
    return _DOOR.handle(event["Records"], context.get_remaining_time_in_millis)
