"""Writing rows on a condition, without the SDK."""

from collections.abc import Mapping
from typing import Final

from usher.platform.dynamo_reads import Caller
from usher.platform.signed_http import AwsError

_REFUSED: Final = "ConditionalCheckFailedException"


def done(client: Caller, operation: str, request: Mapping[str, object]) -> bool:
    """Call an operation; False where its condition does not hold. Raises AwsError."""
    try:
        client.call(operation, request)
    except AwsError as error:
        if error.code != _REFUSED:
            raise
        return False
    return True
