"""Names the adapters of the command worker."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Final

import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from command_worker.door import Door
from command_worker.rooms import CALLERS, channels, examination, funnel, sanctions, webhooks
from command_worker.services import Services
from usher.analytics.chart import PillowCharts
from usher.analytics.counting import Counting
from usher.analytics.reads import DynamoAnalyticsReads
from usher.attribution.backfill_commands import Imports
from usher.attribution.backfill_reads import BackfillDesk
from usher.attribution.code_choice_reads import DynamoCodeChoices
from usher.attribution.code_list import DynamoCodeList
from usher.attribution.code_reads import DynamoCodeRecords
from usher.attribution.deed_road import DeedRoad
from usher.attribution.discord_looks import DiscordLooks
from usher.attribution.guild_reads import DynamoGuildReads
from usher.attribution.noted_deeds import NotedDeeds
from usher.attribution.reads import DynamoInviteReads
from usher.attribution.state_codec import StateError
from usher.attribution.sync_service import SyncService
from usher.automod.discord_rules import DiscordRules
from usher.automod.table import DynamoCatches
from usher.catalogue import ROUTER
from usher.credit.fake_queries import FakeRules
from usher.credit.fake_reads import FakeRulesDesk
from usher.credit.member_reads import DynamoMemberReads
from usher.credit.reads import DynamoCreditReads
from usher.funnel.table import DynamoJourneys
from usher.greeting.discord_people import DiscordPeople
from usher.greeting.drafts import Drafts
from usher.greeting.store import DynamoRecords
from usher.hooks.managing import WebhookDesk
from usher.invites.discord_desk import DiscordDesk
from usher.invites.reads import DynamoSettingReads
from usher.ledger.chain import ChainError
from usher.ledger.closed import ClosedDays
from usher.ledger.delivery import Delivery
from usher.ledger.erasure import ErasureError
from usher.ledger.export import LedgerExport
from usher.ledger.lines import LineError
from usher.ledger.log import JoinLog
from usher.ledger.lookup import Lookup
from usher.ledger.patience import Patience
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore, LineMissingError
from usher.limits.building import build_limiter, figures
from usher.limits.service import Limiter
from usher.moderation.amending import Bench
from usher.moderation.evidence_shelf import EvidenceShelf
from usher.onboarding.shelf import Answers
from usher.onboarding.table import DynamoDrafts, DynamoSessions
from usher.platform.attached import AttachedFiles, origins
from usher.platform.cache import Cache, measure_uses
from usher.platform.cached_settings import Answer, CachedSettings
from usher.platform.discord_rest import DiscordRest
from usher.platform.discord_webhook import DiscordWebhook
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.hook_sender import EventSender
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.press_table import PressTable
from usher.platform.s3 import Bucket, s3_client
from usher.platform.s3_shelf import Shelf, shelf_client
from usher.platform.secrets import TokenSecret, secrets_client
from usher.platform.settings import region, require
from usher.platform.signed_http import DYNAMODB, AwsError, SignedClient
from usher.platform.sqs import BackfillQueue, EffectsQueue, EventsQueue, RecountQueue, sqs_client
from usher.privacy.desk import PrivacyDesk
from usher.referrals.bulk_desk import BulkDesk
from usher.referrals.bulk_service import BulkLinks
from usher.referrals.key_table import DynamoKeys
from usher.referrals.table import DynamoReferrals
from usher.rewards.discord_hall import DiscordHall
from usher.rewards.reads import DynamoRewardReads
from usher.slash.presses import Presses, new_token
from usher.staff.reads import DynamoStaffReads
from usher.staff.report import StaffReport

NEEDED: Final = (
    "TABLE_NAME",
    "LEDGER_BUCKET",
    "EVENTS_QUEUE_URL",
    "EFFECTS_QUEUE_URL",
    "CONFIRMATIONS_QUEUE_URL",
    "HOOKS_QUEUE_URL",
    "DISCORD_API_BASE",
    "DISCORD_APPLICATION_ID",
    "DISCORD_TOKEN_SECRET",
    "PUBLIC_URL",
)
READERS: Final = 24
"""Ledger objects read at once: an export reads one object a line."""
PATIENCE: Final = timedelta(seconds=100)
"""How long the ledger is read for one answer: less than the function's life (template.yaml)."""
LEDGER_ERRORS: Final = (
    *(BotoCoreError, ChainError, ClientError),
    *(ErasureError, LineError, LineMissingError),
)
TABLE_ERRORS: Final = (AwsError, StateError)


def build(environ: Mapping[str, str]) -> Door[Services]:
    """Build the door; raises SettingsError naming every variable that is missing."""
    found = require(environ, *NEEDED)
    where = region(environ)
    dynamodb = SignedClient(DYNAMODB, environ)
    settings: Cache[str, Answer] = Cache()
    table = DynamoReads(CachedSettings(dynamodb, settings), found["TABLE_NAME"])
    queues = sqs_client(where)
    events = EventsQueue(queues, found["EVENTS_QUEUE_URL"])
    effects = EffectsQueue(queues, found["EFFECTS_QUEUE_URL"])
    steps = BackfillQueue(queues, found["CONFIRMATIONS_QUEUE_URL"])
    road = NotedDeeds(DeedRoad(events, table, _now, sleep), settings)
    meter = EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "command_worker"))
    recounts = RecountQueue(queues, found["CONFIRMATIONS_QUEUE_URL"])
    fakes = FakeRulesDesk(table, recounts, Patience(_now, PATIENCE))
    log = get_logger()
    # Threads call Discord side by side, so the limits have a connection of their own.
    limiter = build_limiter(SignedClient(DYNAMODB, environ), found["TABLE_NAME"], log)
    return Door(
        router=ROUTER,
        services=_services(
            found,
            where,
            limiter,
            table,
            road,
            BackfillDesk(table, steps),
            fakes,
            effects,
            webhooks(environ, table, found["HOOKS_QUEUE_URL"]),
            sign_in=environ.get("SIGN_IN") == "on",
        ),
        presses=Presses(PressTable(dynamodb, found["TABLE_NAME"]), new_token),
        webhook=DiscordWebhook(found["DISCORD_API_BASE"], found["DISCORD_APPLICATION_ID"]),
        clock=_now,
        log=log,
        after=lambda: _measure(meter, settings, limiter),
        failed=lambda: meter.count("CommandsFailed"),
    )


def _measure(meter: EmfMeter, settings: Cache[str, Answer], limiter: Limiter) -> None:
    measure_uses(meter, settings.take_uses())
    meter.together(figures(limiter.take_tally()))


def _services(
    found: Mapping[str, str],
    where: str,
    limiter: Limiter,
    table: DynamoReads,
    road: NotedDeeds,
    imports: Imports,
    fakes: FakeRules,
    effects: EffectsQueue,
    told: tuple[EventSender, WebhookDesk],
    *,
    sign_in: bool,
) -> Services:
    bucket = Bucket(s3_client(where), found["LEDGER_BUCKET"])
    pool = ThreadPoolExecutor(READERS, "ledger")
    store = LedgerStore(bucket, _now)
    reader = LedgerReader(store, pool, ClosedDays(bucket))
    guilds = DynamoGuildReads(table)
    members, staff = DynamoMemberReads(table), DynamoStaffReads(table)
    patience = Patience(_now, PATIENCE)
    token = TokenSecret(secrets_client(where), found["DISCORD_TOKEN_SECRET"])
    callers = urllib3.PoolManager(maxsize=CALLERS)
    base = found["DISCORD_API_BASE"].rstrip("/")
    rest = DiscordRest(base, token, callers, limits=limiter)
    halls = DiscordHall(rest, _now)
    attached = AttachedFiles(urllib3.PoolManager(), origins(base))
    copies = Shelf(shelf_client(where), bucket.name)
    evidence = EvidenceShelf(copies.client, bucket.name, attached, _lost)
    cases = sanctions(rest, halls, table, effects, _now, evidence)
    return Services(
        credit=DynamoCreditReads(table),
        deeds=road,
        invites=DynamoInviteReads(table),
        exports=Delivery(LedgerExport(reader, pool, _now), copies, patience),
        staff=staff,
        reports=StaffReport(reader, patience),
        log=JoinLog(reader, members, pool),
        lookups=Lookup(reader, members, guilds, staff, LEDGER_ERRORS, TABLE_ERRORS),
        syncs=SyncService(DiscordLooks(rest, _now), DynamoCodeList(table), road, _now),
        imports=imports,
        privacy=PrivacyDesk(bucket, reader, pool, patience),
        codes=DynamoCodeChoices(table),
        records=DynamoCodeRecords(table),
        settings=DynamoSettingReads(table),
        desk=DiscordDesk(rest),
        rewards=DynamoRewardReads(table),
        halls=halls,
        analytics=DynamoAnalyticsReads(table, guilds, Counting(store, pool)),
        charts=PillowCharts(),
        fakes=fakes,
        greetings=Drafts(DynamoRecords(table), DiscordPeople(rest)),
        referrals=DynamoReferrals(table.client, table.table),
        keys=DynamoKeys(table.client, table.table),
        funnel=funnel(table, told[0], _now),
        channels=channels(found, rest, halls, table, effects),
        rules=DiscordRules(rest),
        windows=DynamoCatches(table.client, table.table),
        link_files=BulkDesk(
            BulkLinks(DynamoReferrals(table.client, table.table), told[0]),
            _now,
            lambda: sign_in,
        ),
        attached=attached,
        hooks=told[0],
        endpoints=told[1].endpoints,
        webhooks=told[1],
        onboardings=DynamoSessions(table.client, table.table),
        drafts=DynamoDrafts(table.client, table.table),
        arrivals=DynamoJourneys(table.client, table.table),
        orders=effects,
        answers=Answers(bucket, pool),
        referral_url=found["PUBLIC_URL"].rstrip("/"),
        cases=cases.book,
        rulebook=cases.rulebook,
        court=Bench(cases),
        evidence=evidence,
        doctor=examination(rest, halls, table, told[1].endpoints),
        sign_in=sign_in,
    )


def _lost(why: str) -> None:
    get_logger().warning("no copy of evidence", extra={"reason": why})


def _now() -> datetime:
    return datetime.now(UTC)
