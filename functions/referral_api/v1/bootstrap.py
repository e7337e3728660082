"""Names the adapters of `/api/v1`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.v1.bulk import bulk_routes
from referral_api.v1.campaigns import campaign_routes
from referral_api.v1.chain_routes import chain_routes
from referral_api.v1.codes import CodeRows
from referral_api.v1.conversions import conversion_routes, review_routes
from referral_api.v1.gate import Gate
from referral_api.v1.link_fields import Site
from referral_api.v1.links import link_routes
from referral_api.v1.numbers import number_routes
from referral_api.v1.onboarding import onboarding_routes
from referral_api.v1.reads import guild_routes, read_routes
from referral_api.v1.webhook_reach import Webhooks
from referral_api.v1.webhooks import webhook_routes
from usher.attribution.code_list import DynamoCodeList
from usher.attribution.reads import DynamoInviteReads
from usher.credit.reads import DynamoCreditReads
from usher.funnel.chain_table import DynamoChains
from usher.funnel.evidence_table import DynamoEvidence
from usher.funnel.judging import TableJudge
from usher.funnel.numbers import Numbers
from usher.funnel.numbers_table import DynamoNumbers
from usher.funnel.ports import Teller
from usher.funnel.service import Journeys
from usher.funnel.table import DynamoJourneys
from usher.ids import GuildId
from usher.onboarding.offers import Offers
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.referrals.answers import DynamoAnswers
from usher.referrals.bulk_desk import BulkDesk
from usher.referrals.bulk_service import BulkLinks
from usher.referrals.key_table import DynamoKeys
from usher.referrals.listing import DynamoListing
from usher.referrals.table import DynamoReferrals


@dataclass(frozen=True, slots=True)
class Rest:
    """The REST API: what stands before its routes, and what declares them."""

    gate: Gate
    declare: Callable[[APIGatewayHttpResolver], None]


def build_rest(
    client: Caller,
    table_name: str,
    public_url: str,
    invite_base: str,
    clock: Callable[[], datetime],
    fresh_seed: Callable[[], str],
    webhooks: Webhooks,
    offers: Offers,
    teller: Teller,
    count_joins: Callable[[GuildId, str], None],
    *,
    sign_in: bool = False,
) -> Rest:
    """Build the REST API; opens no connection."""
    table = DynamoReferrals(client, table_name)
    listing = DynamoListing(client, table_name)
    reads = DynamoReads(client, table_name)

    def declare(app: APIGatewayHttpResolver) -> None:
        router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call] # powertools

        def base() -> str:
            return public_url or f"https://{router.current_event.request_context.domain_name}"

        link_routes(router, table, listing, Site(base, invite_base, sign_in), clock, webhooks.kept)
        bulk_routes(
            router,
            BulkDesk(BulkLinks(table, webhooks.kept), clock, lambda: sign_in),
            Site(base, invite_base, sign_in),
        )
        webhook_routes(router, webhooks)
        campaign_routes(router, table, count_joins, clock)
        read_routes(router, table, listing, clock)
        number_routes(router, table, Numbers(DynamoNumbers(client, table_name)), clock)
        chain_routes(router, table, DynamoChains(client, table_name))
        rows = DynamoJourneys(client, table_name)
        judge = TableJudge(DynamoEvidence(client, table_name))
        journeys = Journeys(rows, judge, teller, clock)
        conversion_routes(router, journeys, clock)
        review_routes(router, rows, journeys, clock)
        guild_routes(
            router,
            DynamoCreditReads(reads),
            DynamoInviteReads(reads),
            CodeRows(DynamoCodeList(reads)),
            clock,
        )
        onboarding_routes(router, table, offers)
        app.include_router(router)

    gate = Gate(
        DynamoKeys(client, table_name), DynamoAnswers(client, table_name), clock, fresh_seed
    )
    return Rest(gate, declare)
