"""An onboarding: one member's way from the button to the roles (SPEC 5.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from usher.frozen import frozen
from usher.ids import GuildId, RoleId, UserId
from usher.referrals.model import CampaignId, LinkCode

type Answers = Mapping[str, tuple[str, ...]]
"""What was answered, by the question's id: one text, or the choices; empty for left empty."""


class Way(StrEnum):
    """Why an onboarding was opened."""

    JOIN = "join"
    """The member came by a link."""
    API = "api"
    """A program asked for it."""
    COMMAND = "command"
    """The member asked for it, having come by a link."""


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """One membership: somebody who comes back begins another."""

    guild_id: GuildId
    user_id: UserId
    joined_at: datetime


@frozen
class Session:
    """How far an onboarding is; a membership has one. What was answered is kept elsewhere."""

    stay: Stay
    campaign_id: CampaignId
    way: Way
    opened_at: datetime
    link: LinkCode | None = None
    """The link that the member came by, as last known; of a program's, what it claimed."""
    offered: str = ""
    """Where the button was sent: `direct`, or a channel's id."""
    offered_at: datetime | None = None
    started_at: datetime | None = None
    """When the button was pressed first."""
    completed_at: datetime | None = None
    fields: int = 0
    """Questions that were answered."""
    settled_at: datetime | None = None
    """When all that follows was done."""
    given: tuple[RoleId, ...] = ()
    owed: tuple[RoleId, ...] = ()
    """Roles that could not be given yet."""


DIRECT = "direct"


@frozen
class Draft:
    """What was answered so far, as it was typed: wrong answers too, to be mended."""

    answers: Answers = field(default_factory=dict)
    version: int = 0
    """0 for what is not written yet."""


@frozen
class Answered:
    """One question with its answer, as it was asked then."""

    question_id: str
    label: str
    values: tuple[str, ...]


@frozen
class Record:
    """What a member has answered, for good."""

    stay: Stay
    campaign_id: CampaignId
    campaign: str
    """Its name then."""
    completed_at: datetime
    answers: tuple[Answered, ...]
