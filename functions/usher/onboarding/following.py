"""Orders to the effects function that follow from an onboarding. Pure."""

from datetime import datetime
from typing import Literal

from usher.contracts.onboarding_effects import FollowOnboarding
from usher.onboarding.model import Session
from usher.onboarding.rules import name_of
from usher.times import format_time


def started(session: Session, at: datetime) -> FollowOnboarding:
    """Have it noted that the button was pressed."""
    return _order(session, "started", at, 0, "")


def completed(session: Session, at: datetime, fields: int) -> FollowOnboarding:
    """Have done what follows from the answers."""
    return _order(session, "completed", at, fields, "")


def again(session: Session, why: str) -> FollowOnboarding:
    """Have done again what could not be done of it."""
    at = session.completed_at or session.opened_at
    return _order(session, "completed", at, session.fields, why)


def _order(
    session: Session,
    step: Literal["started", "completed"],
    at: datetime,
    fields: int,
    why: str,
) -> FollowOnboarding:
    stay = session.stay
    return FollowOnboarding(
        id=name_of(step, stay, why),
        guild_id=stay.guild_id,
        user_id=stay.user_id,
        joined_at=format_time(stay.joined_at),
        campaign_id=session.campaign_id,
        link=session.link,
        way=session.way.value,
        step=step,
        at=format_time(at),
        fields=fields,
    )
