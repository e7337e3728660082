"""Journeys as JSON text of one attribute, events and traces as attributes of their row. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from usher.funnel.model import (
    Conversion,
    Event,
    EventKind,
    Journey,
    Place,
    Signal,
    SignalKind,
    Standing,
    Trace,
)
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.clicks import Device
from usher.referrals.model import CampaignId, LinkCode
from usher.times import format_time, parse_time

type Texts = dict[str, str]


def write_journey(journey: Journey) -> str:
    """Write a journey as JSON; who and when are its key."""
    place, won = journey.place, journey.conversion
    fields: dict[str, object] = {
        "place": None if place is None else [place.link, place.campaign_id, place.variant],
        "invite": journey.invite,
        "claimed": journey.claimed,
        "left_at": _text(journey.left_at),
        "onboarded_at": _text(journey.onboarded_at),
        "conversion": None if won is None else _write_conversion(won),
    }
    said = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(said, separators=(",", ":"))


def read_journey(
    guild_id: GuildId, user_id: UserId, joined_at: datetime, text: str, version: int
) -> Journey:
    """Read what `write_journey` wrote."""
    fields: dict[str, Any] = json.loads(text)
    place, won = fields.get("place"), fields.get("conversion")
    return Journey(
        guild_id=guild_id,
        user_id=user_id,
        joined_at=joined_at,
        place=None if place is None else Place(LinkCode(place[0]), CampaignId(place[1]), place[2]),
        invite=InviteCode(fields["invite"]) if "invite" in fields else None,
        claimed=LinkCode(fields["claimed"]) if "claimed" in fields else None,
        left_at=_moment(fields.get("left_at")),
        onboarded_at=_moment(fields.get("onboarded_at")),
        conversion=None if won is None else _read_conversion(won),
        version=version,
    )


def write_event(event: Event) -> Texts:
    """Write an event; kind, time and member are in its key too."""
    place = event.place
    said = {
        "kind": event.kind.value,
        "at": format_time(event.at),
        "guild_id": event.guild_id,
        "user_id": event.user_id,
        "link": place.link,
        "campaign_id": place.campaign_id,
        "place_variant": place.variant,
        "value": "" if event.value is None else str(event.value),
        "metadata": json.dumps(event.metadata) if event.metadata else "",
        "standing": event.standing or "",
    }
    return {name: text for name, text in said.items() if text} | write_trace(event.trace)


def read_event(row: Mapping[str, object]) -> Event:
    """Read what `write_event` wrote."""
    value, standing = row.get("value"), row.get("standing")
    return Event(
        kind=EventKind(str(row["kind"])),
        at=parse_time(str(row["at"])),
        guild_id=GuildId(str(row["guild_id"])),
        user_id=UserId(str(row["user_id"])),
        place=Place(
            LinkCode(str(row["link"])),
            CampaignId(str(row["campaign_id"])),
            str(row.get("place_variant") or ""),
        ),
        trace=read_trace(row),
        value=Decimal(str(value)) if value is not None else None,
        metadata=json.loads(str(row["metadata"])) if row.get("metadata") else {},
        standing=Standing(str(standing)) if standing else None,
    )


def write_trace(trace: Trace) -> Texts:
    """Write what is known of a click."""
    said = {
        "visitor": trace.visitor,
        "variant": trace.variant,
        "click_id": trace.click_id,
        "clicked_at": _text(trace.clicked_at) or "",
        "user_agent": trace.user_agent,
        "device": trace.device.kind,
        "browser": trace.device.browser,
        "system": trace.device.system,
        "referrer": trace.referrer,
        "country": trace.country,
    }
    return {name: text for name, text in said.items() if text}


def read_trace(row: Mapping[str, object]) -> Trace:
    """Read what `write_trace` wrote; nothing where nothing is known."""

    def text(name: str) -> str:
        return str(row.get(name) or "")

    return Trace(
        visitor=text("visitor"),
        variant=text("variant"),
        click_id=text("click_id"),
        clicked_at=_moment(row.get("clicked_at")),
        user_agent=text("user_agent"),
        device=Device(text("device"), text("browser"), text("system")),
        referrer=text("referrer"),
        country=text("country"),
    )


def _write_conversion(won: Conversion) -> dict[str, object]:
    fields: dict[str, object] = {
        "at": format_time(won.at),
        "value": str(won.value),
        "metadata": dict(won.metadata),
        "standing": won.standing.value,
        "signals": [[one.kind.value, one.found, one.limit] for one in won.signals],
        "reviewed_by": won.reviewed_by,
        "reviewed_at": _text(won.reviewed_at),
        "held_at": _text(won.held_at),
        "turns": won.turns or None,
        "told": won.told or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _read_conversion(fields: dict[str, Any]) -> Conversion:
    return Conversion(
        at=parse_time(fields["at"]),
        value=Decimal(fields["value"]),
        metadata=fields["metadata"],
        standing=Standing(fields["standing"]),
        signals=tuple(
            Signal(SignalKind(kind), found, limit) for kind, found, limit in fields["signals"]
        ),
        reviewed_by=UserId(fields["reviewed_by"]) if "reviewed_by" in fields else None,
        reviewed_at=_moment(fields.get("reviewed_at")),
        held_at=_moment(fields.get("held_at")),
        turns=int(fields.get("turns", fields.get("told", 0))),
        told=int(fields.get("told", 0)),
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _moment(text: object) -> datetime | None:
    return parse_time(text) if isinstance(text, str) and text else None
