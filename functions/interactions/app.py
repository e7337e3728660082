"""The interactions door: API Gateway in front, Discord behind it."""

import os
from collections.abc import Mapping

from interactions.bootstrap import build

# At import, where Lambda gives a full CPU whatever the function's memory.
_DOOR = build(os.environ)


def handler(event: Mapping[str, object], context: object) -> dict[str, object]:
    """Answer one HTTP request (payload format 2.0)."""
    del context
    return _DOOR.answer(event)
