"""What rules and recounts are asked through, and what the recount asks of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from usher.contracts.observation import Observation
from usher.contracts.recount import RecountStep
from usher.credit.fake import Rules
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.slash.replies import Reply


class Recounts(Protocol):
    """What a recount needs to know. Methods may raise AWS errors."""

    def rules(self, guild_id: GuildId) -> Rules:
        """Read the rules in force, consistently."""
        ...

    def page(
        self, guild_id: GuildId, after: UserId | None, limit: int
    ) -> Sequence[tuple[UserId, MemberRecord]]:
        """Read the next members in the table's order, at most so many; none after the last."""
        ...

    def guild_name(self, guild_id: GuildId) -> str:
        """Read what the guild is called; empty for one never seen."""
        ...

    def applied(self, guild_id: GuildId, observation_id: str) -> bool:
        """Whether the event worker is done with an observation."""
        ...


class Events(Protocol):
    """The queue to the event worker."""

    def send(self, observation: Observation) -> None:
        """Hand an observation over; raises an AWS error."""
        ...


class Steps(Protocol):
    """Takes steps for later."""

    def send(self, step: RecountStep, delay: int) -> None:
        """Hand a step over with its delay in seconds; raises when it was not taken."""
        ...


class Progress(Protocol):
    """Shows how far a recount has come to whoever asked for it."""

    def show(self, token: str, reply: Reply) -> None:
        """Put a reply in the place of the last one. Raises nothing: progress is a courtesy."""
        ...


@dataclass(frozen=True, slots=True)
class RecountReport:
    """What a step did; for logs."""

    looked: int = 0
    sent: int = 0
    ended: bool = False
