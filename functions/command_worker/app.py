"""The command worker's door: SQS in front, Discord's webhook behind it."""

import os
from collections.abc import Mapping

from command_worker.bootstrap import build

_DOOR = build(os.environ)


def handler(event: Mapping[str, object], context: object) -> dict[str, object]:
    """Settle one batch of deferred commands."""
    del context
    return _DOOR.work(event)
