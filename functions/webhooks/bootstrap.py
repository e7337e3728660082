"""Names the webhooks door's adapters."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom
from typing import Final

from usher.hooks.delivering import Delivering
from usher.hooks.delivery_table import DynamoDeliveries, DynamoKeptEvents
from usher.hooks.endpoint_table import DynamoEndpoints
from usher.hooks.replaying import Replaying
from usher.hooks.spreading import Spreading
from usher.hooks.telling import Telling
from usher.ids import ChannelId, GuildId
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.hook_http import TOTAL_SECONDS, HookHttp
from usher.platform.hook_sender import OrderSender
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SQS, SignedClient
from usher.platform.sqs_sender import EffectSender
from usher.rewards.settings import ADMIN_CHANNEL
from webhooks.batch import HooksDoor

NEEDED: Final = ("TABLE_NAME", "HOOKS_QUEUE_URL", "EFFECTS_QUEUE_URL")
POSTS: Final = 20
"""Posts of a process at once: twice a batch, for those that would not end."""
ANYWHERE: Final = "any"
"""Value of WEBHOOK_TARGETS by which a local run may post to this machine."""


@dataclass(frozen=True, slots=True)
class AdminChannels:
    """Implements Admins."""

    reads: DynamoReads

    def channel(self, guild_id: GuildId) -> ChannelId | None:
        """Read the channel; None where there is none. May raise AwsError."""
        row = self.reads.get((f"G#{guild_id}", f"S#{ADMIN_CHANNEL}"))
        return ChannelId(str(row["value"])) if row and row.get("value") else None


def build(environ: Mapping[str, str]) -> HooksDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, *NEEDED)
    client, queues = SignedClient(DYNAMODB, environ), SignedClient(SQS, environ)
    table = names["TABLE_NAME"]
    orders = OrderSender(queues, names["HOOKS_QUEUE_URL"])
    endpoints, deliveries = DynamoEndpoints(client, table), DynamoDeliveries(client, table)
    telling = Telling(
        endpoints,
        AdminChannels(DynamoReads(client, table)),
        EffectSender(queues, names["EFFECTS_QUEUE_URL"]),
    )
    return HooksDoor(
        spreading=Spreading(endpoints, deliveries, DynamoKeptEvents(client, table), orders, _now),
        delivering=Delivering(endpoints, deliveries, orders, telling, _now, SystemRandom().random),
        replaying=Replaying(deliveries, orders, _now),
        post=HookHttp(anywhere=environ.get("WEBHOOK_TARGETS") == ANYWHERE),
        pool=ThreadPoolExecutor(POSTS, "post"),
        clock=_now,
        patience=TOTAL_SECONDS,
        log=get_logger(),
        meter=EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "webhooks")),
    )


def _now() -> datetime:
    return datetime.now(UTC)
