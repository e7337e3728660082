"""A link's page, its clicks, its way into the guild, for browsers (SPEC 5.2 to 5.4)."""

from typing import Final, Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.data_classes.api_gateway_proxy_event import (
    APIGatewayProxyEventV2,
)

from referral_api.pages import COOKIE, Pages
from referral_api.requests import address_of, cookie_of, language_of, request_of
from referral_api.signing_in import to_discord
from usher.ids import GuildId
from usher.referrals.rules import State
from usher.referrals.service import Landing, Visits
from usher.referrals.sign_in import SignIns
from usher.referrals.ways import EXACT
from usher.slash.say import speaking

YEAR_SECONDS: Final = 365 * 86_400


class Names(Protocol):
    """Knows guilds' names."""

    def name_of(self, guild_id: GuildId) -> str:
        """Read a guild's name as last seen; empty for a guild never seen."""
        ...


class Invitations(Protocol):
    """Lets visitors in."""

    def invite_url(self, landing: Landing, visitor: str) -> str | None:
        """Make or find the invite for a visitor; None where there is none to be had."""
        ...


def public_routes(
    visits: Visits,
    pages: Pages,
    names: Names,
    invitations: Invitations,
    sign_ins: SignIns,
    public_url: str,
) -> APIGatewayHttpRouter:
    """Declare the routes."""
    router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call] # powertools

    @router.route("/r/<code>", ["GET", "HEAD"], include_in_schema=False)
    def page(code: str) -> Response[str]:
        who, fresh = _visitor(router.current_event, visits)
        with speaking(language_of(router.current_event)):
            landing = visits.landing(code, who)
            if landing is None or landing.state is not State.OPEN:
                return pages.closed(landing.state if landing else None)
            visits.shown(landing, request_of(router.current_event))
            url = address_of(router.current_event, public_url)
            shown = pages.landing(landing, names.name_of(landing.link.guild_id), url)
        if fresh and landing.campaign.variants:
            shown.cookies = [_kept(who)]
        return shown

    @router.post("/r/<code>/seen", include_in_schema=False)
    def seen(code: str) -> Response[str]:
        landing = visits.landing(code, _visitor(router.current_event, visits)[0])
        if landing is not None and landing.state is State.OPEN:
            visits.click(landing, request_of(router.current_event))
        return Response(204, body="")

    @router.post("/r/<code>", include_in_schema=False)
    def enter(code: str) -> Response[str]:
        with speaking(language_of(router.current_event)):
            landing = visits.landing(code, _visitor(router.current_event, visits)[0])
            if landing is None or landing.state is not State.OPEN:
                return pages.closed(landing.state if landing else None)
            click = visits.click(landing, request_of(router.current_event))
            if landing.link.mode in EXACT:
                return to_discord(sign_ins, landing, router.current_event, public_url)
            url = invitations.invite_url(landing, click.visitor)
            return pages.full() if url is None else _to(url)

    return router


def _visitor(event: APIGatewayProxyEventV2, visits: Visits) -> tuple[str, bool]:
    """Tell which visitor this is to a page's variants, and whether that is new."""
    kept = cookie_of(event, COOKIE)
    if kept is not None and kept.isalnum() and len(kept) <= 64:
        return kept, False
    return visits.new_id(), True


def _kept(who: str) -> Cookie:
    return Cookie(
        COOKIE,
        who,
        path="/r/",
        secure=True,
        http_only=True,
        max_age=YEAR_SECONDS,
        same_site=SameSite.LAX_MODE,
    )


def _to(url: str) -> Response[str]:
    return Response(303, body="", headers={"Location": url, "Cache-Control": "no-store"})
