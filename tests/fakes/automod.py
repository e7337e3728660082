"""Fakes of what automod and the raid watch ask of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from usher.automod.model import Policy
from usher.automod.raids import Config, Window
from usher.automod.table import SAME
from usher.contracts.effect import Effect
from usher.ids import GuildId, UserId


@dataclass
class FakeWishes:
    """Implements Wishes."""

    held: dict[str, Policy] = field(default_factory=dict)
    config: Config | None = None

    def policies(self, guild_id: GuildId) -> Mapping[str, Policy]:
        del guild_id
        return self.held

    def raid(self, guild_id: GuildId) -> Config | None:
        del guild_id
        return self.config


@dataclass
class FakeCatches:
    """Implements CatchTable and WindowTable."""

    caught: dict[tuple[str, str, str], tuple[datetime, str]] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)

    def first(
        self, guild_id: GuildId, rule_id: str, user_id: UserId, at: datetime, key: str
    ) -> bool:
        held = self.caught.get((guild_id, rule_id, user_id))
        if held is not None and held[0] >= at - SAME and held[1] != key:
            return False
        self.caught[guild_id, rule_id, user_id] = at, key
        return True

    def load(self, guild_id: GuildId) -> Window:
        return self.windows.get(guild_id, Window())

    def save(self, guild_id: GuildId, window: Window) -> bool:
        if window.version != self.load(guild_id).version:
            return False
        self.windows[guild_id] = replace(window, version=window.version + 1)
        return True


@dataclass
class FakeGate:
    """Implements Gate."""

    until: datetime | None = None
    calls: list[datetime | None] = field(default_factory=list)
    error: Exception | None = None

    def paused_until(self, guild_id: GuildId) -> datetime | None:
        del guild_id
        return self.until

    def pause(self, guild_id: GuildId, until: datetime | None, reason: str) -> None:
        del guild_id, reason
        if self.error:
            raise self.error
        self.until = until
        self.calls.append(until)


@dataclass
class FakeQueue:
    """Implements Orders; the same effect again replaces itself, as Discord's nonces have it."""

    sent: dict[str, Effect] = field(default_factory=dict)
    error: Exception | None = None

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        del delay
        if self.error:
            raise self.error
        self.sent |= {effect.id: effect for effect in effects}
