"""Links as they are sent and shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Header, Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from referral_api.v1.fields import Body, Description, Moment, Platform, Snowflake, Title
from usher.referrals.model import Counts, Link, Mode
from usher.referrals.ways import GUARANTEES

CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{1,30}[A-Za-z0-9]$"
CodePath = Annotated[str, Path(description="The link's code", pattern=CODE)]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag last seen: refuses to undo what others did"),
]


@dataclass(frozen=True, slots=True)
class Site:
    """Where links are opened."""

    referral_base: Callable[[], str]
    """For example `https://go.example`."""
    invite_base: str
    sign_in: bool = False
    """Whether links may ask visitors to sign in with Discord."""


class CountsView(BaseModel):
    """What was counted."""

    clicks: int
    bots: int = Field(description="Crawlers, unfurlers and HEAD requests, no clicks.")
    repeats: int = Field(description="Clicks of a visitor within the hour, no clicks.")
    joins: int
    onboardings: int
    conversions: int
    held: int = Field(description="Conversions that wait for a review, no conversions yet.")
    value: str = Field(description="Worth of the conversions, a decimal number.")


class LinkView(BaseModel):
    """A link."""

    code: str
    campaign_id: str
    owner_id: str
    title: str
    description: str
    platform: str
    mode: Mode
    guarantee: str = Field(description="How visitors come in, and how sure it is who came.")
    active: bool
    expires_at: datetime | None
    referral_url: str
    discord_invite_url: str | None
    counts: CountsView
    created_at: datetime
    updated_at: datetime
    version: int = Field(description="Goes up with every change; part of the ETag.")


class NewLink(Body):
    """A link to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"campaign_id": "100", "title": "Spring video", "platform": "youtube"}]
        }
    )
    campaign_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
    title: Title
    description: Description = ""
    platform: Platform = ""
    code: Annotated[str | None, Field(pattern=CODE)] = None
    owner_id: Snowflake | None = None
    expires_at: Moment | None = None
    mode: Mode = Field(
        default=Mode.MANAGED,
        description="`shared` links are made by `/referral create`; `targeted` and `added` ones "
        "need the sign-in to be set up.",
    )


class LinkChange(Body):
    """What is to be different; what is left out stays."""

    title: Title = ""
    description: Description = ""
    platform: Platform = ""
    expires_at: Moment | None = None
    active: StrictBool = True
    mode: Mode = Field(
        default=Mode.MANAGED,
        description="`shared` for links that have a shared invite; `targeted` and `added` where "
        "the sign-in is set up.",
    )


def counts_view(counts: Counts) -> CountsView:
    """Show counters."""
    return CountsView(
        clicks=counts.clicks,
        bots=counts.bots,
        repeats=counts.repeats,
        joins=counts.joins,
        onboardings=counts.onboardings,
        conversions=counts.conversions,
        held=counts.held,
        value=f"{Decimal(counts.value):f}",
    )


def link_view(link: Link, site: Site) -> LinkView:
    """Show a link."""
    return LinkView(
        code=link.code,
        campaign_id=link.campaign_id,
        owner_id=link.owner_id,
        title=link.title,
        description=link.description,
        platform=link.platform,
        mode=link.mode,
        guarantee=GUARANTEES[link.mode],
        active=link.active,
        expires_at=link.expires_at,
        referral_url=f"{site.referral_base()}/r/{link.code}",
        discord_invite_url=None if link.invite is None else f"{site.invite_base}/{link.invite}",
        counts=counts_view(link.counts),
        created_at=link.created_at,
        updated_at=link.updated_at,
        version=link.version,
    )
