"""IDENTIFY: its terms checked, its limits kept, its READY written."""

from datetime import datetime, timedelta

from infra.practice.gateway.frames import CloseCode, GatewayClosedError
from infra.practice.gateway.session import Session
from infra.practice.gateway.terms import GatewayTerms
from infra.practice.intents import KNOWN_BITS, PRIVILEGED, Intents
from infra.practice.json_types import JsonObject, as_list
from infra.practice.payloads.people import own_user_json
from infra.practice.world import World

DAY = timedelta(days=1)


class IdentifyGate:
    """Counts identifies: one for each bucket and window, so many a day."""

    def __init__(self) -> None:
        self._last: dict[int, datetime] = {}
        self._day_began: datetime | None = None
        self._today = 0

    def in_turn(self, shard_id: int, terms: GatewayTerms, now: datetime) -> bool:
        """Tell whether a shard's bucket is free now, and take it if it is."""
        bucket = shard_id % terms.max_concurrency
        last = self._last.get(bucket)
        if last is not None and now - last < timedelta(seconds=terms.identify_window):
            return False
        self._last[bucket] = now
        return True

    def count(self, now: datetime) -> None:
        """Count an identify against the day."""
        self._new_day(now)
        self._today += 1

    def remaining(self, terms: GatewayTerms, now: datetime) -> int:
        """Return how many identifies are left today."""
        self._new_day(now)
        return max(terms.identifies_per_day - self._today, 0)

    def reset_after(self, now: datetime) -> timedelta:
        """Return how long it is until the count begins anew."""
        self._new_day(now)
        return DAY if self._day_began is None else self._day_began + DAY - now

    def _new_day(self, now: datetime) -> None:
        if self._day_began is None or now - self._day_began >= DAY:
            self._day_began, self._today = now, 0


def read_intents(value: object, approved: Intents) -> Intents:
    """Read the intents: 4013 for unknown ones, 4014 for privileged ones not approved."""
    if not isinstance(value, int) or value < 0 or value & ~KNOWN_BITS:
        raise GatewayClosedError(CloseCode.INVALID_INTENTS)
    intents = Intents(value)
    if intents & PRIVILEGED & ~approved:
        raise GatewayClosedError(CloseCode.DISALLOWED_INTENTS)
    return intents


def read_shard(data: JsonObject) -> tuple[int, int]:
    """Read `shard`, its id and the number of all: (0, 1) where it is absent; 4010 if wrong."""
    if data.get("shard") is None:
        return 0, 1
    match as_list(data["shard"]):
        case [int(shard_id), int(count)] if 0 <= shard_id < count:
            return shard_id, count
    raise GatewayClosedError(CloseCode.INVALID_SHARD)


def ready_json(world: World, session: Session, guild_ids: list[str], url: str) -> JsonObject:
    """Write the READY of a session; `url` is where it is to be resumed."""
    return {
        "v": 10,
        "user_settings": {},
        "user": own_user_json(world.bot),
        "session_type": "normal",
        "session_id": session.id,
        "resume_gateway_url": url,
        "relationships": [],
        "private_channels": [],
        "presences": [],
        "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guild_ids],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": ["rotterdam"],
        "auth": {},
        "application": {"id": world.application.id, "flags": 1 << 15},
        "shard": [session.shard_id, session.shard_count],
        "_trace": ["practice"],
    }
