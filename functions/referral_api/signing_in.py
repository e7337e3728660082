"""Signing in with Discord, for links that let in only who is known (SPEC 5.5)."""

from typing import Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.data_classes.api_gateway_proxy_event import (
    APIGatewayProxyEventV2,
)

from referral_api.pages import Pages
from referral_api.requests import cookie_of, language_of, site_of
from usher.funnel.model import trace_of
from usher.platform.signed_http import AwsError
from usher.referrals.clicks import Click
from usher.referrals.entering import Ending
from usher.referrals.service import Landing
from usher.referrals.sign_in import Ended, Returned, SignIns
from usher.referrals.sign_in_rules import LIFE
from usher.slash.say import speaking

BACK: Final = "/api/discord/signed-in"
"""Where Discord leads back to; the whole address is registered with the application."""
COOKIE: Final = "__Host-usher_sign_in"


def sign_in_routes(sign_ins: SignIns, pages: Pages, public_url: str) -> APIGatewayHttpRouter:
    """Declare the way back from Discord's page."""
    router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call] # powertools

    @router.get(BACK, include_in_schema=False)
    def back() -> Response[str]:
        event = router.current_event
        query = event.query_string_parameters or {}
        came = Returned(
            query.get("state"), query.get("code"), query.get("error"), cookie_of(event, COOKIE)
        )
        with speaking(language_of(event)):
            try:
                ended = sign_ins.end(came, f"{site_of(event, public_url)}{BACK}")
            except AwsError:
                ended = Ended(Ending.UNAVAILABLE)
            if ended.ending is Ending.INVITED:
                return _to(ended.url)
            return pages.ended(ended)

    return router


def to_discord(
    sign_ins: SignIns,
    landing: Landing,
    click: Click,
    event: APIGatewayProxyEventV2,
    public_url: str,
) -> Response[str]:
    """Lead a visitor to Discord's sign-in page; raises AwsError."""
    back = f"{site_of(event, public_url)}{BACK}"
    begun = sign_ins.begin(landing, cookie_of(event, COOKIE), back, trace_of(click))
    answer = _to(begun.url)
    answer.cookies = [
        Cookie(
            COOKIE,
            begun.browser,
            path="/",
            secure=True,
            http_only=True,
            max_age=int(LIFE.total_seconds()),
            same_site=SameSite.LAX_MODE,
        )
    ]
    return answer


def _to(url: str) -> Response[str]:
    headers: dict[str, str | list[str]] = {
        "Location": url,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(303, body="", headers=headers)
