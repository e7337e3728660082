"""Giving messages back, in memory."""

from dataclasses import dataclass, field

from usher.limits.returning import Message


@dataclass
class FakeBack:
    """Remembers for how long what was given back."""

    waits: dict[str, float] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    """Messages that do not count: they were sent anew."""

    def counts(self, message: Message) -> bool:
        return message.id not in self.stale

    def give_back(self, message: Message, seconds: float) -> bool:
        self.waits[message.id] = seconds
        return False
