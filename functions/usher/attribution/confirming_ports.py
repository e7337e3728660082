"""What the confirming service asks of the world, what may go wrong there, and what it reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.contracts.confirmation import ConfirmationRequest
from usher.contracts.observation import Observation
from usher.ids import GuildId


class SearchRefusedError(Exception):
    """Discord will not search this guild for us. `status` is HTTP's, `code` Discord's own."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"members-search refused: {status} ({code})")
        self.status = status
        self.code = code


class SearchLimitedError(Exception):
    """Discord limits the rate; `retry_after` is in seconds."""

    def __init__(self, retry_after: float, *, everywhere: bool) -> None:
        super().__init__(f"members-search limited for {retry_after} s")
        self.retry_after = retry_after
        self.everywhere = everywhere
        """The whole bot is limited, not only this guild."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a guild may be searched."""

    wanted: bool = True
    """The guild's setting `members_search` is not `off`."""
    closed_until: datetime | None = None
    """Discord refused: no search before."""
    refusals: int = 0
    """How often in a row it refused."""


class Gates(Protocol):
    """Guilds' gates. Methods may raise AWS errors."""

    def read(self, guild_id: GuildId) -> Gate:
        """Read a guild's gate; open where nothing is stored."""
        ...

    def close(self, guild_id: GuildId, until: datetime, refusals: int) -> None:
        """Let nobody search the guild until then."""
        ...

    def open(self, guild_id: GuildId) -> None:
        """Forget refusals."""
        ...


class MembersSearch(Protocol):
    """Discord's members-search."""

    def search(self, guild_id: GuildId, body: Mapping[str, object]) -> object:
        """Return the answer's JSON; raises SearchRefusedError, SearchLimitedError.

        Other errors are passing ones: the same search may succeed later.
        """
        ...


class Events(Protocol):
    """Takes observations for the event worker."""

    def send(self, observation: Observation) -> None:
        """Hand an observation over; raises an AWS error when it was not taken."""
        ...


class Requests(Protocol):
    """Takes requests for later."""

    def send(self, requests: Sequence[tuple[ConfirmationRequest, int]]) -> None:
        """Hand over requests with their delays in seconds; raises when not all were taken."""
        ...


@dataclass(frozen=True, slots=True)
class ConfirmingReport:
    """What was done with requests; for logs and metrics."""

    calls: int = 0
    confirmed: int = 0
    """Joins of which Discord's record told."""
    again: int = 0
    """Joins to be asked for later."""
    given_up: int = 0
    """Joins that will not be asked for any more."""
    refused: SearchRefusedError | None = None
    closed: bool = False
    """Nothing was asked because Discord refused lately."""
    unwanted: bool = False
    """Nothing was asked because the guild's setting is off."""
    limited: SearchLimitedError | None = None
    not_ready: bool = False
