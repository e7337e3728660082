"""The queue to the webhooks function in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.fuse import Fuse
from usher.contracts.hook_event import HookEvent, write_event
from usher.ids import GuildId


@dataclass
class FakeHooks:
    """Implements the event worker's Hooks."""

    fuse: Fuse = field(default_factory=Fuse)
    sent: list[HookEvent] = field(default_factory=list)

    def send(self, events: Sequence[HookEvent]) -> None:
        self.fuse.step("hooks", lambda: self.sent.extend(events))

    def told(self) -> dict[str, str]:
        """What a receiver keeps that takes each id once."""
        return {event.id: write_event(event) for event in self.sent}


@dataclass
class FakeKeptHooks:
    """Implements the referrals' KeptHooks."""

    on: bool = False
    handed_over: list[HookEvent] = field(default_factory=list)

    def wanted(self, guild_id: GuildId) -> bool:
        return self.on

    def hand_over(self, event: HookEvent) -> None:
        self.handed_over.append(event)
