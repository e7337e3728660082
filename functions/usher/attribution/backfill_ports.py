"""What the backfill service asks of the world beside members-search, and what it reports."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from usher.attribution.backfill_state import Backfill, Hurdle, Status
from usher.attribution.confirming_ports import SearchLimitedError, SearchRefusedError
from usher.contracts.backfill import BackfillStep
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.slash.replies import Reply


class Backfills(Protocol):
    """How far guilds' backfills have come, and what they need to know. May raise AWS errors."""

    def read(self, guild_id: GuildId) -> Backfill | None:
        """Read a guild's backfill."""
        ...

    def write(self, guild_id: GuildId, backfill: Backfill) -> bool:
        """Write what follows on the version given; False, writing nothing, where another did."""
        ...

    def guild_name(self, guild_id: GuildId) -> str:
        """Read what the guild is called; empty for one never seen."""
        ...

    def records(
        self, guild_id: GuildId, users: Collection[UserId]
    ) -> Mapping[UserId, MemberRecord]:
        """Read members' records; who has none is left out."""
        ...

    def applied(self, guild_id: GuildId, observation_id: str) -> bool:
        """Whether the event worker is done with an observation."""
        ...


class Steps(Protocol):
    """Takes steps for later."""

    def send(self, step: BackfillStep, delay: int) -> None:
        """Hand a step over with its delay in seconds; raises when it was not taken."""
        ...


class Progress(Protocol):
    """Shows how far a backfill has come to whoever asked for it."""

    def show(self, token: str, reply: Reply) -> None:
        """Put a reply in the place of the last one. Raises nothing: progress is a courtesy."""
        ...


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """What a step did; for logs and metrics."""

    status: Status | None = None
    """None where the step had nothing to do, or was about one member."""
    calls: int = 0
    found: int = 0
    """Members read in this step."""
    news: int = 0
    """Those sent to be recorded or corrected."""
    hurdle: Hurdle | None = None
    refused: SearchRefusedError | None = None
    limited: SearchLimitedError | None = None
