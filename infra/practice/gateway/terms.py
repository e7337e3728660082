"""What the gateway grants an application: how often, how many, how long."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class GatewayTerms:
    """The limits of the gateway; the defaults are Discord's for a small bot.

    `heartbeat_interval` and `identify_window` are in seconds. In each window one IDENTIFY is
    taken for every bucket, `shard_id % max_concurrency`. A session without a socket can be
    resumed for `session_life` and for as many dispatches back as `replay_limit`; Discord tells
    of "a few minutes" and no number. `shards` is what GET /gateway/bot recommends.

    Source: Discord API reference, "Gateway", sections Identifying, Resuming, Sharding and
    Session Start Limit Object.
    """

    heartbeat_interval: float = 41.25
    shards: int = 1
    guilds_per_shard: int = 2_500
    max_concurrency: int = 1
    identify_window: float = 5.0
    identifies_per_day: int = 1_000
    session_life: timedelta = timedelta(minutes=3)
    replay_limit: int = 5_000
