"""A visitor on a link: what they are shown, and what is counted of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from usher.referrals.clicks import (
    Click,
    ClickKind,
    Device,
    IsCrawler,
    Request,
    country_of,
    is_human,
    referrer_of,
)
from usher.referrals.model import Campaign, Link, LinkCode, Variant
from usher.referrals.ports import ClickTable, KeptHooks, ReferralTable
from usher.referrals.rules import State, is_code, state_of, variant_for, visitor_of
from usher.referrals.telling import record_click


@dataclass(frozen=True, slots=True)
class Landing:
    """What a link leads to now."""

    link: Link
    campaign: Campaign
    state: State
    variant: Variant | None
    """The look of the page that this visitor sees, where there are several."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Looks links up and counts clicks."""

    table: ReferralTable
    clicks: ClickTable
    hooks: KeptHooks
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    fresh_salt: Callable[[], bytes]
    is_crawler: IsCrawler
    device_of: Callable[[str], Device]

    def landing(self, code: str, request: Request, kept: str = "") -> Landing | None:
        """Look a link up; None where there is none.

        `kept` names the variant that this visitor saw before. They see it for as long as there is
        one of that name, whatever becomes of weights and others; who keeps none sees the same for a
        day.
        """
        found = self.known(code)
        if found is None:
            return None
        variants = found.campaign.variants
        variant = next((one for one in variants if one.name == kept), None)
        if variant is None and variants:
            visitor = self.visitor(request, self.clock())
            variant = variant_for(variants, found.link.code, visitor)
        return replace(found, variant=variant)

    def known(self, code: str) -> Landing | None:
        """Look a link up for nobody in particular; None where there is none."""
        found = self._found(code)
        if found is None:
            return None
        link, campaign = found
        return Landing(link, campaign, state_of(link, campaign, self.clock()), None)

    def origins(self, code: str) -> tuple[str, ...]:
        """Tell from which web origins a link may be used by script."""
        found = self._found(code)
        return () if found is None else found[1].origins

    def shown(self, landing: Landing, request: Request) -> None:
        """Record who looks at a page and is no person; people are counted when the page tells so.

        Raises AwsError.
        """
        if not is_human(request, self.is_crawler):
            self.click(landing, request)

    def click(self, landing: Landing, request: Request) -> Click:
        """Record a click, and say what it counts as. Raises AwsError."""
        now = self.clock()
        human = is_human(request, self.is_crawler)
        return record_click(
            self.clicks,
            self.hooks,
            landing.campaign,
            Click(
                id=self.new_id(),
                code=landing.link.code,
                guild_id=landing.link.guild_id,
                campaign_id=landing.link.campaign_id,
                at=now,
                kind=ClickKind.HUMAN if human else ClickKind.BOT,
                visitor=self.visitor(request, now) if human else "",
                variant=landing.variant.name if landing.variant else "",
                user_agent=request.user_agent,
                device=self.device_of(request.user_agent),
                referrer=referrer_of(request.headers),
                country=country_of(request.headers),
            ),
        )

    def _found(self, code: str) -> tuple[Link, Campaign] | None:
        if not is_code(code):
            return None
        link = self.table.link(LinkCode(code))
        if link is None:
            return None
        campaign = self.table.campaign(link.guild_id, link.campaign_id)
        return None if campaign is None else (link, campaign)

    def visitor(self, request: Request, now: datetime) -> str:
        """Name a visitor for today."""
        salt = self.clicks.salt(now.astimezone(UTC).date(), self.fresh_salt())
        return visitor_of(salt, request.address, request.user_agent)
