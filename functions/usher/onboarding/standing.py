"""Where a member's onboarding is, as the doors that answer members see it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.onboarding.model import Draft, Session, Stay, Way
from usher.onboarding.ports import Arrivals, Drafts, Orders, Sessions
from usher.onboarding.rules import next_page
from usher.referrals.model import Campaign
from usher.referrals.ports import ReferralTable, StaleError

KEPT: Final = timedelta(days=30)
"""How long what was typed is kept of who does not go on."""
ATTEMPTS: Final = 4
SAME: Final = timedelta(seconds=1)
"""How far two words on when somebody joined may lie apart."""


class Services(Protocol):
    """What is called when a member presses."""

    @property
    def referrals(self) -> ReferralTable:
        """Campaigns and links."""
        ...

    @property
    def onboardings(self) -> Sessions:
        """How far members are."""
        ...

    @property
    def drafts(self) -> Drafts:
        """What they have answered so far."""
        ...

    @property
    def arrivals(self) -> Arrivals:
        """By which links they came."""
        ...

    @property
    def orders(self) -> Orders:
        """The effects queue."""
        ...


@frozen
class Standing:
    """A member's onboarding, its campaign, and what they have answered so far."""

    session: Session
    campaign: Campaign
    draft: Draft

    @property
    def page(self) -> int | None:
        """The form that comes next; None for none."""
        return next_page(self.campaign.questions, self.draft.answers)


def find(services: Services, guild_id: GuildId, user_id: UserId, now: datetime) -> Standing | None:
    """Find a member's onboarding; None for who has none.

    Who came by a link has one, though nobody has opened it yet; it is opened when they press.
    """
    session = services.onboardings.latest(guild_id, user_id)
    if session is None or session.completed_at is not None:
        session = _unopened(services, guild_id, user_id, session, now) or session
    if session is None:
        return None
    campaign = services.referrals.campaign(guild_id, session.campaign_id)
    if campaign is None:
        return None
    draft = Draft() if session.completed_at else services.drafts.draft(session.stay)
    return Standing(session, campaign, draft)


def answer(
    services: Services,
    found: Standing,
    answers: dict[str, tuple[str, ...]],
    now: datetime,
) -> Standing:
    """Keep answers beside those before, as they were typed; raises StaleError."""
    session = services.onboardings.open(found.session)
    for attempt in range(1, ATTEMPTS + 1):
        draft = services.drafts.draft(session.stay)
        merged = {**draft.answers, **answers}
        try:
            services.drafts.keep(session.stay, merged, draft, now + KEPT)
        except StaleError:
            if attempt == ATTEMPTS:
                raise
        else:
            break
    return replace(found, session=session, draft=Draft(merged, draft.version + 1))


def _unopened(
    services: Services, guild_id: GuildId, user_id: UserId, last: Session | None, now: datetime
) -> Session | None:
    """Write what would be opened for a membership later than the last that had a session."""
    arrival = services.arrivals.arrival(guild_id, user_id)
    if arrival is None or arrival.link is None:
        return None
    if last is not None and arrival.joined_at - last.stay.joined_at < SAME:
        return None
    link = services.referrals.link(arrival.link)
    if link is None:
        return None
    stay = Stay(guild_id, user_id, arrival.joined_at)
    return Session(stay, link.campaign_id, Way.COMMAND, now, link.code)
