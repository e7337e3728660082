"""Names the effects door's adapters."""

from collections.abc import Mapping
from datetime import UTC, datetime
from time import sleep, time
from typing import Final

import urllib3

from effects.batch import PATIENCE_SECONDS, EffectsDoor
from effects.doing import DiscordEffects
from effects.measuring import EndingMeter
from effects.moderating import moderating
from effects.onboarding import Parts, office
from usher.channels.discord_channels import DiscordChannels
from usher.channels.endings import LockEnder, SlowmodeEnder
from usher.channels.locks import LOCK
from usher.channels.slowmodes import SLOWMODE
from usher.funnel.evidence_table import DynamoEvidence
from usher.funnel.judging import TableJudge
from usher.funnel.notice_table import DynamoNotices
from usher.funnel.noticing import HoldNotices
from usher.funnel.service import Journeys
from usher.funnel.table import DynamoJourneys
from usher.funnel.telling import HookTeller
from usher.greeting.discord_people import DiscordPeople, DiscordPost
from usher.greeting.drafts import Drafts
from usher.greeting.service import Greetings
from usher.greeting.store import DynamoMarks, DynamoRecords
from usher.limits.building import build_limiter, figures
from usher.limits.moves import DynamoMoves
from usher.limits.pacing import EFFECTS, Steady
from usher.limits.returning import Returning
from usher.limits.rows import Rows
from usher.onboarding.recording import Recording
from usher.platform.cache import Cache
from usher.platform.discord_rest import DiscordRest
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.hook_sender import EventSender
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.secrets import TokenSecret, secrets_client
from usher.platform.settings import DISCORD_API_BASE, region, require
from usher.platform.signed_http import DYNAMODB, SQS, AwsError, SignedClient
from usher.platform.sqs_return import ReturnQueue
from usher.platform.sqs_sender import EffectSender
from usher.rewards.admin_channel import AdminChannel
from usher.rewards.discord_hall import DiscordHall
from usher.rewards.standing import Standings
from usher.rewards.store import DynamoRewardRows
from usher.rewards.trouble import Trouble
from usher.timing.ending import Endings, Handler
from usher.timing.term_endings import Ender, TermEndings
from usher.timing.term_table import DynamoTerms

NEEDED: Final = ("DISCORD_TOKEN_SECRET", "TABLE_NAME", "EFFECTS_QUEUE_URL", "HOOKS_QUEUE_URL")


def build(environ: Mapping[str, str]) -> EffectsDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, *NEEDED)
    token = TokenSecret(secrets_client(region(environ)), names["DISCORD_TOKEN_SECRET"])
    base = (environ.get("DISCORD_API_BASE") or DISCORD_API_BASE).rstrip("/")
    dynamodb, sqs = SignedClient(DYNAMODB, environ), SignedClient(SQS, environ)
    log = get_logger()
    limiter = build_limiter(dynamodb, names["TABLE_NAME"], log, Steady(EFFECTS))
    pool = urllib3.PoolManager(maxsize=2)
    rest = DiscordRest(base, token, pool, limits=limiter, patience=PATIENCE_SECONDS)
    reads = DynamoReads(dynamodb, names["TABLE_NAME"])
    hooks = EventSender(sqs, names["HOOKS_QUEUE_URL"], reads, Cache())
    rows = DynamoRewardRows(dynamodb, names["TABLE_NAME"])
    referrals = Journeys(
        DynamoJourneys(dynamodb, names["TABLE_NAME"]),
        TableJudge(DynamoEvidence(dynamodb, names["TABLE_NAME"])),
        HookTeller(hooks),
        _now,
    )
    orders = EffectSender(sqs, names["EFFECTS_QUEUE_URL"])
    hall = DiscordHall(rest, _now)
    trouble = Trouble(rows, hall, orders, _now)
    drafts = Drafts(DynamoRecords(reads), DiscordPeople(rest))
    greetings = Greetings(
        drafts,
        DynamoMarks(dynamodb, names["TABLE_NAME"]),
        DiscordPost(rest, trouble.silent),
        _now,
    )
    standings = Standings(rows, hall, orders, trouble, _now)
    meter = EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "effects"))
    gauge, admins = EndingMeter(meter), AdminChannel(rows, hall)
    desk = DiscordChannels(rest)
    enders: Mapping[str, Ender] = {SLOWMODE: SlowmodeEnder(desk), LOCK: LockEnder(desk)}
    terms = TermEndings(DynamoTerms(dynamodb, names["TABLE_NAME"]), enders, admins, gauge, _now)
    told = trouble, admins, gauge
    moderation = moderating(rest, hall, dynamodb, names["TABLE_NAME"], orders, told, desk, _now)
    handlers: dict[str, Handler] = dict.fromkeys(enders, terms)
    handlers |= moderation.handlers
    endings = Endings(handlers, orders, gauge, _now, sleep)
    onboarding = office(
        Parts(
            dynamodb=dynamodb,
            table=names["TABLE_NAME"],
            rest=rest,
            rows=rows,
            hall=hall,
            orders=orders,
            trouble=trouble,
            drafts=drafts,
            recorder=Recording(referrals, hooks),
            clock=_now,
        )
    )
    return EffectsDoor(
        doer=DiscordEffects(
            rest,
            standings,
            trouble,
            greetings,
            referrals,
            endings,
            moderation,
            onboarding,
            HoldNotices(DynamoNotices(dynamodb, names["TABLE_NAME"]), referrals, admins, _now),
        ),
        log=log,
        meter=meter,
        back=Returning(
            ReturnQueue(sqs, names["EFFECTS_QUEUE_URL"]),
            DynamoMoves(Rows(dynamodb, names["TABLE_NAME"]), time),
            (AwsError,),
        ),
        after=lambda: meter.together(figures(limiter.take_tally())),
    )


def _now() -> datetime:
    return datetime.now(UTC)
