"""The referral API's door: API Gateway in front, browsers and partners behind it."""

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from referral_api.bootstrap import build

_DOOR = build(os.environ)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one HTTP request; Lambda invokes this."""
    return _DOOR.handle(event, context)
