"""Endpoints, their health and deliveries as attributes of rows."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.contracts.hook_event import HookType, read_event, write_event
from usher.hooks.model import (
    Attempt,
    Delivery,
    Ending,
    Endpoint,
    EndpointId,
    Health,
    State,
)
from usher.hooks.rules import KEEP
from usher.ids import GuildId
from usher.platform.dynamo_reads import Item, Value
from usher.times import format_time, parse_time

type Attributes = dict[str, dict[str, object]]
"""DynamoDB's own form."""

HEALTH: Final = (
    *("failing_since", "resting_until", "ended_at", "ending"),
    *("failures", "silences", "told"),
)
"""Attributes of an endpoint's health."""
KEEP_EVENT: Final = timedelta(days=7)
"""How long an event waits that was written with its fact."""


def write_endpoint(endpoint: Endpoint) -> Attributes:
    """Write an endpoint."""
    texts = {
        "url": endpoint.url,
        "types": " ".join(sorted(endpoint.types)),
        "secret": endpoint.secret,
        "created_at": format_time(endpoint.created_at),
        "updated_at": format_time(endpoint.updated_at),
        "created_by": endpoint.created_by,
        "description": endpoint.description,
        "old_secret": endpoint.old_secret,
        "old_until": _time(endpoint.old_until),
        "made_by": endpoint.made_by,
    }
    written: Attributes = {name: {"S": text} for name, text in texts.items() if text}
    return written | {
        "active": {"BOOL": endpoint.active},
        "version": {"N": str(endpoint.version)},
    }


def read_endpoint(guild_id: GuildId, row: Item) -> Endpoint:
    """Read an endpoint's row."""
    known = {kind.value: kind for kind in HookType}
    return Endpoint(
        id=EndpointId(str(row["sk"]).removeprefix("E#")),
        guild_id=guild_id,
        url=str(row["url"]),
        types=frozenset(known[word] for word in str(row["types"]).split() if word in known),
        secret=str(row["secret"]),
        created_at=parse_time(str(row["created_at"])),
        updated_at=parse_time(str(row["updated_at"])),
        created_by=str(row.get("created_by") or ""),
        description=str(row.get("description") or ""),
        active=row.get("active") is True,
        old_secret=str(row.get("old_secret") or ""),
        old_until=_moment(row.get("old_until")),
        made_by=str(row.get("made_by") or ""),
        version=_number(row.get("version")),
    )


def write_health(health: Health) -> Attributes:
    """Write an endpoint's health."""
    texts = {
        "failing_since": _time(health.failing_since),
        "resting_until": _time(health.resting_until),
        "ended_at": _time(health.ended_at),
        "ending": health.ending and health.ending.value,
    }
    written: Attributes = {name: {"S": text} for name, text in texts.items() if text}
    return written | {
        "failures": {"N": str(health.failures)},
        "silences": {"N": str(health.silences)},
        "told": {"BOOL": health.told},
    }


def read_health(row: Item | None) -> Health:
    """Read an endpoint's health; one without a row is well."""
    if row is None:
        return Health()
    ending = row.get("ending")
    return Health(
        failures=_number(row.get("failures")),
        silences=_number(row.get("silences")),
        failing_since=_moment(row.get("failing_since")),
        resting_until=_moment(row.get("resting_until")),
        ended_at=_moment(row.get("ended_at")),
        ending=Ending(ending) if isinstance(ending, str) else None,
        told=row.get("told") is True,
    )


def write_delivery(delivery: Delivery, now: datetime) -> Attributes:
    """Write a delivery; when it is due is what the caller adds."""
    attempts = [
        [one.at.timestamp(), one.milliseconds, one.status, one.error, one.body]
        for one in delivery.attempts
    ]
    written: Attributes = {
        "event": {"S": write_event(delivery.event)},
        "state": {"S": delivery.state.value},
        "tries": {"N": str(delivery.tries)},
        "attempts": {"S": json.dumps(attempts, separators=(",", ":"))},
        "ttl": {"N": str(int((now + KEEP).timestamp()))},
    }
    return written | ({"run": {"S": delivery.run}} if delivery.run else {})


def read_delivery(endpoint_id: EndpointId, row: Item) -> Delivery:
    """Read a delivery's row."""
    attempts = [
        Attempt(datetime.fromtimestamp(at, UTC), ms, *rest)
        for at, ms, *rest in json.loads(str(row["attempts"]))
    ]
    return Delivery(
        endpoint_id=endpoint_id,
        event=read_event(json.loads(str(row["event"]))),
        state=State(str(row["state"])),
        due_at=_moment(row.get("due_at")),
        tries=_number(row.get("tries")),
        attempts=tuple(attempts),
        run=str(row.get("run") or ""),
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _moment(value: Value) -> datetime | None:
    return parse_time(value) if isinstance(value, str) else None


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
