"""What the events of referrals tell, from what is on record. Pure.

Each function here is one event, to be given to `Hooks.emit` once its fact is written.
"""

from datetime import datetime
from decimal import Decimal

from usher.contracts.hook_event import HookEvent, HookType, hook_id
from usher.ids import GuildId, UserId
from usher.referrals.clicks import Click, ClickKind
from usher.referrals.model import CampaignId, Link, LinkCode
from usher.times import format_time


def link_created(link: Link) -> HookEvent:
    """Tell of a new link."""
    return HookEvent(
        id=hook_id(HookType.LINK_CREATED, link.guild_id, link.code),
        type=HookType.LINK_CREATED,
        guild_id=link.guild_id,
        at=link.created_at,
        data={
            "guild_id": link.guild_id,
            "code": link.code,
            "campaign_id": link.campaign_id,
            "owner_id": link.owner_id,
            "mode": link.mode.value,
            "active": link.active,
            "expires_at": None if link.expires_at is None else format_time(link.expires_at),
        },
    )


def click_recorded(guild_id: GuildId, campaign_id: CampaignId, click: Click) -> HookEvent:
    """Tell of a click, counted or not. The visitor is a pseudonym of the day."""
    return HookEvent(
        id=hook_id(HookType.CLICK_RECORDED, guild_id, click.code, click.id),
        type=HookType.CLICK_RECORDED,
        guild_id=guild_id,
        at=click.at,
        data={
            "guild_id": guild_id,
            "click_id": click.id,
            "code": click.code,
            "campaign_id": campaign_id,
            "kind": click.kind.value,
            "counted": click.kind is ClickKind.HUMAN,
            "visitor": click.visitor or None,
            "variant": click.variant or None,
            "device": click.device.kind or None,
            "country": click.country or None,
        },
    )


def member_qualified(
    guild_id: GuildId,
    user_id: UserId,
    joined_at: datetime,
    at: datetime,
    *,
    code: LinkCode | None = None,
    campaign_id: CampaignId | None = None,
    inviter_id: UserId | None = None,
) -> HookEvent:
    """Tell that a membership has met what the guild asks of it; once for each membership."""
    return HookEvent(
        id=hook_id(HookType.MEMBER_QUALIFIED, guild_id, user_id, format_time(joined_at)),
        type=HookType.MEMBER_QUALIFIED,
        guild_id=guild_id,
        at=at,
        data={
            "guild_id": guild_id,
            "user_id": user_id,
            "joined_at": format_time(joined_at),
            "inviter_id": inviter_id,
            "code": code,
            "campaign_id": campaign_id,
        },
    )


def conversion_recorded(
    guild_id: GuildId,
    conversion_id: str,
    user_id: UserId,
    at: datetime,
    *,
    code: LinkCode | None,
    campaign_id: CampaignId | None,
    value: Decimal = Decimal(0),
    metadata: dict[str, object] | None = None,
    before: int = 0,
) -> HookEvent:
    """Tell of a conversion. `conversion_id` names it for good, `metadata` holds no names.

    `before` is how often it was told, or told to be withdrawn: it is told again once approved.
    """
    which = (conversion_id, *([str(before)] if before else ()))
    return HookEvent(
        id=hook_id(HookType.CONVERSION_RECORDED, guild_id, *which),
        type=HookType.CONVERSION_RECORDED,
        guild_id=guild_id,
        at=at,
        data={
            "guild_id": guild_id,
            "conversion_id": conversion_id,
            "user_id": user_id,
            "code": code,
            "campaign_id": campaign_id,
            "value": str(value),
            "metadata": metadata or {},
        },
    )


def conversion_withdrawn(
    guild_id: GuildId,
    conversion_id: str,
    user_id: UserId,
    at: datetime,
    *,
    value: Decimal,
    signals: list[str],
    before: int,
) -> HookEvent:
    """Tell that a conversion that was told does not count after all: it waits for a review."""
    return HookEvent(
        id=hook_id(HookType.CONVERSION_WITHDRAWN, guild_id, conversion_id, str(before)),
        type=HookType.CONVERSION_WITHDRAWN,
        guild_id=guild_id,
        at=at,
        data={
            "guild_id": guild_id,
            "conversion_id": conversion_id,
            "user_id": user_id,
            "value": str(value),
            "signals": signals,
        },
    )
