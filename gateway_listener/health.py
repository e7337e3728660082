"""Whether the listener is well; run as a module, the container's health check.

The check does not import discord.py: it runs every few seconds beside the listener.
"""

import dataclasses
import os
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Final

CONNECT_WITHIN: Final = 60.0
"""Seconds that a shard may be without a session."""
TURN: Final = 6.0
"""Seconds longer for each of the bot's shards: they begin sessions one after another."""
ACK_INTERVALS: Final = 1.5
"""A connection without an ACK for so many heartbeat intervals is dead (Discord, gateway)."""
LONGEST_LAG: Final = 5.0
LONGEST_UNSENT: Final = 10.0
"""Seconds an observation may wait for the events queue."""


@dataclass(frozen=True, slots=True)
class ShardVitals:
    """One shard's state at one moment; ages in seconds."""

    shard: int
    connected: bool
    disconnected_for: float
    last_ack_age: float | None
    """None before the first heartbeat of a connection."""
    heartbeat_interval: float | None
    guilds: int
    unseen: int
    """Guilds of the session that have not been looked at yet."""
    sessions: int
    """Sessions begun since the process began."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """The listener's state at one moment; ages and lags in seconds."""

    oldest_unsent_age: float
    loop_lag: float
    starting_for: float | None
    """Since when there is no account to listen with; None once there is."""
    count: int = 0
    """How many shards the bot has; 0 while that is not known."""
    shards: tuple[ShardVitals, ...] = ()
    """Those that this process holds."""

    @property
    def waiting(self) -> bool:
        """Whether other listeners have all shards: this one stands by."""
        return self.starting_for is None and not self.shards

    def report(self) -> dict[str, object]:
        """Tell the whole as JSON, with the shards' sums."""
        return {
            **dataclasses.asdict(self),
            "connected": bool(self.shards) and all(one.connected for one in self.shards),
            "waiting": self.waiting,
            "guilds": sum(one.guilds for one in self.shards),
            "unseen": sum(one.unseen for one in self.shards),
            "sessions": sum(one.sessions for one in self.shards),
            "ailments": ailments(self),
        }


def ailments(vitals: Vitals) -> list[str]:
    """Say what is wrong, in a sentence each; nothing when the listener is well."""
    found = []
    if vitals.starting_for is not None and vitals.starting_for > CONNECT_WITHIN:
        found.append(f"no answer from Discord or AWS for {vitals.starting_for:.0f} s")
    for one in vitals.shards:
        found += [f"shard {one.shard}: {wrong}" for wrong in _of_shard(one, vitals.count)]
    if vitals.loop_lag > LONGEST_LAG:
        found.append(f"the event loop is {vitals.loop_lag:.1f} s behind")
    if vitals.oldest_unsent_age > LONGEST_UNSENT:
        found.append(f"an observation is unsent for {vitals.oldest_unsent_age:.0f} s")
    return found


def _of_shard(vitals: ShardVitals, count: int) -> list[str]:
    if not vitals.connected:
        long = vitals.disconnected_for > CONNECT_WITHIN + TURN * (count - 1)
        return [f"no session for {vitals.disconnected_for:.0f} s"] if long else []
    age, interval = vitals.last_ack_age, vitals.heartbeat_interval
    if age is not None and interval and age > ACK_INTERVALS * interval:
        return [f"no heartbeat ACK for {age:.0f} s"]
    return []


def check(port: int, timeout: float = 4.0) -> int:
    """Ask the listener on this machine; 0 when it is well, 1 when not or when it is silent."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=timeout) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(check(int(os.environ.get("HEALTH_PORT") or 8081)))
