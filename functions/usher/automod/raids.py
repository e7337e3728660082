"""Joins that look like a raid: too many in too short a time, or too much alike. Pure (SPEC 7.4)."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from usher.frozen import frozen
from usher.ids import UserId
from usher.times import format_time, parse_time

SETTING: Final = "guild#raid"
"""Where the configuration is; nothing for a server that watches for no raids."""
KEEP: Final = 300
"""Joins that are remembered."""
YOUNG: Final = timedelta(days=7)
"""Accounts alike are counted up to this age."""
ALIKE: Final = 2
"""So many times fewer joins are a raid where accounts are young and alike."""
FEWEST_ALIKE: Final = 3
QUIET: Final = timedelta(minutes=10)
"""After so long without another suspicion a raid is over, and the next one is told anew."""
EPOCH_MS: Final = 1_420_070_400_000
"""Of Discord's ids (Discord docs: Snowflakes)."""


@frozen
class Config:
    """What counts as a raid, and what is done."""

    joins: int = 10
    seconds: int = 30
    age: timedelta | None = None
    """Only accounts younger than this count; None for all."""
    pause: timedelta = timedelta(hours=1)
    """How long nobody gets in by an invite; nothing for a warning alone."""


@frozen
class Join:
    """One join."""

    user_id: UserId
    at: datetime
    likeness: str = ""
    """Equal for names that differ in digits and signs alone; empty for what is like nothing."""


@frozen
class Window:
    """The joins of late, and the raid that is on."""

    joins: tuple[Join, ...] = ()
    raid_at: datetime | None = None
    """When the raid that is on was last seen to go on."""
    began_at: datetime | None = None
    raids: int = 0
    """How many there have been: names the one that is on."""
    version: int = 0


@frozen
class Raid:
    """What is suspected."""

    number: int
    """Names it among the guild's, whoever sees it first."""
    began_at: datetime
    users: tuple[UserId, ...]
    alike: bool
    """Whether it was their likeness that gave them away."""
    new: bool
    """Whether it is told for the first time."""


def likeness_of(username: str, *, has_avatar: bool) -> str:
    """Say what a name is like, without telling it; who has a picture is like nobody."""
    letters = "".join(one for one in username.lower() if one.isalpha())
    if has_avatar or len(letters) < 3:
        return ""
    return sha256(letters.encode()).hexdigest()[:12]


def created_at(user_id: UserId) -> datetime:
    """Tell when an account was made: its id says so."""
    return datetime.fromtimestamp(((int(user_id) >> 22) + EPOCH_MS) / 1000, UTC)


def watch(window: Window, joins: Iterable[Join], config: Config) -> tuple[Window, Raid | None]:
    """Take in joins; say what they are suspected of. The same joins again change nothing."""
    known = {(one.user_id, one.at) for one in window.joins}
    fresh = [one for one in joins if (one.user_id, one.at) not in known]
    merged = sorted((*window.joins, *fresh), key=lambda one: (one.at, one.user_id))
    kept = tuple(merged[-KEEP:])
    after = replace(window, joins=kept)
    suspects, alike = _suspects(kept, config)
    if not suspects:
        return after, None
    latest = suspects[-1].at
    going_on = window.raid_at is not None and latest - window.raid_at <= QUIET
    began_at = window.began_at if going_on and window.began_at else suspects[0].at
    users = tuple(dict.fromkeys(one.user_id for one in kept if one.at >= began_at))
    number = window.raids if going_on else window.raids + 1
    raid = Raid(number, began_at, users, alike, new=not going_on)
    last = max(latest, window.raid_at) if going_on and window.raid_at else latest
    return replace(after, raid_at=last, began_at=began_at, raids=number), raid


def _suspects(joins: tuple[Join, ...], config: Config) -> tuple[list[Join], bool]:
    """Find those within the time that the newest join ends."""
    if not joins:
        return [], False
    since = joins[-1].at - timedelta(seconds=config.seconds)
    late = [one for one in joins if one.at >= since]
    counted = [one for one in late if config.age is None or _is_younger(one, config.age)]
    if len(counted) >= config.joins:
        return counted, False
    young = [one for one in late if one.likeness and _is_younger(one, YOUNG)]
    most = Counter(one.likeness for one in young).most_common(1)
    if most and most[0][1] >= max(FEWEST_ALIKE, config.joins // ALIKE):
        return [one for one in young if one.likeness == most[0][0]], True
    return [], False


def _is_younger(join: Join, age: timedelta) -> bool:
    return join.at - created_at(join.user_id) < age


def write_config(config: Config) -> str:
    """Write a configuration as the value of a setting."""
    days = None if config.age is None else config.age.days
    minutes = int(config.pause.total_seconds()) // 60
    return json.dumps([config.joins, config.seconds, days, minutes])


def read_config(value: str | None) -> Config | None:
    """Read what `write_config` wrote; None for nothing."""
    if not value:
        return None
    joins, seconds, days, minutes = json.loads(value)
    age = None if days is None else timedelta(days=days)
    return Config(joins, seconds, age, timedelta(minutes=minutes))


def write_join(join: Join) -> str:
    """Write a join as text."""
    return f"{join.user_id} {format_time(join.at)} {join.likeness}"


def read_join(text: str) -> Join:
    """Read what `write_join` wrote."""
    user_id, at, likeness = text.split(" ")
    return Join(UserId(user_id), parse_time(at), likeness)


def write_window(window: Window) -> Mapping[str, str]:
    """Write a window as texts."""
    said = {
        "joins": "\n".join(map(write_join, window.joins)),
        "raid_at": "" if window.raid_at is None else format_time(window.raid_at),
        "began_at": "" if window.began_at is None else format_time(window.began_at),
        "raids": str(window.raids or ""),
    }
    return {name: text for name, text in said.items() if text}


def read_window(fields: Mapping[str, object], version: int) -> Window:
    """Read what `write_window` wrote."""

    def moment(name: str) -> datetime | None:
        return parse_time(str(fields[name])) if fields.get(name) else None

    rows = str(fields.get("joins") or "").splitlines()
    raids = int(str(fields.get("raids") or 0))
    joins = tuple(map(read_join, rows))
    return Window(joins, moment("raid_at"), moment("began_at"), raids, version)
