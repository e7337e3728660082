"""Clicks and campaigns for pages of one's own (SPEC 5.3)."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from referral_api.problems import Problem, ProblemError, unknown_link
from referral_api.public import Invitations, Names
from referral_api.requests import request_of, site_of
from usher.referrals.clicks import Click
from usher.referrals.rules import State
from usher.referrals.service import Landing, Visits
from usher.referrals.ways import EXACT

LinkPath = Annotated[str, Path(description="The link's code", pattern="^[A-Za-z0-9_-]{1,64}$")]


def _refusal(description: str) -> OpenAPIResponse:
    return {
        "description": description,
        "content": {"application/problem+json": {"model": Problem}},
    }


UNKNOWN: Final = {
    404: _refusal("No such link"),
    422: _refusal("The request is not as described"),
    503: _refusal("Not just now; `Retry-After` says when"),
}
UNREADABLE: Final = {413: _refusal("The body is too long"), 415: _refusal("The body is not JSON")}
CLOSED: Final = UNKNOWN | {409: _refusal("The link leads nowhere now")}


def _answer(description: str, model: type[BaseModel]) -> OpenAPIResponse:
    return {"description": description, "content": {"application/json": {"model": model}}}


def _bare(description: str) -> OpenAPIResponse:
    return {"description": description, "content": {}}


class CampaignView(BaseModel):
    """What a page needs to show of a link."""

    code: str
    title: str
    description: str
    campaign: str
    brand: str
    offer: str
    welcome: str
    color: str = Field(description="`#rrggbb`")
    logo_url: str | None
    mode: str
    state: State
    variant: str | None


class InviteRequest(BaseModel):
    """For which link an invite is wanted."""

    referral_code: str = Field(min_length=1, max_length=64)


class InviteAnswer(BaseModel):
    """An invite for one visitor."""

    success: bool
    invite_url: str = Field(
        description="Where to lead the visitor. For a link that asks for sign-in, its own page."
    )


def tracking_routes(
    visits: Visits, names: Names, invitations: Invitations, public_url: str = ""
) -> APIGatewayHttpRouter:
    """Declare the routes."""
    router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call] # powertools

    def site() -> str:
        return site_of(router.current_event, public_url)

    def found(code: str) -> Landing:
        landing = visits.landing(code, request_of(router.current_event))
        if landing is None:
            raise unknown_link()
        return landing

    @router.head(
        "/api/referral/<code>",
        summary="Record a click",
        responses={200: {"description": "Recorded"}, **UNKNOWN},
        tags=["Links"],
    )
    def count(code: LinkPath) -> Response[str]:
        """Record a click without following it."""
        visits.click(found(code), request_of(router.current_event))
        return Response(200, "application/json", "")

    @router.get(
        "/api/referral/<code>/campaign",
        summary="Read what a page needs to show of a link",
        responses={200: _answer("What to show", CampaignView), **UNKNOWN},
        tags=["Links"],
    )
    def campaign(code: LinkPath) -> CampaignView:
        """Read what a page needs to show of a link."""
        landing = found(code)
        link, offer = landing.link, landing.campaign
        return CampaignView(
            code=link.code,
            title=link.title,
            description=link.description,
            campaign=offer.name,
            brand=offer.brand.name or names.name_of(link.guild_id),
            offer=offer.offer,
            welcome=offer.welcome,
            color=f"#{offer.brand.color:06x}",
            logo_url=offer.brand.logo_url or None,
            mode=link.mode.value,
            state=landing.state,
            variant=landing.variant.name if landing.variant else None,
        )

    @router.get(
        "/api/referral/<code>",
        summary="Record a click and lead on",
        responses={302: _bare("`Location` is the way in"), **CLOSED},
        tags=["Links"],
    )
    def follow(code: LinkPath) -> Response[str]:
        """Record a click and lead on to the link's page, or to Discord where it has an invite."""
        landing = found(code)
        click = visits.click(landing, request_of(router.current_event))
        url = _way_in(landing, invitations, click, site())
        return Response(302, body="", headers={"Location": url, "Cache-Control": "no-store"})

    @router.post(
        "/api/discord/create-managed-invite",
        summary="Make an invite for one visitor",
        responses={200: _answer("The invite", InviteAnswer), **CLOSED, **UNREADABLE},
        tags=["Links"],
    )
    def create(wanted: InviteRequest) -> InviteAnswer:
        """Make an invite for one visitor: it works once, for ten minutes."""
        landing = found(wanted.referral_code)
        click = visits.click(landing, request_of(router.current_event))
        url = _way_in(landing, invitations, click, site())
        return InviteAnswer(success=True, invite_url=url)

    return router


def _way_in(landing: Landing, invitations: Invitations, click: Click, site: str) -> str:
    if landing.state is not State.OPEN:
        raise ProblemError(
            409, f"link_{landing.state.value}", "The link leads nowhere now", _WHY[landing.state]
        )
    if landing.link.mode in EXACT:
        return f"{site}/r/{landing.link.code}"  # who comes in signs in first, on the link's page
    url = invitations.invite_url(landing, click)
    if url is None:
        raise ProblemError(
            503,
            "no_invite",
            "No invite can be made just now",
            "Discord refused, or the server has as many invites as Discord allows.",
            headers={"Retry-After": "60"},
        )
    return url


_WHY: Final = {
    State.EARLY: "Its campaign has not begun.",
    State.PAUSED: "It is paused.",
    State.EXPIRED: "It or its campaign is over.",
}
