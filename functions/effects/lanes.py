"""What order effects keep where some must wait."""

from dataclasses import dataclass, field
from typing import Final

from usher.contracts.effect import Effect

STEP_SECONDS: Final = 1.0
"""Between two that wait for the same place: Discord takes five messages in five seconds."""


def lane_of(effect: Effect) -> str:
    """Name the place where an effect is seen: a channel, a member, or the guild as a whole."""
    for name in ("channel_id", "user_id", "key", "number"):
        place = getattr(effect, name, None)
        if place is not None:
            return f"{effect.guild_id}|{place}"
    return effect.guild_id


@dataclass(slots=True)
class Line:
    """Effects of one batch that wait, by place, each behind the one before it."""

    last: dict[str, float] = field(default_factory=dict)
    """Seconds that the last one of a place waits."""

    def waits(self, lane: str) -> bool:
        """Whether something waits for a place."""
        return lane in self.last

    def join(self, lane: str, seconds: float) -> float:
        """Tell how long one more waits, which must wait so long at least."""
        before = self.last.get(lane)
        wait = seconds if before is None else max(seconds, before + STEP_SECONDS)
        self.last[lane] = wait
        return wait
