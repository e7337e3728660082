"""Our small AWS client's face on the SDK's clients, where moto catches them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from usher.platform.signed_http import AwsError


@dataclass
class SdkCaller:
    """Calls through the SDK; errors are those of our own client."""

    client: Any

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        """Call an operation."""
        try:
            answer: dict[str, object] = self.client._make_api_call(operation, dict(request))
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise AwsError(operation, status, error.response["Error"]["Code"]) from error
        return answer
