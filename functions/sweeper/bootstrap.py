"""Names the sweeper's adapters."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sweeper.door import SweeperDoor, Sweeps
from usher.hooks.sweeping import HookSweep
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.events_sender import ObservationSender
from usher.platform.hook_sender import OrderSender
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SQS, SignedClient
from usher.platform.sqs_sender import EffectSender
from usher.timing.reads import DynamoDueIndex
from usher.timing.sweeping import Sweep

NEEDED: Final = ("TABLE_NAME", "EVENTS_QUEUE_URL", "EFFECTS_QUEUE_URL", "HOOKS_QUEUE_URL")


def build(environ: Mapping[str, str]) -> SweeperDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names, queues = require(environ, *NEEDED), SignedClient(SQS, environ)
    index = DynamoDueIndex(DynamoReads(SignedClient(DYNAMODB, environ), names["TABLE_NAME"]))
    sweep = Sweep(
        index=index,
        events=ObservationSender(queues, names["EVENTS_QUEUE_URL"]),
        effects=EffectSender(queues, names["EFFECTS_QUEUE_URL"]),
        clock=_now,
    )
    hooks = HookSweep(index, OrderSender(queues, names["HOOKS_QUEUE_URL"]), _now)
    return SweeperDoor(
        sweep=Sweeps((sweep, hooks)),
        log=get_logger(),
        meter=EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "sweeper")),
    )


def _now() -> datetime:
    return datetime.now(UTC)
