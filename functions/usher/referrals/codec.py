"""Campaigns as JSON text of one attribute, and links as attributes of their row."""

import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Final

from usher.ids import ChannelId, GuildId, InviteCode, RoleId, UserId
from usher.platform.dynamo_reads import Item, Value
from usher.referrals.model import (
    Brand,
    Campaign,
    CampaignId,
    Counts,
    Link,
    LinkCode,
    Mode,
    Question,
    Variant,
)
from usher.slash.say import ENGLISH
from usher.times import format_time, parse_time

type Attributes = dict[str, dict[str, object]]
"""DynamoDB's own form, for example `{"title": {"S": "Spring"}}`."""

STEP_COUNTERS: Final = ("joins", "onboardings", "conversions", "held")
COUNTERS: Final = ("clicks", "bots", "repeats", *STEP_COUNTERS)


def write_campaign(campaign: Campaign) -> str:
    """Write a campaign as JSON."""
    return json.dumps(asdict(campaign), default=_text, separators=(",", ":"))


def read_campaign(text: str) -> Campaign:
    """Read what `write_campaign` wrote."""
    fields = json.loads(text)
    return Campaign(
        id=CampaignId(fields["id"]),
        guild_id=GuildId(fields["guild_id"]),
        name=fields["name"],
        created_at=parse_time(fields["created_at"]),
        updated_at=parse_time(fields["updated_at"]),
        channel_id=None if fields["channel_id"] is None else ChannelId(fields["channel_id"]),
        offer=fields["offer"],
        brand=Brand(**fields["brand"]),
        welcome=fields["welcome"],
        questions=tuple(
            Question(**{**one, "choices": tuple(one["choices"])}) for one in fields["questions"]
        ),
        role_ids=tuple(RoleId(one) for one in fields["role_ids"]),
        automatic_roles=fields["automatic_roles"],
        active_from=_moment(fields["active_from"]),
        active_to=_moment(fields["active_to"]),
        paused=fields["paused"],
        origins=tuple(fields["origins"]),
        variants=tuple(Variant(**one) for one in fields["variants"]),
        version=fields["version"],
        greeting=fields.get("greeting", ""),
        locale=fields.get("locale", ENGLISH),
        value=Decimal(fields.get("value", 0)),
    )


def write_link(link: Link) -> Attributes:
    """Write a link's own attributes; its counters are added to, never written."""
    texts = {
        "code": link.code,
        "guild_id": link.guild_id,
        "campaign_id": link.campaign_id,
        "owner_id": link.owner_id,
        "title": link.title,
        "description": link.description,
        "platform": link.platform,
        "mode": link.mode.value,
        "created_at": format_time(link.created_at),
        "updated_at": format_time(link.updated_at),
        "expires_at": None if link.expires_at is None else format_time(link.expires_at),
        "invite": link.invite,
        "made_by": link.made_by,
    }
    written: Attributes = {name: {"S": text} for name, text in texts.items() if text}
    return written | {"active": {"BOOL": link.active}, "version": {"N": str(link.version)}}


def read_link(item: Item) -> Link:
    """Read a link's row."""
    expires, invite = item.get("expires_at"), item.get("invite")
    return Link(
        code=LinkCode(str(item["code"])),
        guild_id=GuildId(str(item["guild_id"])),
        campaign_id=CampaignId(str(item["campaign_id"])),
        owner_id=UserId(str(item["owner_id"])),
        title=str(item["title"]),
        created_at=parse_time(str(item["created_at"])),
        updated_at=parse_time(str(item["updated_at"])),
        description=str(item.get("description") or ""),
        platform=str(item.get("platform") or ""),
        expires_at=_moment(expires),
        active=item.get("active") is True,
        mode=Mode(str(item["mode"])),
        invite=InviteCode(invite) if isinstance(invite, str) else None,
        made_by=str(item.get("made_by") or ""),
        counts=read_counts(item),
        version=_count(item.get("version")),
    )


def with_steps(link: Item, steps: Item) -> Item:
    """Lay the counters of members' steps, which are a row of their own, over a link's row."""
    return link | {name: steps.get(name) for name in (*STEP_COUNTERS, "value")}


def read_counts(item: Item) -> Counts:
    """Read the counters of a link's or a day's row."""
    whole = {name: _count(item.get(name)) for name in COUNTERS}
    value = item.get("value")
    worth = Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)
    return Counts(**whole, value=worth)


def _count(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: object) -> datetime | None:
    return parse_time(value) if isinstance(value, str) else None


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} in a campaign")
