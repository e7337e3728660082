"""The alerts door: alarms by SQS, and the clock each hour."""

from collections.abc import Mapping

from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: Mapping[str, object], context: LambdaContext) -> None:
    """Lambda invokes this."""
