"""What the table holds of rewards: names of rows, and how they are read. Pure.

`A#<user>#<milestone>` is a milestone, `T#check#<user>` an appointment of the clock's with a
member, `T#rank#<key>` a problem. Rows are updated, never deleted: their role grants it so.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from usher.ids import GuildId, RoleId, UserId
from usher.rewards.hierarchy import Obstacle
from usher.rewards.problems import Problem
from usher.rewards.settings import RewardSettings, Setting, read_settings
from usher.times import parse_time

SETTINGS: Final = ("S#guild#", "S#rank#")
CHECK: Final = "T#check#"
RANK: Final = "T#rank#"


def guild_key(guild_id: GuildId) -> str:
    """Name a guild's partition."""
    return f"G#{guild_id}"


def achieved_prefix(user_id: UserId) -> str:
    """Say how the keys of a member's milestones begin."""
    return f"A#{user_id}#"


def settings_of(rows: Iterable[Mapping[str, object]]) -> RewardSettings:
    """Read settings from their rows."""
    found: dict[str, Setting] = {}
    for row in rows:
        value, at = row.get("value"), row.get("at")
        if isinstance(value, str):
            moment = parse_time(at) if isinstance(at, str) else None
            found[str(row["sk"]).removeprefix("S#")] = Setting(value, moment)
    return read_settings(found)


def problem_of(row: Mapping[str, object]) -> Problem | None:
    """Read a problem; None for one that is mended."""
    kind, due_at = row.get("problem"), row.get("due_at")
    if not isinstance(kind, str):
        return None
    retired, user_id = row.get("retired"), row.get("user_id")
    return Problem(
        key=str(row["sk"]).removeprefix(RANK),
        obstacle=Obstacle(kind),
        number=mended_before(row),
        tries=_count(row.get("tries")),
        told=row.get("told") is True,
        retired=RoleId(retired) if isinstance(retired, str) else None,
        user_id=UserId(user_id) if isinstance(user_id, str) else None,
        due_at=parse_time(due_at) if isinstance(due_at, str) else None,
    )


def mended_before(row: Mapping[str, object]) -> int:
    """Read how many problems under a key were mended."""
    return _count(row.get("mended"))


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
