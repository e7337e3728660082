"""Campaigns, links and what is counted of them (SPEC 5.1)."""

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, InviteCode, RoleId, UserId
from usher.slash.say import ENGLISH

CampaignId = NewType("CampaignId", str)
LinkCode = NewType("LinkCode", str)
"""The part of a referral link behind `/r/`: unguessable, or chosen by its owner."""


class Mode(StrEnum):
    """How a link's visitors come into the guild, and so what is known of them (SPEC 5.4, 5.5)."""

    SHARED = "shared"
    """One invite for all: joins are told by its use count."""
    MANAGED = "managed"
    """An invite of one use and ten minutes for each visitor."""
    TARGETED = "targeted"
    """Discord sign-in, then an invite that this person alone can use."""
    ADDED = "added"
    """Discord sign-in, then Usher adds the person (`guilds.join`)."""


@frozen
class Question:
    """One question of a campaign's onboarding."""

    id: str
    label: str
    """At most 45 characters (Discord: Label)."""
    required: bool = True
    choices: tuple[str, ...] = ()
    """A choice among these; free text where there are none."""
    pattern: str = ""
    """What a free text must match as a whole; empty for anything."""
    long: bool = False
    placeholder: str = ""


@frozen
class Variant:
    """One of several looks of a campaign's page; visitors keep the one they first saw."""

    name: str
    headline: str
    body: str
    weight: int = 1


@frozen
class Brand:
    """What a campaign's page looks like."""

    name: str = ""
    """Whose offer it is; the guild's name where empty."""
    color: int = 0x5865F2
    logo_url: str = ""
    """An https address, or empty."""


@frozen
class Campaign:
    """What a guild sends people in by: an offer, its page, its onboarding."""

    id: CampaignId
    guild_id: GuildId
    name: str
    created_at: datetime
    updated_at: datetime
    channel_id: ChannelId | None = None
    """Where invites lead; the first text channel that the bot can invite to where None."""
    offer: str = ""
    brand: Brand = Brand()
    welcome: str = ""
    questions: tuple[Question, ...] = ()
    role_ids: tuple[RoleId, ...] = ()
    """Given when the onboarding is done."""
    automatic_roles: bool = True
    """False: the roles are named to the member's admins instead of being given."""
    active_from: datetime | None = None
    active_to: datetime | None = None
    paused: bool = False
    origins: tuple[str, ...] = ()
    """Web origins whose pages may use the campaign's links by script (CORS)."""
    variants: tuple[Variant, ...] = ()
    version: int = 1
    greeting: str = ""
    """What newcomers are told with the button of their onboarding; the standard one where empty."""
    locale: str = ENGLISH
    """Language of what the campaign says in the server, as Discord names it."""
    value: Decimal = Decimal(0)
    """Worth of a conversion, in the guild's own currency."""


@frozen
class Counts:
    """What happened to a link. Bots and repeats are counted apart from clicks."""

    clicks: int = 0
    bots: int = 0
    """Unfurlers, crawlers and prefetchers."""
    repeats: int = 0
    """Clicks of a visitor within an hour of the first."""
    joins: int = 0
    onboardings: int = 0
    conversions: int = 0
    held: int = 0
    """Conversions that wait for a reviewer and do not count."""
    value: Decimal = Decimal(0)
    """Worth of the conversions, in the guild's own currency."""

    def __add__(self, other: "Counts") -> "Counts":
        """Sum up."""
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in _COUNTED})


_COUNTED: Final = tuple(one.name for one in fields(Counts))


@frozen
class Link:
    """A referral link of a campaign."""

    code: LinkCode
    guild_id: GuildId
    campaign_id: CampaignId
    owner_id: UserId
    title: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    platform: str = ""
    """Where it is posted, for example `youtube`."""
    expires_at: datetime | None = None
    active: bool = True
    mode: Mode = Mode.MANAGED
    invite: InviteCode | None = None
    """The shared invite, where one was made."""
    made_by: str = ""
    """What made it, for example an interaction's id: the same again makes no other."""
    counts: Counts = Counts()
    version: int = 1
