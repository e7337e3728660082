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
from usher.referrals.clicks import Click
from usher.referrals.model import LinkCode
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

    def invite_url(self, landing: Landing, click: Click) -> str | None:
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
        kept = _kept(router.current_event)
        with speaking(language_of(router.current_event)):
            landing = visits.landing(code, request_of(router.current_event), kept)
            if landing is None or landing.state is not State.OPEN:
                return pages.closed(landing.state if landing else None)
            visits.shown(landing, request_of(router.current_event))
            url = address_of(router.current_event, public_url)
            shown = pages.landing(landing, names.name_of(landing.link.guild_id), url)
        if landing.variant is not None and landing.variant.name != kept:
            shown.cookies = [_keep(landing.link.code, landing.variant.name)]
        return shown

    @router.post("/r/<code>/seen", include_in_schema=False)
    def seen(code: str) -> Response[str]:
        asked = request_of(router.current_event)
        landing = visits.landing(code, asked, _kept(router.current_event))
        if landing is not None and landing.state is State.OPEN:
            visits.click(landing, asked)
        return Response(204, body="")

    @router.post("/r/<code>", include_in_schema=False)
    def enter(code: str) -> Response[str]:
        with speaking(language_of(router.current_event)):
            asked = request_of(router.current_event)
            landing = visits.landing(code, asked, _kept(router.current_event))
            if landing is None or landing.state is not State.OPEN:
                return pages.closed(landing.state if landing else None)
            click = visits.click(landing, asked)
            if landing.link.mode in EXACT:
                return to_discord(sign_ins, landing, click, router.current_event, public_url)
            url = invitations.invite_url(landing, click)
            return pages.full() if url is None else _to(url)

    return router


def _kept(event: APIGatewayProxyEventV2) -> str:
    """Tell which variant this visitor saw before; empty for a new one."""
    return cookie_of(event, COOKIE) or ""


def _keep(code: LinkCode, variant: str) -> Cookie:
    return Cookie(
        COOKIE,
        variant,
        path=f"/r/{code}",
        secure=True,
        http_only=True,
        max_age=YEAR_SECONDS,
        same_site=SameSite.LAX_MODE,
    )


def _to(url: str) -> Response[str]:
    return Response(303, body="", headers={"Location": url, "Cache-Control": "no-store"})
