"""The interactions door: API Gateway in front, Discord behind it."""

import gc
import os
import time
from collections.abc import Mapping

gc.disable()  # what is made until the door stands is kept, so looking for garbage finds none

from interactions.bootstrap import build  # noqa: E402
from interactions.measuring import Measure  # noqa: E402

# At import, where Lambda gives a full CPU whatever the function's memory.
_MEASURE = Measure(os.environ)
_DOOR = build(os.environ, _MEASURE.failed)

gc.freeze()
gc.enable()


def handler(event: Mapping[str, object], context: object) -> dict[str, object]:
    """Answer one HTTP request (payload format 2.0)."""
    del context
    began = time.time()
    response = _DOOR.answer(event)
    _MEASURE.answered(event, response, began)
    return response
