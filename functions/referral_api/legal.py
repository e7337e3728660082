"""`/api/privacy` and `/api/terms`: what Discord's portal and its reviewers ask for."""

from dataclasses import dataclass
from typing import Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.pages import Pages

LOG_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs this copy, as the pages say it; empty where nothing was given."""

    name: str = ""
    contact: str = ""
    """A mail address, or an https address."""
    log_days: int = LOG_DAYS

    @property
    def link(self) -> str:
        """Where the contact leads."""
        return self.contact if self.contact.startswith("https://") else f"mailto:{self.contact}"


def legal_routes(pages: Pages, operator: Operator) -> APIGatewayHttpRouter:
    """Declare the pages; they are open to everybody, search engines included."""
    router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call] # powertools
    fields = {
        "operator": operator.name,
        "contact": operator.contact,
        "contact_link": operator.link,
        "log_days": operator.log_days,
    }

    @router.get("/api/privacy", include_in_schema=False)
    def privacy() -> Response[str]:
        return pages.text("privacy.html", fields | {"headline": "Privacy"})

    @router.get("/api/terms", include_in_schema=False)
    def terms() -> Response[str]:
        return pages.text("terms.html", fields | {"headline": "Terms"})

    return router
