"""A membership on its way from a link's click to a conversion (SPEC 5.8)."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.clicks import Click, Device
from usher.referrals.model import CampaignId, LinkCode

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NO_DEVICE: Final = Device()

type Metadata = Mapping[str, str | int]
"""What is told of a conversion, for example `{"onboarding_fields_completed": 3}`."""


class EventKind(StrEnum):
    """What happens on a link (SPEC 5.8)."""

    CLICK = "click"
    JOIN = "discord_join"
    ONBOARDING = "onboarding_start"
    CONVERSION = "conversion"


class Standing(StrEnum):
    """Whether a conversion counts."""

    COUNTED = "counted"
    """Nothing spoke against it."""
    HELD = "held"
    """Something speaks against it: it waits for a reviewer and does not count."""
    APPROVED = "approved"
    """A reviewer let it count."""
    REJECTED = "rejected"
    """A reviewer did not: it never counts."""


class SignalKind(StrEnum):
    """What may speak against a conversion (SPEC 5.11)."""

    BURST = "join_burst"
    YOUNG = "young_account"
    SELF = "self_referral"
    FAST = "fast_conversion"
    VISITOR = "same_visitor"


@frozen
class Signal:
    """Something that speaks against a conversion, and the figures that show it."""

    kind: SignalKind
    found: int
    """What was found: joins, days, seconds or members, as the kind has it."""
    limit: int
    """What the guild or campaign allows."""


@frozen
class Place:
    """What a membership counts for. Kept as it was then, so that it can be taken back exactly."""

    link: LinkCode
    campaign_id: CampaignId
    variant: str = ""


@frozen
class Trace:
    """What is known of the click before a join by a visitor's own invite; kept like clicks."""

    visitor: str = ""
    variant: str = ""
    click_id: str = ""
    clicked_at: datetime | None = None
    user_agent: str = ""
    device: Device = NO_DEVICE
    referrer: str = ""
    country: str = ""


NO_TRACE: Final = Trace()


def trace_of(click: Click) -> Trace:
    """Take from a click what is known of whoever joins by it."""
    return Trace(
        visitor=click.visitor,
        variant=click.variant,
        click_id=click.id,
        clicked_at=click.at,
        user_agent=click.user_agent,
        device=click.device,
        referrer=click.referrer,
        country=click.country,
    )


@frozen
class Conversion:
    """The end of the way: once a membership."""

    at: datetime
    value: Decimal = Decimal(0)
    metadata: Metadata = field(default_factory=dict)
    standing: Standing = Standing.COUNTED
    signals: tuple[Signal, ...] = ()
    reviewed_by: UserId | None = None
    reviewed_at: datetime | None = None
    held_at: datetime | None = None
    """When it was held, the last time."""
    turns: int = 0
    """How often it began to count, or ceased to: odd for one that counts."""
    told: int = 0
    """Of how many turns others were told."""

    @property
    def counts(self) -> bool:
        """Whether it is counted."""
        return self.standing in (Standing.COUNTED, Standing.APPROVED)


@frozen
class Journey:
    """One membership: where it came from and how far it got."""

    guild_id: GuildId
    user_id: UserId
    joined_at: datetime
    place: Place | None = None
    """None for who came by no link, as far as is known."""
    invite: InviteCode | None = None
    """The visitor's own invite by which they came, or the link's shared one."""
    claimed: LinkCode | None = None
    """The link that a partner named; counts where evidence names none."""
    left_at: datetime | None = None
    onboarded_at: datetime | None = None
    """When the onboarding was begun."""
    conversion: Conversion | None = None
    version: int = 0
    """0 for what is not written yet."""


@frozen
class Event:
    """One step of a member on a link, as it is kept and told."""

    kind: EventKind
    at: datetime
    guild_id: GuildId
    user_id: UserId
    place: Place
    trace: Trace = NO_TRACE
    value: Decimal | None = None
    metadata: Metadata = field(default_factory=dict)
    standing: Standing | None = None
    """Of a conversion."""


def turned(journey: Journey) -> Journey:
    """Note whether a conversion has begun or ceased to count, which others are to be told."""
    won = journey.conversion
    if won is None or journey.place is None or won.counts == (won.turns % 2 == 1):
        return journey
    return replace(journey, conversion=replace(won, turns=won.turns + 1))


def journey_id(journey: Journey) -> str:
    """Name a journey for those outside: the member and the begin of the membership."""
    return f"{journey.user_id}-{(journey.joined_at - EPOCH) // timedelta(microseconds=1)}"


def read_journey_id(text: str) -> tuple[UserId, datetime] | None:
    """Read what `journey_id` wrote; None for anything else."""
    user, _, micros = text.partition("-")
    if not (user.isdecimal() and micros.isdecimal() and len(micros) <= 17):
        return None
    return UserId(user), EPOCH + timedelta(microseconds=int(micros))


class Outcome(StrEnum):
    """What became of a step that was told."""

    RECORDED = "recorded"
    HELD = "held"
    """A conversion that waits for a reviewer."""
    REPEATED = "repeated"
    """It was on record: nothing changed."""
    NO_LINK = "no_link"
    """On record, and counted for no link: the member came by none. A correction may name one."""
    UNKNOWN = "unknown"
    """Nobody saw this member join: nothing was recorded. Their join may be on its way."""
