"""Names the sweeper's adapters."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sweeper.door import SweeperDoor
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.events_sender import ObservationSender
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SQS, SignedClient
from usher.platform.sqs_sender import EffectSender
from usher.timing.reads import DynamoDueIndex
from usher.timing.sweeping import Sweep

NEEDED: Final = ("TABLE_NAME", "EVENTS_QUEUE_URL", "EFFECTS_QUEUE_URL")


def build(environ: Mapping[str, str]) -> SweeperDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names, queues = require(environ, *NEEDED), SignedClient(SQS, environ)
    return SweeperDoor(
        sweep=Sweep(
            index=DynamoDueIndex(DynamoReads(SignedClient(DYNAMODB, environ), names["TABLE_NAME"])),
            events=ObservationSender(queues, names["EVENTS_QUEUE_URL"]),
            effects=EffectSender(queues, names["EFFECTS_QUEUE_URL"]),
            clock=lambda: datetime.now(UTC),
        ),
        log=get_logger(),
        meter=EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "sweeper")),
    )
