"""Settings and heads of guilds as commands read them, remembered for some seconds.

A decorator of what DynamoDB is called through: single items of settings and heads alone, however
consistently they were asked for. Standard library only.
"""

from collections.abc import Mapping
from typing import Final

from usher.frozen import frozen
from usher.platform.cache import Cache
from usher.platform.dynamo_reads import Caller

type Answer = dict[str, object]

HEAD: Final = "HEAD"
SETTINGS: Final = "S#"
"""What the sort keys of settings begin with (attribution/rows.py)."""


@frozen
class CachedSettings:
    """Implements Caller."""

    inner: Caller
    cache: Cache[str, Answer]
    """By partition and sort key."""

    def call(self, operation: str, request: Mapping[str, object]) -> Answer:
        """Call an operation, or answer what it answered a moment ago; raises AwsError."""
        key = _key(request) if operation == "GetItem" else None
        if key is None:
            return self.inner.call(operation, request)
        return self.cache.get(*key, lambda: self.inner.call(operation, request))


def _key(request: Mapping[str, object]) -> tuple[str, str] | None:
    match request.get("Key"):
        case {"pk": {"S": str(partition)}, "sk": {"S": str(sort)}}:
            if sort == HEAD or sort.startswith(SETTINGS):
                return partition, sort
    return None
