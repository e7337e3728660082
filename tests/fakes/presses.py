"""Presses in memory."""

from dataclasses import dataclass, field

from usher.slash.presses import KeptPresses


@dataclass
class FakePressStore:
    """Implements PressStore."""

    held: dict[str, KeptPresses] = field(default_factory=dict)

    def keep(self, token: str, kept: KeptPresses) -> None:
        self.held[token] = kept

    def find(self, token: str) -> KeptPresses | None:
        return self.held.get(token)
