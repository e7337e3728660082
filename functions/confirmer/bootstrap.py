"""Names the confirmer's adapters."""

from collections.abc import Mapping
from datetime import UTC, datetime
from time import time
from typing import Final

import urllib3

from confirmer.asking import DiscordMembersSearch
from confirmer.batch import ConfirmerDoor
from confirmer.telling import WebhookProgress
from usher.attribution.backfill_service import BackfillService
from usher.attribution.backfill_store import DynamoBackfills
from usher.attribution.confirming_service import ConfirmingService
from usher.attribution.gate_store import DynamoGates
from usher.credit.recount_service import RecountService
from usher.credit.recount_store import DynamoRecounts
from usher.limits.building import build_limiter, figures
from usher.limits.moves import DynamoMoves
from usher.limits.pacing import CONFIRMER, Steady
from usher.limits.returning import Returning
from usher.limits.rows import Rows
from usher.platform.discord_rest import DiscordRest
from usher.platform.discord_webhook import DiscordWebhook
from usher.platform.dynamo import bind
from usher.platform.logging import INVITES, get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.secrets import TokenSecret, secrets_client
from usher.platform.settings import DISCORD_API_BASE, region, require
from usher.platform.signed_http import DYNAMODB, SQS, AwsError, SignedClient
from usher.platform.sqs import (
    BackfillQueue,
    ConfirmationsQueue,
    EventsQueue,
    RecountQueue,
    sqs_client,
)
from usher.platform.sqs_return import ReturnQueue

NEEDED: Final = (
    "TABLE_NAME",
    "EVENTS_QUEUE_URL",
    "CONFIRMATIONS_QUEUE_URL",
    "DISCORD_TOKEN_SECRET",
    "DISCORD_APPLICATION_ID",
)


def build(environ: Mapping[str, str]) -> ConfirmerDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, *NEEDED)
    where = region(environ)
    bind(names["TABLE_NAME"], where)
    token = TokenSecret(secrets_client(where), names["DISCORD_TOKEN_SECRET"])
    base = (environ.get("DISCORD_API_BASE") or DISCORD_API_BASE).rstrip("/")
    queues, log, gates = sqs_client(where), get_logger(INVITES), DynamoGates()
    dynamodb, sqs = SignedClient(DYNAMODB, environ), SignedClient(SQS, environ)
    limiter = build_limiter(dynamodb, names["TABLE_NAME"], log, Steady(CONFIRMER))
    rest = DiscordRest(base, token, urllib3.PoolManager(maxsize=2), limits=limiter)
    search = DiscordMembersSearch(rest)
    meter = EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "confirmer"))
    backfills = DynamoBackfills()
    progress = WebhookProgress(DiscordWebhook(base, names["DISCORD_APPLICATION_ID"]), log)
    events = EventsQueue(queues, names["EVENTS_QUEUE_URL"])
    return ConfirmerDoor(
        service=ConfirmingService(
            gates=gates,
            discord=search,
            events=events,
            requests=ConfirmationsQueue(queues, names["CONFIRMATIONS_QUEUE_URL"]),
            clock=_now,
        ),
        backfill=BackfillService(
            backfills=backfills,
            gates=gates,
            discord=search,
            events=events,
            steps=BackfillQueue(queues, names["CONFIRMATIONS_QUEUE_URL"]),
            progress=progress,
            clock=_now,
        ),
        recount=RecountService(
            recounts=DynamoRecounts(backfills),
            events=events,
            steps=RecountQueue(queues, names["CONFIRMATIONS_QUEUE_URL"]),
            progress=progress,
            clock=_now,
        ),
        log=log,
        meter=meter,
        back=Returning(
            ReturnQueue(sqs, names["CONFIRMATIONS_QUEUE_URL"]),
            DynamoMoves(Rows(dynamodb, names["TABLE_NAME"]), time),
            (AwsError,),
        ),
        after=lambda: meter.together(figures(limiter.take_tally())),
    )


def _now() -> datetime:
    return datetime.now(UTC)
