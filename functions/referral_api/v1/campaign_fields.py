"""Campaigns as they are sent and shown."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from referral_api.v1.fields import (
    Body,
    Color,
    HttpsUrl,
    Line,
    Moment,
    Origin,
    Snowflake,
    Text,
    Title,
)
from usher.ids import ChannelId, RoleId
from usher.onboarding.patterns import PatternError, check
from usher.referrals.model import Brand, Campaign, Question, Variant

Id = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]

Worth = Annotated[
    float,
    Field(strict=True, ge=0, le=1_000_000_000, description="Of a conversion, in your currency."),
]


class BrandFields(Body):
    """What a campaign's page looks like."""

    name: Line = ""
    color: Color = "#5865f2"
    logo_url: HttpsUrl = ""


class QuestionFields(Body):
    """One question of a campaign's onboarding."""

    id: Id
    label: Annotated[str, Field(min_length=1, max_length=45)]
    required: StrictBool = True
    choices: Annotated[list[Title], Field(max_length=25)] = Field([])
    pattern: Annotated[str, Field(max_length=200)] = Field(
        "",
        description="What a free text must match as a whole: the name of a form (`email`, `url`, "
        "`number`, `date`, `phone`, `discord`), or characters, `.`, `\\d`, `\\w`, `\\s` and "
        "`[a-z]`, each with `?`, `*`, `+` or `{2,5}` after it; `|` parts alternatives.",
    )
    long: StrictBool = False
    placeholder: Line = ""

    @model_validator(mode="after")
    def _sound(self) -> "QuestionFields":
        try:
            check(self.pattern)
        except PatternError as error:
            raise ValueError(f"`pattern` cannot be read at {error.at}") from error
        if len(set(self.choices)) != len(self.choices):
            raise ValueError("choices must differ")
        return self


class VariantFields(Body):
    """One of several looks of a campaign's page."""

    name: Id
    headline: Title
    body: Text
    weight: Annotated[StrictInt, Field(ge=0, le=1_000)] = 1


class CampaignChange(Body):
    """What is to be different; what is left out stays."""

    name: Title = ""
    channel_id: Snowflake | None = None
    offer: Line = ""
    brand: BrandFields = BrandFields()
    welcome: Text = ""
    questions: Annotated[list[QuestionFields], Field(max_length=25)] = Field([])
    role_ids: Annotated[list[Snowflake], Field(max_length=25)] = Field([])
    automatic_roles: StrictBool = True
    active_from: Moment | None = None
    active_to: Moment | None = None
    paused: StrictBool = False
    origins: Annotated[list[Origin], Field(max_length=20)] = Field([])
    variants: Annotated[list[VariantFields], Field(max_length=8)] = Field([])
    greeting: Text = Field("", description="What newcomers are told; the standard one if empty.")
    value: Worth = 0.0

    @model_validator(mode="after")
    def _differ(self) -> "CampaignChange":
        names = (
            [one.id for one in self.questions],
            [one.name for one in self.variants],
        )
        if any(len(set(some)) != len(some) for some in names):
            raise ValueError("questions and variants must have names that differ")
        return self


class NewCampaign(CampaignChange):
    """A campaign to be made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Spring", "offer": "Early access"}]}
    )
    name: Title


class CampaignView(BaseModel):
    """A campaign."""

    id: str
    name: str
    channel_id: str | None
    offer: str
    brand: BrandFields
    welcome: str
    questions: list[QuestionFields]
    role_ids: list[str]
    automatic_roles: bool
    active_from: datetime | None
    active_to: datetime | None
    paused: bool
    origins: list[str]
    variants: list[VariantFields]
    greeting: str
    value: float
    created_at: datetime
    updated_at: datetime
    version: int = Field(description="Goes up with every change; part of the ETag.")


def model_fields(sent: CampaignChange, names: AbstractSet[str]) -> dict[str, Any]:
    """Read the named fields as a campaign's."""
    brand = Brand(sent.brand.name, int(sent.brand.color[1:], 16), sent.brand.logo_url)
    read: dict[str, Any] = {
        "name": sent.name,
        "channel_id": None if sent.channel_id is None else ChannelId(sent.channel_id),
        "offer": sent.offer,
        "brand": brand,
        "welcome": sent.welcome,
        "questions": tuple(
            Question(**{**one.model_dump(), "choices": tuple(one.choices)})
            for one in sent.questions
        ),
        "role_ids": tuple(RoleId(one) for one in dict.fromkeys(sent.role_ids)),
        "automatic_roles": sent.automatic_roles,
        "active_from": sent.active_from,
        "active_to": sent.active_to,
        "paused": sent.paused,
        "origins": tuple(dict.fromkeys(sent.origins)),
        "variants": tuple(Variant(**one.model_dump()) for one in sent.variants),
        "greeting": sent.greeting,
        "value": Decimal(str(round(sent.value, 2))),
    }
    return {name: value for name, value in read.items() if name in names}


def campaign_view(campaign: Campaign) -> CampaignView:
    """Show a campaign; what was written elsewhere is shown as it is."""
    brand = BrandFields.model_construct(
        name=campaign.brand.name,
        color=f"#{campaign.brand.color:06x}",
        logo_url=campaign.brand.logo_url,
    )
    return CampaignView.model_construct(
        id=campaign.id,
        name=campaign.name,
        channel_id=campaign.channel_id,
        offer=campaign.offer,
        brand=brand,
        welcome=campaign.welcome,
        questions=[
            QuestionFields.model_construct(
                id=one.id,
                label=one.label,
                required=one.required,
                choices=list(one.choices),
                pattern=one.pattern,
                long=one.long,
                placeholder=one.placeholder,
            )
            for one in campaign.questions
        ],
        role_ids=list(campaign.role_ids),
        automatic_roles=campaign.automatic_roles,
        active_from=campaign.active_from,
        active_to=campaign.active_to,
        paused=campaign.paused,
        origins=list(campaign.origins),
        variants=[
            VariantFields.model_construct(
                name=one.name, headline=one.headline, body=one.body, weight=one.weight
            )
            for one in campaign.variants
        ],
        greeting=campaign.greeting,
        value=float(campaign.value),
        created_at=campaign.created_at,
        updated_at=campaign.updated_at,
        version=campaign.version,
    )
