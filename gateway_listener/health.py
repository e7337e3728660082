"""Whether the listener is well; run as a module, the container's health check.

The check imports neither discord.py nor boto3: it runs every few seconds beside the listener.
"""

import os
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Final

CONNECT_WITHIN: Final = 60.0
"""Seconds that the listener may be without a session."""
ACK_INTERVALS: Final = 1.5
"""A connection without an ACK for so many heartbeat intervals is dead (Discord, gateway)."""
LONGEST_LAG: Final = 5.0
LONGEST_UNSENT: Final = 10.0
"""Seconds an observation may wait for the events queue."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """The listener's state at one moment; ages and lags in seconds."""

    connected: bool
    disconnected_for: float
    last_ack_age: float | None
    """None before the first heartbeat of a connection."""
    heartbeat_interval: float | None
    oldest_unsent_age: float
    loop_lag: float
    guilds: int
    unseen: int
    """Guilds of the session that have not been looked at yet."""
    sessions: int
    waiting: bool = False
    """Another listener has the shard: this one stands by."""


def ailments(vitals: Vitals) -> list[str]:
    """Say what is wrong, in a sentence each; nothing when the listener is well."""
    found = []
    down = not vitals.connected and not vitals.waiting
    if down and vitals.disconnected_for > CONNECT_WITHIN:
        found.append(f"no session for {vitals.disconnected_for:.0f} s")
    age, interval = vitals.last_ack_age, vitals.heartbeat_interval
    if vitals.connected and age is not None and interval and age > ACK_INTERVALS * interval:
        found.append(f"no heartbeat ACK for {age:.0f} s")
    if vitals.loop_lag > LONGEST_LAG:
        found.append(f"the event loop is {vitals.loop_lag:.1f} s behind")
    if vitals.oldest_unsent_age > LONGEST_UNSENT:
        found.append(f"an observation is unsent for {vitals.oldest_unsent_age:.0f} s")
    return found


def check(port: int, timeout: float = 4.0) -> int:
    """Ask the listener on this machine; 0 when it is well, 1 when not or when it is silent."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=timeout) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(check(int(os.environ.get("HEALTH_PORT") or 8081)))
