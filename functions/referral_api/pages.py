"""HTML that visitors of a link see: rendered here, styled inline, usable without script."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Final

from aws_lambda_powertools.event_handler import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from referral_api.sentences import ENDINGS
from usher.referrals.entering import Ending
from usher.referrals.model import Mode
from usher.referrals.rules import State
from usher.referrals.service import Landing
from usher.referrals.sign_in import Ended
from usher.referrals.ways import EXACT
from usher.slash.say import later, say, say_count, speaking, spoken

TEMPLATES: Final = Path(__file__).parent / "templates"
SUMMARY_LENGTH: Final = 200
"""Characters that messengers show of a description."""
COOKIE: Final = "usher_variant"
"""Names the variant of a link's page that the visitor sees: a word of the page, no name of theirs.
"""

MINUTE: Final = 60
"""Seconds; who must wait longer is told how long."""
_LATER: Final = later("Discord asks us to wait. Please try again in {wait}.")

ENGLISH: Final = "en-US"
"""Of pages that are written in no other language."""

_STYLE: Final = (TEMPLATES / "page.css").read_text(encoding="utf-8").strip()
_SCRIPT: Final = (TEMPLATES / "seen.js").read_text(encoding="utf-8").strip()
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")

_CLOSED: Final[Mapping[State | None, tuple[str, str, int]]] = {
    None: (
        later("This link does not exist"),
        later("Please check the address, or ask whoever gave it to you."),
        404,
    ),
    State.EARLY: (
        later("It has not begun yet"),
        later("Please come back later."),
        200,
    ),
    State.PAUSED: (
        later("This link rests for now"),
        later("Whoever made it has paused it. Please try again later."),
        200,
    ),
    State.EXPIRED: (
        later("This offer is over"),
        later("The link has expired."),
        410,
    ),
}
_MODE: Final = {
    Mode.SHARED: later("You get the server's invite, as everybody does."),
    Mode.MANAGED: later("You get an invite of your own: it works once, for ten minutes."),
    Mode.TARGETED: later(
        "You sign in with Discord and get an invite that works for you alone, "
        "so it is certain by whom you came."
    ),
    Mode.ADDED: later(
        "You sign in with Discord and are let in at once, so it is certain by whom you came."
    ),
}
_JOIN: Final = later("Join on Discord")
_SIGN_IN: Final = later("Sign in with Discord")


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders pages. `form_targets` are origins that the Join button may lead to."""

    form_targets: tuple[str, ...] = ("https://discord.gg", "https://discord.com")
    site: str = "https://discord.com"
    """Discord's own, where members read."""

    def landing(self, landing: Landing, guild_name: str, url: str) -> Response[str]:
        """Show what a link offers, and the way in. `url` is the page's own address."""
        link, campaign, variant = landing.link, landing.campaign, landing.variant
        headline = variant.headline if variant else campaign.offer or campaign.name
        text = variant.body if variant else link.description or campaign.welcome
        body = [part.strip() for part in _PARAGRAPHS.split(text) if part.strip()]
        fields = {
            "brand": campaign.brand.name or guild_name,
            "logo": campaign.brand.logo_url,
            "color": f"#{campaign.brand.color:06x}",
            "headline": headline,
            "summary": " ".join(" ".join(body).split())[:SUMMARY_LENGTH] or headline,
            "body": body,
            "code": link.code,
            "url": url,
            "variant": variant.name if variant else "",
            "mode": say(_MODE[link.mode]),
            "signing_in": link.mode in EXACT,
            "button": say(_SIGN_IN if link.mode in EXACT else _JOIN),
            "script": Markup(_SCRIPT),  # noqa: S704 - our own file
        }
        return self._page("landing.html", 200, fields)

    def closed(self, state: State | None) -> Response[str]:
        """Say why a link leads nowhere; None for one that does not exist."""
        headline, text, status = _CLOSED[state]
        return self._page("closed.html", status, {"headline": say(headline), "text": say(text)})

    def full(self) -> Response[str]:
        """Say that no invite can be had just now."""
        fields = {
            "headline": say("The door is crowded"),
            "text": say("No invite could be made just now. Please try again in a minute."),
        }
        return self._page("closed.html", 503, fields)

    def ended(self, ended: Ended) -> Response[str]:
        """Say how a sign-in ended, and what can be done."""
        landing = ended.landing
        if ended.ending is Ending.CLOSED:
            return self.closed(landing.state if landing else None)
        said = ENDINGS[ended.ending]
        fields = {
            "headline": say(said.headline),
            "text": say(said.text) if ended.wait <= MINUTE else _later(ended.wait),
            "again": f"/r/{landing.link.code}" if said.again and landing else "",
            "inside": f"{self.site}/channels/{landing.link.guild_id}"
            if said.inside and landing
            else "",
        }
        shown = self._page("ended.html", said.status, fields)
        # The address holds a code, worthless by now, that is nobody's business.
        shown.headers["Referrer-Policy"] = "no-referrer"
        if ended.wait > 0:
            shown.headers["Retry-After"] = str(ceil(ended.wait))
        return shown

    def text(self, name: str, fields: Mapping[str, object]) -> Response[str]:
        """Show a page of text, in English; it may be kept for an hour."""
        with speaking(ENGLISH):
            shown = self._page(name, 200, fields)
        shown.headers["Cache-Control"] = "public, max-age=3600"
        return shown

    def _page(self, name: str, status: int, fields: Mapping[str, object]) -> Response[str]:
        language = spoken().partition("-")[0]
        body = ENVIRONMENT.get_template(name).render(fields, lang=language)
        return Response(status, "text/html; charset=utf-8", body, headers=self._headers())

    def _headers(self) -> dict[str, str | list[str]]:
        policy = "; ".join(
            (
                "default-src 'none'",
                f"style-src {_hash(_STYLE)}",
                f"script-src {_hash(_SCRIPT)}",
                "img-src https:",
                "connect-src 'self'",
                f"form-action 'self' {' '.join(self.form_targets)}",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            )
        )
        return {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
        }


def _later(seconds: float) -> str:
    minutes = say_count("{number} minute", "{number} minutes", ceil(seconds / MINUTE))
    return say(_LATER, wait=minutes)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
ENVIRONMENT.globals |= {"style": Markup(_STYLE), "say": say}  # noqa: S704
