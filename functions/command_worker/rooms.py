"""Parts of the command worker that are several adapters together."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from secrets import token_bytes
from time import sleep
from typing import Final

from usher.channels.discord_channels import DiscordChannels
from usher.channels.ports import Tools
from usher.channels.webhook_progress import WebhookProgress
from usher.doctor.discord_probe import RestProbe
from usher.doctor.examining import GuildDoctor
from usher.doctor.table_probe import DynamoProbe
from usher.funnel.chain_table import DynamoChains
from usher.funnel.chains import Chains
from usher.funnel.chart import PillowFunnels
from usher.funnel.desk import FunnelDesk
from usher.funnel.evidence_table import DynamoEvidence
from usher.funnel.judging import TableJudge
from usher.funnel.numbers import Numbers
from usher.funnel.numbers_table import DynamoNumbers
from usher.funnel.service import Journeys
from usher.funnel.table import DynamoJourneys
from usher.funnel.telling import HookTeller
from usher.hooks.delivery_table import DynamoDeliveries
from usher.hooks.endpoint_table import DynamoEndpoints
from usher.hooks.managing import WebhookDesk
from usher.hooks.ports import EndpointTable
from usher.invites.reads import DynamoSettingReads
from usher.moderation.discord_desk import DiscordSanctions
from usher.moderation.discord_post import DiscordPost
from usher.moderation.ports import Files
from usher.moderation.rulebook import Rules
from usher.moderation.service import Sanctions
from usher.moderation.table import DynamoCases
from usher.platform.cache import Cache
from usher.platform.discord_rest import DiscordRest
from usher.platform.discord_webhook import DiscordWebhook
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.hook_sender import EventSender, OrderSender
from usher.platform.signed_http import SQS, SignedClient
from usher.platform.sqs import EffectsQueue
from usher.referrals.table import DynamoReferrals
from usher.rewards.discord_hall import DiscordHall
from usher.rewards.reads import DynamoRewardReads
from usher.timing.term_table import DynamoTerms

CALLERS: Final = 8
"""Calls of Discord at once, where a whole server is locked."""


def funnel(table: DynamoReads, hooks: EventSender, clock: Callable[[], datetime]) -> FunnelDesk:
    """Build what shows the funnel and reviews what is held."""
    rows = DynamoJourneys(table.client, table.table)
    judge = TableJudge(DynamoEvidence(table.client, table.table))
    return FunnelDesk(
        numbers=Numbers(DynamoNumbers(table.client, table.table)),
        chains=Chains(DynamoChains(table.client, table.table)),
        held=rows,
        reviews=Journeys(rows, judge, HookTeller(hooks), clock),
        charts=PillowFunnels(),
    )


def channels(
    found: Mapping[str, str],
    rest: DiscordRest,
    halls: DiscordHall,
    table: DynamoReads,
    effects: EffectsQueue,
) -> Tools:
    """Build what changes channels."""
    desk = DiscordChannels(rest)
    webhook = DiscordWebhook(found["DISCORD_API_BASE"], found["DISCORD_APPLICATION_ID"])
    return Tools(
        desk=desk,
        halls=halls,
        terms=DynamoTerms(table.client, table.table),
        orders=effects,
        messages=desk,
        progress=WebhookProgress(webhook),
        together=ThreadPoolExecutor(CALLERS, "channels").map,
    )


def examination(
    rest: DiscordRest, halls: DiscordHall, table: DynamoReads, endpoints: EndpointTable
) -> GuildDoctor:
    """Build what examines a server."""
    books = DynamoProbe(
        table,
        DynamoReferrals(table.client, table.table),
        DynamoRewardReads(table),
        endpoints,
    )
    return GuildDoctor(RestProbe(rest, DiscordChannels(rest), halls), books)


def webhooks(
    environ: Mapping[str, str], table: DynamoReads, queue_url: str
) -> tuple[EventSender, WebhookDesk]:
    """Build what tells webhooks, and what manages them."""
    queue = SignedClient(SQS, environ)
    desk = WebhookDesk(
        DynamoEndpoints(table.client, table.table),
        DynamoDeliveries(table.client, table.table),
        OrderSender(queue, queue_url),
        token_bytes,
        sleep,
        anywhere=environ.get("WEBHOOK_TARGETS") == "any",
    )
    return EventSender(queue, queue_url, table, Cache()), desk


def sanctions(
    rest: DiscordRest,
    halls: DiscordHall,
    table: DynamoReads,
    effects: EffectsQueue,
    clock: Callable[[], datetime],
    files: Files,
) -> Sanctions:
    """Build what keeps cases."""
    return Sanctions(
        DynamoCases(table.client, table.table),
        DiscordSanctions(rest, halls),
        DiscordPost(rest),
        effects,
        Rules(DynamoSettingReads(table)),
        clock,
        files,
    )
