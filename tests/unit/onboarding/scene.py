"""A guild with a campaign and its link, and a newcomer."""

from datetime import datetime
from typing import Any

from tests.builders import GUILD, at
from tests.fakes.greeting import NEW
from tests.fakes.onboarding import Stage
from tests.fakes.rewards import role
from tests.referring import CODE, campaign, link
from usher.contracts.effect import CountReferral
from usher.contracts.onboarding_effects import FollowOnboarding
from usher.funnel.ports import Arrival
from usher.greeting.model import Face
from usher.ids import RoleId, UserId
from usher.onboarding.following import completed
from usher.onboarding.model import Session, Stay
from usher.referrals.model import LinkCode
from usher.rewards.ports import Holder
from usher.slash.replies import Json

JOINED = at(10)
STAY = Stay(GUILD, NEW, JOINED)
LOOK = CountReferral("c", GUILD, NEW)
GIFT = RoleId("70")


def newcomer(**changes: Any) -> Face:  # noqa: ANN401 - any field
    return Face(NEW, "ana", "Ana *B*", joined_at=JOINED, **changes)


def stage(link_code: LinkCode | None = CODE, joined_at: datetime = JOINED, **changes: Any) -> Stage:  # noqa: ANN401
    """A newcomer who came by a link of a campaign."""
    there = Stage()
    there.referrals.add_campaign(campaign(**({"role_ids": (GIFT,)} | changes)))
    there.referrals.add_link(link())
    there.people.members[NEW] = newcomer()
    there.hall.put(role(GIFT, 10))
    there.hall.members[NEW] = Holder(frozenset())
    there.arrivals.held[NEW] = Arrival(joined_at, link=link_code)
    return there


def session(there: Stage, user: UserId = NEW) -> Session:
    found = there.sessions.latest(GUILD, user)
    assert found is not None
    return found


def done(there: Stage, fields: int = 3) -> FollowOnboarding:
    return completed(session(there), at(60), fields)


def said(there: Stage, where: str = "500") -> Json:
    (body,) = [body for (place, _), body in there.door.posted.items() if place == where]
    return body
