"""What moderation asks of the world, and what may go wrong there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.contracts.effect import Effect
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.moderation.model import Case, Evidence, MessageRef, Slot, SlotKind
from usher.rewards.hierarchy import Hall

LINK_LIFE: Final = timedelta(minutes=10)
"""How long a link to a copy of evidence serves."""


class StaleError(Exception):
    """Somebody else changed it since it was read."""


class ActError(Exception):
    """Discord did not do it."""


class ForbiddenError(ActError):
    """It refuses: a permission is missing, or the member stands too high."""


class MissingError(ActError):
    """What it was to be done about is not there."""


class WrongError(ActError):
    """It takes no such request."""


class LimitedError(ActError):
    """It asks to wait first."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = seconds


class UncertainError(ActError):
    """No answer came: it may be done, or not."""


@frozen
class Found:
    """A member, as Discord shows them now."""

    user_id: UserId
    username: str
    bot: bool
    roles: frozenset[RoleId]
    joined_at: datetime | None = None
    muted_until: datetime | None = None
    """May be past: a timeout that ran out leaves its time behind."""


@frozen
class Account:
    """Any user of Discord."""

    user_id: UserId
    username: str
    bot: bool


@frozen
class Banned:
    """A ban as Discord has it."""

    reason: str
    """Empty where none was given."""


class Discord(Protocol):
    """A guild's members and their sanctions. Every method may raise ActError."""

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; None where Usher is not in it."""
        ...

    def member(self, guild_id: GuildId, user_id: UserId) -> Found | None:
        """Read a member; None for who is none."""
        ...

    def account(self, user_id: UserId) -> Account | None:
        """Read any user; None for who does not exist."""
        ...

    def banned(self, guild_id: GuildId, user_id: UserId) -> Banned | None:
        """Read a ban; None for none."""
        ...

    def ban(self, guild_id: GuildId, user_id: UserId, delete_seconds: int, reason: str) -> None:
        """Ban a user, member or not; again changes nothing."""
        ...

    def ban_many(
        self, guild_id: GuildId, users: Collection[UserId], delete_seconds: int, reason: str
    ) -> frozenset[UserId]:
        """Ban up to 200 users at once; return who was not."""
        ...

    def unban(self, guild_id: GuildId, user_id: UserId, reason: str) -> bool:
        """Lift a ban; False where there is none."""
        ...

    def kick(self, guild_id: GuildId, user_id: UserId, reason: str) -> None:
        """Remove a member; MissingError for who is none."""
        ...

    def mute(self, guild_id: GuildId, user_id: UserId, until: datetime | None, reason: str) -> None:
        """Time a member out until then, None for no more; MissingError for who is none."""
        ...


class Post(Protocol):
    """Messages. Every method may raise ActError."""

    def tell(self, user_id: UserId, body: Mapping[str, object], nonce: str) -> MessageRef | None:
        """Send a direct message; None where they take none."""
        ...

    def told(self, user_id: UserId, mark: str) -> MessageRef | None:
        """Find a direct message of Usher's by the footer of its embed, among the latest."""
        ...

    def post(
        self, channel_id: ChannelId, body: Mapping[str, object], nonce: str
    ) -> MessageRef | None:
        """Post to a channel; None where it cannot be written to."""
        ...

    def posted(self, channel_id: ChannelId, mark: str) -> MessageRef | None:
        """Find a message of Usher's by the footer of its embed, among the latest."""
        ...

    def edit(self, message: MessageRef, body: Mapping[str, object]) -> bool:
        """Edit a message of Usher's; False where it is gone or cannot be reached."""
        ...

    def delete(self, message: MessageRef) -> None:
        """Delete a message of Usher's; one that is gone already is no error."""
        ...


class Files(Protocol):
    """Copies of files that moderators show."""

    def keep(self, guild_id: GuildId, user_id: UserId, evidence: Evidence) -> Evidence:
        """Keep a copy of a file about a member; return where, or as it was where that failed."""
        ...

    def link(self, evidence: Evidence) -> str | None:
        """Make a link to a copy that ends soon; None where there is none.

        May raise an error of its store.
        """
        ...


class Orders(Protocol):
    """The queue of effects."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, to be done after `delay` seconds; raises an error of its queue."""
        ...


@frozen
class Points:
    """A member's warning points before a warning and after it."""

    before: int
    after: int


class CaseBook(Protocol):
    """Cases and slots. Every method may raise AwsError."""

    def find(self, guild_id: GuildId, number: int) -> Case | None:
        """Read a case as it is now."""
        ...

    def by_key(self, guild_id: GuildId, key: str) -> Case | None:
        """Read the case that something has opened; None while it has not."""
        ...

    def open(self, draft: Case) -> Case:
        """Write a new case under the next number, or find the one of the same key.

        Its slot awaits it from then on, and the clock comes back to it.
        """
        ...

    def change(self, *cases: Case, slot: Slot | None = None) -> None:
        """Write the next versions of cases, and of a slot, all or nothing; raises StaleError."""
        ...

    def logged(self, case: Case, message: MessageRef | None) -> bool:
        """Note that a version stands in the log; say whether it is still the latest."""
        ...

    def slot(self, guild_id: GuildId, kind: SlotKind, user_id: UserId) -> Slot:
        """Read a slot as it is now; an empty one where there was never any."""
        ...

    def in_force(self, guild_id: GuildId, kind: SlotKind) -> Sequence[Slot]:
        """Read slots with something in force, some hundreds at most."""
        ...

    def of_member(
        self, guild_id: GuildId, user_id: UserId, before: int | None = None
    ) -> Sequence[Case]:
        """Read a member's cases with smaller numbers, newest first, at most 500."""
        ...

    def latest(self, guild_id: GuildId, before: int | None, limit: int) -> Sequence[Case]:
        """Read a guild's cases with smaller numbers, newest first."""
        ...

    def add_points(self, case: Case) -> Points:
        """Count a warning's points, once; again returns what was so the first time."""
        ...

    def take_points(self, case: Case) -> None:
        """Count a warning's points no more; again, or for one never counted, changes nothing."""
        ...

    def count_report(self, guild_id: GuildId, user_id: UserId, now: datetime) -> int:
        """Count a report of a member's; return how many they sent within the clock hour."""
        ...
