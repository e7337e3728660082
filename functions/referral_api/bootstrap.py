"""Names the referral API's adapters."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import sleep

import crawleruseragents
import urllib3

from referral_api.cors import Cors
from referral_api.devices import device_of
from referral_api.door import ReferralDoor
from referral_api.legal import LOG_DAYS, Operator, legal_routes
from referral_api.pages import Pages
from referral_api.public import public_routes
from referral_api.signing_in import sign_in_routes
from referral_api.tracking import tracking_routes
from referral_api.v1.bootstrap import build_rest
from referral_api.v1.webhook_reach import Webhooks
from usher.attribution.switching import Switch
from usher.funnel.telling import HookTeller
from usher.hooks.delivery_table import DynamoDeliveries
from usher.hooks.endpoint_table import DynamoEndpoints
from usher.hooks.managing import WEBHOOKS, WebhookDesk
from usher.ids import GuildId
from usher.invites.discord_desk import DiscordDesk
from usher.limits.building import build_limiter, figures
from usher.onboarding.offers import Offers
from usher.onboarding.outcome_table import DynamoOutcomes
from usher.platform.cache import Cache
from usher.platform.discord_oauth import DiscordOAuth
from usher.platform.discord_rest import DiscordRest
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.events_sender import ObservationSender
from usher.platform.hook_sender import EventSender, OrderSender
from usher.platform.logging import REFERRALS, get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SECRETS, SQS, AwsError, SignedClient
from usher.platform.signed_token import SignedToken
from usher.platform.sqs_sender import EffectSender
from usher.referrals.campaign_commands import COUNTED
from usher.referrals.click_table import DynamoClicks
from usher.referrals.discord_door import DiscordDoor
from usher.referrals.discord_identity import DiscordIdentity
from usher.referrals.exact import ExactEntry
from usher.referrals.invite_books import InviteBooks
from usher.referrals.invite_table import DynamoInviteRows
from usher.referrals.managed import ManagedInvites
from usher.referrals.service import Visits
from usher.referrals.sign_in import SignIns
from usher.referrals.sign_in_table import DynamoSignIns
from usher.referrals.table import DynamoReferrals

INVITE_BASE = "https://discord.gg"
SITE = "https://discord.com"
NEEDED = (
    "TABLE_NAME",
    "EVENTS_QUEUE_URL",
    "HOOKS_QUEUE_URL",
    "EFFECTS_QUEUE_URL",
    "DISCORD_API_BASE",
    "DISCORD_TOKEN_SECRET",
    "DISCORD_APPLICATION_ID",
)


@dataclass(frozen=True, slots=True)
class GuildNames:
    """Guilds' names as the event worker last saw them."""

    reads: DynamoReads

    def name_of(self, guild_id: GuildId) -> str:
        """Read a guild's name; empty for a guild never seen."""
        head = self.reads.get((f"G#{guild_id}", "HEAD"))
        return str(head.get("guild_name") or "") if head else ""

    def counts(self, guild_id: GuildId) -> bool:
        """Whether it was said if joins are counted for links."""
        return self.reads.get((f"G#{guild_id}", f"S#{COUNTED}")) is not None


def build(environ: Mapping[str, str]) -> ReferralDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    found = require(environ, *NEEDED)
    client = SignedClient(DYNAMODB, environ)
    reads = DynamoReads(client, found["TABLE_NAME"])
    invite_base = (environ.get("DISCORD_INVITE_BASE") or INVITE_BASE).rstrip("/")
    queues = SignedClient(SQS, environ)
    hooks = EventSender(queues, found["HOOKS_QUEUE_URL"], reads, Cache())
    visits = Visits(
        table=DynamoReferrals(client, found["TABLE_NAME"]),
        clicks=DynamoClicks(client, found["TABLE_NAME"]),
        hooks=hooks,
        clock=_now,
        new_id=lambda: secrets.token_hex(12),
        fresh_salt=lambda: secrets.token_bytes(32),
        is_crawler=crawleruseragents.is_crawler,
        device_of=device_of,
    )
    meter = EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "referral_api"))
    names, log, not_sent = GuildNames(reads), get_logger(REFERRALS), (AwsError,)
    token = SignedToken(SignedClient(SECRETS, environ), found["DISCORD_TOKEN_SECRET"])
    limiter = build_limiter(client, found["TABLE_NAME"], log)
    base = found["DISCORD_API_BASE"].rstrip("/")
    rest = DiscordRest(base, token, urllib3.PoolManager(), limits=limiter)
    rows = DynamoInviteRows(client, found["TABLE_NAME"])
    events = ObservationSender(queues, found["EVENTS_QUEUE_URL"])
    invitations = ManagedInvites(
        rows=rows,
        desk=DiscordDesk(rest),
        events=events,
        names=names,
        log=log,
        clock=_now,
        base=invite_base,
        not_sent=not_sent,
    )
    site = (environ.get("DISCORD_SITE") or SITE).rstrip("/")
    pages = Pages(tuple(dict.fromkeys((invite_base, site))), site)
    sign_ins = SignIns(
        rows=DynamoSignIns(client, found["TABLE_NAME"]),
        identity=DiscordIdentity(_oauth(environ, found, rest.pool), log),
        entry=ExactEntry(
            door=DiscordDoor(rest),
            books=InviteBooks(rows, events, names, log, _now, not_sent),
            events=events,
            names=names,
            log=log,
            clock=_now,
            fresh=lambda: secrets.token_hex(16),
            pause=sleep,
            base=invite_base,
            not_sent=not_sent,
        ),
        clicks=rows,
        landing=visits.known,
        clock=_now,
        fresh=lambda: secrets.token_urlsafe(32),
        site=site,
        client_id=found["DISCORD_APPLICATION_ID"],
    )
    public_url = environ.get("PUBLIC_URL", "")
    return ReferralDoor(
        (
            public_routes(visits, pages, names, invitations, sign_ins, public_url),
            sign_in_routes(sign_ins, pages, public_url),
            tracking_routes(visits, names, invitations, public_url),
            legal_routes(pages, _operator(environ)),
        ),
        log,
        build_rest(
            client,
            found["TABLE_NAME"],
            public_url,
            invite_base,
            _now,
            lambda: secrets.token_hex(16),
            Webhooks(
                WebhookDesk(
                    DynamoEndpoints(client, found["TABLE_NAME"]),
                    DynamoDeliveries(client, found["TABLE_NAME"]),
                    OrderSender(queues, found["HOOKS_QUEUE_URL"]),
                    secrets.token_bytes,
                    sleep,
                    anywhere=environ.get("WEBHOOK_TARGETS") == "any",
                ),
                hooks,
                Switch(WEBHOOKS, hooks.wanted, events, names, _now).on,
                _now,
            ),
            Offers(
                EffectSender(queues, found["EFFECTS_QUEUE_URL"]),
                DynamoOutcomes(client, found["TABLE_NAME"]),
                sleep,
            ),
            HookTeller(hooks),
            Switch(COUNTED, names.counts, events, names, _now).on,
            sign_in=bool(environ.get("DISCORD_CLIENT_SECRET")),
        ),
        Cors(visits.origins, frozenset(environ.get("API_ORIGINS", "").split())),
        lambda: meter.together(figures(limiter.take_tally())),
    )


def _operator(environ: Mapping[str, str]) -> Operator:
    days = environ.get("LOG_RETENTION_DAYS") or str(LOG_DAYS)
    return Operator(
        environ.get("OPERATOR_NAME", ""), environ.get("OPERATOR_CONTACT", ""), int(days)
    )


def _oauth(
    environ: Mapping[str, str], found: Mapping[str, str], pool: urllib3.PoolManager
) -> DiscordOAuth | None:
    """Sign people in, where whoever runs Usher has named the client's secret."""
    name = environ.get("DISCORD_CLIENT_SECRET", "")
    if not name:
        return None
    secret = SignedToken(SignedClient(SECRETS, environ), name)
    base = found["DISCORD_API_BASE"].rstrip("/")
    return DiscordOAuth(base, found["DISCORD_APPLICATION_ID"], secret, pool)


def _now() -> datetime:
    return datetime.now(UTC)
