"""The effects queue in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.fuse import Fuse
from usher.contracts.effect import Effect, Greet, SendMessage


@dataclass
class FakeEffects:
    """Implements Effects."""

    fuse: Fuse = field(default_factory=Fuse)
    sent: list[Effect] = field(default_factory=list)
    delays: dict[str, int] = field(default_factory=dict)
    """Seconds that each effect was to wait, by id."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        self.delays |= {effect.id: delay for effect in effects}
        self.fuse.step("effects", lambda: self.sent.extend(effects))

    def schedule(self, effects: Sequence[tuple[Effect, int]]) -> None:
        for effect, delay in effects:
            self.send([effect], delay)

    def greeted(self) -> set[str]:
        """Whom Discord would greet, by the greeting's name."""
        return {effect.id for effect in self.sent if isinstance(effect, Greet)}

    def done(self) -> dict[str, str]:
        """What Discord would show, where a nonce sent again shows nothing new."""
        return {
            effect.id: effect.content for effect in self.sent if isinstance(effect, SendMessage)
        }
