"""Where the room's rows stand in the due-time index. Pure.

They have partitions of their own: an endpoint that is down for a day must not come between the
clock and whatever else is due.
"""

from typing import Final
from zlib import crc32

from usher.ids import GuildId
from usher.timing.due import SHARDS

HOOK_SHARDS: Final = range(SHARDS, SHARDS + 4)
HOOKS: Final = "H#"
"""What the partitions of the room begin with, and the keys of its rows in the index."""
KEPT: Final = "KEPT"
"""Stands in a partition's name in the place of an endpoint, for events not handed over yet."""


def hook_shard(guild_id: GuildId) -> int:
    """Tell in which shard of the index a guild's rows are."""
    return HOOK_SHARDS[crc32(guild_id.encode()) % len(HOOK_SHARDS)]
