"""Queries through boto3, for doors that hold the SDK anyway and read as the front does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class SdkQueries:
    """Implements Caller for queries alone. Raises ClientError and BotoCoreError."""

    client: DynamoDBClient

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        """Query; raises ValueError for any other operation."""
        if operation != "Query":
            raise ValueError(operation)
        return dict(self.client.query(**cast("Any", request)))
