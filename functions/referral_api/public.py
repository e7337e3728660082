"""What anybody may ask of a link: its page, its clicks, its way into the guild (SPEC 5.2, 5.3)."""

from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from referral_api.pages import COOKIE, Pages
from referral_api.requests import accept_language, request_of
from usher.referrals.clicks import ClickKind
from usher.referrals.ports import Names
from usher.referrals.rules import State
from usher.referrals.service import Landing, Visits
from usher.slash.say import speaking

YEAR_SECONDS: Final = 365 * 86_400
_NOTHING: Final = "nothing is here"


def public_routes(visits: Visits, pages: Pages, names: Names) -> APIGatewayHttpRouter:
    """Declare the routes."""
    router = APIGatewayHttpRouter()

    def seed() -> tuple[str, bool]:
        """Tell which visitor this is to the page's variants, and whether that is new."""
        cookies = SimpleCookie("; ".join(router.current_event.cookies or []))
        kept = cookies.get(COOKIE)
        return (kept.value, False) if kept and kept.value.isalnum() else (visits.new_id(), True)

    @router.get("/r/<code>", include_in_schema=False)
    def page(code: str) -> Response[str]:
        who, fresh = seed()
        with speaking(accept_language(router.current_event)):
            landing = visits.landing(code, who)
            if landing is None or landing.state is not State.OPEN:
                return pages.closed(landing and landing.state)
            shown = pages.landing(landing, names.guild_name(landing.link.guild_id))
        if fresh and landing.campaign.variants:
            shown.cookies = [
                Cookie(
                    COOKIE,
                    who,
                    path="/r/",
                    secure=True,
                    http_only=True,
                    max_age=YEAR_SECONDS,
                    same_site=SameSite.LAX_MODE,
                )
            ]
        return shown

    return router
