"""Welcoming who came by a link with the button of their onboarding, once a membership (SPEC 5.6).

Whoever has to accept the server's rules first is welcomed after that: the passing of the screening
has them looked at again. What was sent is noted afterwards; where it breaks off between, the
message's id keeps Discord from showing it twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from usher.contracts.onboarding_effects import OfferOnboarding
from usher.funnel.ports import Arrival
from usher.greeting.drafts import Drafts
from usher.greeting.model import Face, Place, Scene
from usher.greeting.settings import Occasion
from usher.ids import GuildId, UserId
from usher.onboarding.buttons import LIFE
from usher.onboarding.drafting import body_of, button_of, greeting_of
from usher.onboarding.following import again
from usher.onboarding.model import DIRECT, Session, Stay, Way
from usher.onboarding.ports import Arrivals, Door, Lobby, Orders, Outcomes, Problems, Sessions
from usher.onboarding.rooms import candidates
from usher.onboarding.rules import name_of
from usher.onboarding.standing import SAME
from usher.referrals.model import Campaign, CampaignId, LinkCode
from usher.referrals.ports import ReferralTable
from usher.rewards.hierarchy import Obstacle
from usher.rewards.problems import NOWHERE, Problem, welcome_key
from usher.slash.presses import Presses
from usher.slash.replies import Json, Reply

NEWCOMER: Final = timedelta(days=1)
"""How long after a join somebody is welcomed whose link becomes known late."""


class Outcome(StrEnum):
    """What became of a button that was to be sent."""

    DIRECT = "direct_message"
    CHANNEL = "channel"
    WAITING = "waiting_for_screening"
    """The member has to accept the server's rules first; it is sent after that."""
    NOWHERE = "nowhere"
    """No direct messages, and no channel to write to."""
    NOT_MEMBER = "not_a_member"
    COMPLETED = "already_completed"
    OTHER = "other_campaign"
    """The member has begun the onboarding of another campaign."""


class Joined(Protocol):
    """Members of Discord. May raise DiscordError."""

    def member(self, guild_id: GuildId, user_id: UserId) -> Face | None:
        """Read a member; None for who is none."""
        ...


@dataclass(frozen=True, slots=True)
class Welcoming:
    """Sends buttons. Raises what its parts raise; whatever is tried again is done once."""

    sessions: Sessions
    arrivals: Arrivals
    referrals: ReferralTable
    drafts: Drafts
    people: Joined
    door: Door
    presses: Presses
    problems: Problems
    orders: Orders
    outcomes: Outcomes
    clock: Callable[[], datetime]

    def look(self, guild_id: GuildId, user_id: UserId) -> None:
        """Look at a member whose link, or whose screening, may be news."""
        arrival = self.arrivals.arrival(guild_id, user_id)
        if arrival is None:
            return
        stay = Stay(guild_id, user_id, arrival.joined_at)
        session = self.sessions.find(stay)
        session = (
            self._opened(stay, arrival) if session is None else self._followed(session, arrival)
        )
        if session is None:
            return
        if session.completed_at is not None and (session.settled_at is None or session.owed):
            self.orders.send([again(session, "looked")])
        unasked = session.way is Way.COMMAND  # they have found the way themselves
        if session.offered_at is None and session.completed_at is None and not unasked:
            campaign = self.referrals.campaign(guild_id, session.campaign_id)
            if campaign is not None:
                self._offer(session, campaign, directly=session.way is Way.API)

    def offer(self, order: OfferOnboarding) -> None:
        """Send the button that a program asks for, and keep what became of it."""
        outcome, where = self._asked(order)
        self.outcomes.keep(order.guild_id, order.id, outcome.value, where, self.clock())

    def _asked(self, order: OfferOnboarding) -> tuple[Outcome, str]:
        guild_id, user_id = order.guild_id, order.user_id
        who = self.people.member(guild_id, user_id)
        campaign = self.referrals.campaign(guild_id, CampaignId(order.campaign_id))
        if who is None or who.bot or who.joined_at is None or campaign is None:
            return Outcome.NOT_MEMBER, ""
        session = self._of_program(order, who.joined_at, campaign)
        if session.completed_at is not None:
            return Outcome.COMPLETED, ""
        if session.campaign_id != campaign.id:
            return Outcome.OTHER, ""
        if session.offered_at is not None:
            return _sent(session.offered)
        return self._offer(session, campaign, directly=True)

    def _of_program(
        self, order: OfferOnboarding, joined_at: datetime, campaign: Campaign
    ) -> Session:
        """Find the membership's session or open it; one that nobody has begun changes campaign."""
        arrival = self.arrivals.arrival(order.guild_id, order.user_id)
        if arrival is not None and abs(arrival.joined_at - joined_at) < SAME:
            joined_at = arrival.joined_at
        claimed = LinkCode(order.link) if order.link else None
        link = claimed if arrival is None or arrival.link is None else arrival.link
        stay = Stay(order.guild_id, order.user_id, joined_at)
        wanted = Session(stay, campaign.id, Way.API, self.clock(), link)
        session = self.sessions.open(wanted)
        if session.campaign_id != campaign.id and session.started_at is None:
            self.sessions.follow(stay, campaign.id, session.link)
            return self.sessions.find(stay) or session
        return session

    def _opened(self, stay: Stay, arrival: Arrival) -> Session | None:
        """Open the session of a newcomer; None for who came by no link, or long ago."""
        now = self.clock()
        link = None if arrival.link is None else self.referrals.link(arrival.link)
        if link is None or arrival.left_at or now - arrival.joined_at > NEWCOMER:
            return None
        return self.sessions.open(Session(stay, link.campaign_id, Way.JOIN, now, link.code))

    def _followed(self, session: Session, arrival: Arrival) -> Session:
        """Let a session follow the last word on by which link the member came.

        What a program claimed stands where nothing is known. Who has begun a campaign's questions
        goes on with them, whichever campaign the link is of.
        """
        claims = session.way is Way.API and arrival.link is None
        if session.link == arrival.link or claims:
            return session
        link = None if arrival.link is None else self.referrals.link(arrival.link)
        campaign_id = session.campaign_id
        if link is not None and session.started_at is None and session.way is not Way.API:
            campaign_id = link.campaign_id
        self.sessions.follow(session.stay, campaign_id, arrival.link)
        return self.sessions.find(session.stay) or session

    def _offer(
        self, session: Session, campaign: Campaign, *, directly: bool
    ) -> tuple[Outcome, str]:
        stay = session.stay
        who = self.people.member(stay.guild_id, stay.user_id)
        if who is None or who.joined_at is None or abs(who.joined_at - stay.joined_at) > SAME:
            return Outcome.NOT_MEMBER, ""
        if who.pending:
            return Outcome.WAITING, ""
        lobby = self.door.lobby(stay.guild_id, ())
        body = self._body(stay, who, campaign, lobby.name)
        where = self._send(stay, body, lobby, directly=directly)
        if not where:
            self.problems.note(stay.guild_id, Problem(NOWHERE, Obstacle.REFUSED))
            return Outcome.NOWHERE, ""
        self.sessions.offered(stay, where, self.clock())
        return _sent(where)

    def _body(self, stay: Stay, who: Face, campaign: Campaign, guild_name: str) -> Json:
        place = Place(guild_name, None)
        scene = Scene(Occasion.WELCOME, stay.guild_id, who, place, stay.joined_at)
        draft = self.drafts.draft(greeting_of(campaign), scene)
        row = Reply(rows=(button_of(campaign),))
        drawn = self.presses.drawn(row, stay.guild_id, stay.user_id, self.clock(), LIFE)
        return body_of(draft, drawn)

    def _send(self, stay: Stay, body: Json, lobby: Lobby, *, directly: bool) -> str:
        """Send it the first way that works; return where it went, nothing for nowhere."""
        if directly and self._directly(stay, body):
            return DIRECT
        fit = candidates(lobby)
        system = lobby.system_channel_id
        if system is not None and not any(
            room.channel_id == system and room.writable for room in lobby.rooms
        ):
            problem = Problem(welcome_key(system), Obstacle.REFUSED)
            self.problems.note(stay.guild_id, problem)
        id_ = name_of("welcome", stay)
        for room in fit:
            if self.door.say(stay.guild_id, room.channel_id, id_, body):
                return room.channel_id
        return DIRECT if not directly and self._directly(stay, body) else ""

    def _directly(self, stay: Stay, body: Json) -> bool:
        return self.door.say_directly(stay.user_id, name_of("welcome", stay), body)


def _sent(where: str) -> tuple[Outcome, str]:
    return (Outcome.DIRECT, "") if where == DIRECT else (Outcome.CHANNEL, where)
