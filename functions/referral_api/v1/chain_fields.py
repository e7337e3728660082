"""Steps and chains, as they are shown."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from referral_api.v1.fields import Body, Snowflake
from referral_api.v1.link_fields import CODE
from usher.funnel.chains import Chain
from usher.funnel.model import (
    Conversion,
    Event,
    EventKind,
    Journey,
    Outcome,
    SignalKind,
    Standing,
    Trace,
    journey_id,
)


class NewConversion(Body):
    """A member became what the campaign is for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"member_id": "80351110224678912", "value": "19.99"}]}
    )
    member_id: Snowflake
    value: Annotated[
        str,
        Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$", description="What it is worth."),
    ] = "0"
    referral_code: Annotated[
        str | None,
        Field(pattern=CODE, description="Counts where it is not known by which link they came."),
    ] = None


class ConversionAnswer(BaseModel):
    """What became of it."""

    outcome: Outcome = Field(
        description="`repeated`: the membership has converted before, and nothing changed; `held`: "
        "something speaks against it; `no_link`: they came by none."
    )


class SignalView(BaseModel):
    """Something that speaks against a conversion."""

    kind: SignalKind
    found: int = Field(description="Joins, hours, seconds or members, as the kind has it.")
    limit: int


class ConversionView(BaseModel):
    """A conversion."""

    at: datetime
    value: str
    metadata: dict[str, str | int]
    standing: Standing = Field(description="`counted` and `approved` ones count.")
    signals: list[SignalView]
    reviewed_by: str | None
    reviewed_at: datetime | None


class TraceView(BaseModel):
    """The click that led to a visitor's own invite; empty where it is not known."""

    id: str
    at: datetime | None
    visitor: str
    variant: str
    device: str
    browser: str
    system: str
    referrer: str
    country: str


class ChainView(BaseModel):
    """One way from a click to a conversion."""

    click: TraceView
    invite: str | None
    member_id: str | None = Field(description="Null for a visitor who has not joined.")
    joined_at: datetime | None
    left_at: datetime | None
    onboarding_started_at: datetime | None
    conversion: ConversionView | None


class EventView(BaseModel):
    """A member's step on a link."""

    kind: EventKind
    at: datetime
    link: str
    campaign_id: str
    member_id: str
    variant: str
    click: TraceView
    user_agent: str
    value: str | None
    metadata: dict[str, str | int]
    standing: Standing | None = Field(description="Of a conversion.")


class HeldView(BaseModel):
    """A conversion and what became of it."""

    id: str
    member_id: str
    joined_at: datetime
    link: str | None
    campaign_id: str | None
    conversion: ConversionView


def trace_view(trace: Trace) -> TraceView:
    """Show a click."""
    return TraceView(
        id=trace.click_id,
        at=trace.clicked_at,
        visitor=trace.visitor,
        variant=trace.variant,
        device=trace.device.kind,
        browser=trace.device.browser,
        system=trace.device.system,
        referrer=trace.referrer,
        country=trace.country,
    )


def conversion_view(won: Conversion) -> ConversionView:
    """Show a conversion."""
    return ConversionView(
        at=won.at,
        value=f"{won.value:f}",
        metadata=dict(won.metadata),
        standing=won.standing,
        signals=[
            SignalView(kind=one.kind, found=one.found, limit=one.limit) for one in won.signals
        ],
        reviewed_by=won.reviewed_by,
        reviewed_at=won.reviewed_at,
    )


def chain_view(chain: Chain) -> ChainView:
    """Show a way."""
    journey = chain.journey
    won = None if journey is None else journey.conversion
    return ChainView(
        click=trace_view(chain.trace),
        invite=chain.invite,
        member_id=None if journey is None else journey.user_id,
        joined_at=None if journey is None else journey.joined_at,
        left_at=None if journey is None else journey.left_at,
        onboarding_started_at=None if journey is None else journey.onboarded_at,
        conversion=None if won is None else conversion_view(won),
    )


def event_view(event: Event) -> EventView:
    """Show a step."""
    return EventView(
        kind=event.kind,
        at=event.at,
        link=event.place.link,
        campaign_id=event.place.campaign_id,
        member_id=event.user_id,
        variant=event.place.variant,
        click=trace_view(event.trace),
        user_agent=event.trace.user_agent,
        value=None if event.value is None else f"{event.value:f}",
        metadata=dict(event.metadata),
        standing=event.standing,
    )


def held_view(journey: Journey, won: Conversion) -> HeldView:
    """Show a conversion that is, or was, held."""
    return HeldView(
        id=journey_id(journey),
        member_id=journey.user_id,
        joined_at=journey.joined_at,
        link=None if journey.place is None else journey.place.link,
        campaign_id=None if journey.place is None else journey.place.campaign_id,
        conversion=conversion_view(won),
    )
