"""Names the adapters of the interactions door. Builds clients; opens no sockets."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from interactions.door import Door
from interactions.verify import Verifier
from usher.attribution.code_choice_reads import DynamoCodeChoices
from usher.attribution.code_choices import CodeChoices
from usher.attribution.queries import InviteReads
from usher.attribution.reads import DynamoInviteReads
from usher.catalogue import ROUTER
from usher.credit.queries import CreditReads
from usher.credit.reads import DynamoCreditReads
from usher.frozen import frozen
from usher.funnel.table import DynamoJourneys
from usher.hooks.endpoint_table import DynamoEndpoints
from usher.hooks.ports import EndpointTable
from usher.invites.ports import SettingReads
from usher.invites.reads import DynamoSettingReads
from usher.moderation.order import Rulebook
from usher.moderation.ports import CaseBook
from usher.moderation.rulebook import Rules
from usher.moderation.table import DynamoCases
from usher.onboarding.ports import Arrivals, Drafts, Orders, Sessions
from usher.onboarding.table import DynamoDrafts, DynamoSessions
from usher.platform.cache import Cache
from usher.platform.cached_settings import Answer, CachedSettings
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.logging import get_logger
from usher.platform.press_table import PressTable
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SQS, SignedClient
from usher.platform.sqs_sender import EffectSender, SqsSender
from usher.referrals.ports import ReferralTable
from usher.referrals.table import DynamoReferrals
from usher.rewards.queries import RewardReads
from usher.rewards.reads import DynamoRewardReads
from usher.slash.presses import Presses, new_token
from usher.staff.queries import StaffReads
from usher.staff.reads import DynamoStaffReads

NEEDED: Final = ("TABLE_NAME", "COMMANDS_QUEUE_URL", "EFFECTS_QUEUE_URL", "DISCORD_PUBLIC_KEY")


@frozen
class Services:
    """What commands that are answered at once may call, and what suggests while one types."""

    credit: CreditReads
    invites: InviteReads
    codes: CodeChoices
    staff: StaffReads
    rewards: RewardReads
    referrals: ReferralTable
    cases: CaseBook
    settings: SettingReads
    rulebook: Rulebook
    endpoints: EndpointTable
    onboardings: Sessions
    drafts: Drafts
    arrivals: Arrivals
    orders: Orders


def build(environ: Mapping[str, str]) -> Door[Services]:
    """Build the door; raises SettingsError naming every variable that is missing."""
    found = require(environ, *NEEDED)
    dynamodb = SignedClient(DYNAMODB, environ)
    queues = SignedClient(SQS, environ)
    settings: Cache[str, Answer] = Cache()
    table = DynamoReads(CachedSettings(dynamodb, settings), found["TABLE_NAME"])
    held = DynamoSettingReads(table)
    return Door(
        verifier=Verifier.from_hex(found["DISCORD_PUBLIC_KEY"]),
        router=ROUTER,
        services=Services(
            DynamoCreditReads(table),
            DynamoInviteReads(table),
            DynamoCodeChoices(table),
            DynamoStaffReads(table),
            DynamoRewardReads(table),
            DynamoReferrals(dynamodb, found["TABLE_NAME"]),
            DynamoCases(dynamodb, found["TABLE_NAME"]),
            held,
            Rules(held),
            DynamoEndpoints(dynamodb, found["TABLE_NAME"]),
            DynamoSessions(dynamodb, found["TABLE_NAME"]),
            DynamoDrafts(dynamodb, found["TABLE_NAME"]),
            DynamoJourneys(dynamodb, found["TABLE_NAME"]),
            EffectSender(queues, found["EFFECTS_QUEUE_URL"]),
        ),
        deferrals=SqsSender(queues, found["COMMANDS_QUEUE_URL"]),
        presses=Presses(PressTable(dynamodb, found["TABLE_NAME"]), new_token),
        clock=lambda: datetime.now(UTC),
        log=get_logger(),
    )
