"""Onboardings that programs begin (SPEC 5.7)."""

from hashlib import sha256
from typing import Annotated, Final, Literal

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from referral_api.problems import ProblemError, unknown_link
from referral_api.v1.fields import ONE_LINE, Body, Snowflake
from referral_api.v1.routes import BOT, Routes
from usher.contracts.onboarding_effects import OfferOnboarding
from usher.ids import GuildId, UserId
from usher.onboarding.offers import Offers
from usher.onboarding.welcoming import Outcome
from usher.referrals.keys import Scope
from usher.referrals.model import CampaignId, LinkCode
from usher.referrals.ports import ReferralTable
from usher.referrals.rules import is_code

Delivery = Literal[
    "direct_message", "channel", "waiting_for_screening", "already_completed", "pending"
]
ID_DIGITS: Final = 25


class OnboardingRequest(Body):
    """Who is to be led through which campaign's questions."""

    campaign_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    discord_user_id: Snowflake
    discord_username: Annotated[
        str, Field(max_length=64, pattern=ONE_LINE, description="Not kept: Discord knows it.")
    ] = ""
    referral_code: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Counts where it is not known by which link the member came."
    )


class OnboardingAnswer(BaseModel):
    """What became of it."""

    success: bool
    delivery: Delivery = Field(
        description="How the button reached the member: `direct_message`; `channel`, since they "
        "take no direct messages; `waiting_for_screening`: once they have accepted the server's "
        "rules; `pending`: Discord is slow, ask again to hear of it."
    )
    channel_id: str | None


def onboarding_routes(router: APIGatewayHttpRouter, table: ReferralTable, offers: Offers) -> None:
    """Declare the route."""
    routes = Routes(router, "Onboarding")

    @routes.declare(
        "POST",
        "/onboarding",
        Scope.ONBOARDING_WRITE,
        "Send a member the button of an onboarding; again says how it stands",
        404,
        409,
        prefix=BOT,
    )
    def start_onboarding(wanted: OnboardingRequest) -> OnboardingAnswer:
        guild_id = routes.caller.key.guild_id
        _check(table, guild_id, wanted)
        order = OfferOnboarding(
            id=sha256(f"offer|{routes.caller.seed}".encode()).hexdigest()[:ID_DIGITS],
            guild_id=guild_id,
            user_id=UserId(wanted.discord_user_id),
            campaign_id=wanted.campaign_id,
            link=wanted.referral_code or None,
        )
        found = offers.offer(order)
        if found is None:
            return OnboardingAnswer(success=True, delivery="pending", channel_id=None)
        outcome, where = found
        if outcome in _REFUSED:
            code, detail = _REFUSED[Outcome(outcome)]
            raise ProblemError(409, code, "The onboarding was not begun", detail)
        return OnboardingAnswer.model_validate(
            {"success": True, "delivery": outcome, "channel_id": where or None}
        )


def _check(table: ReferralTable, guild_id: GuildId, wanted: OnboardingRequest) -> None:
    """Refuse what the guild does not have; raises ProblemError."""
    if table.campaign(guild_id, CampaignId(wanted.campaign_id)) is None:
        raise ProblemError(404, "unknown_campaign", "No such campaign")
    code = wanted.referral_code
    if code:
        link = table.link(LinkCode(code)) if is_code(code) else None
        if link is None or link.guild_id != guild_id or link.campaign_id != wanted.campaign_id:
            raise unknown_link()


_REFUSED: Final = {
    Outcome.NOT_MEMBER: ("not_a_member", "Nobody of this id is in the server."),
    Outcome.OTHER: (
        "other_campaign",
        "The member has begun the onboarding of another campaign; a membership has one.",
    ),
    Outcome.NOWHERE: (
        "unreachable",
        "The member takes no direct messages, and there is no channel to write to. They can run "
        "`/onboarding start`.",
    ),
}
