"""What the hourly check asks of the world. Methods may raise errors of AWS."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.contracts.effect import Effect
from usher.contracts.observation import Observation
from usher.ids import ChannelId, GuildId, UserId
from usher.integrity.model import Known, Progress
from usher.integrity.row_diff import Item


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """A guild's head."""

    version: int
    is_burst: bool
    """Some of the rows of the next version are written already."""
    since: datetime | None
    name: str


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A member's latest membership, as the table has it."""

    user_id: UserId
    joined_at: datetime
    left_at: datetime | None


class MovedError(Exception):
    """A guild never stood still for the moment that reading a few rows takes."""


class Table(Protocol):
    """The guilds' rows. Reads are consistent."""

    def head(self, guild_id: GuildId) -> HeadSeen | None:
        """Read a guild's head; None where there is none."""
        ...

    def marks(self, event_ids: Collection[str]) -> frozenset[str]:
        """Say which events have been booked, of those of the last 30 days."""
        ...

    def rows(self, guild_id: GuildId) -> Iterator[Item]:
        """Read all rows that the ledger tells of, in order of their sort keys."""
        ...

    def named(self, guild_id: GuildId, sort_keys: Collection[str]) -> list[Item]:
        """Read rows by their sort keys."""
        ...

    def members(self, guild_id: GuildId, users: Collection[UserId]) -> list[MemberSeen]:
        """Read the latest memberships of users."""
        ...

    def members_after(self, guild_id: GuildId, after: str, limit: int) -> list[MemberSeen]:
        """Read the members whose rows come next in the order of sort keys."""
        ...

    def board(self, guild_id: GuildId) -> dict[str, int]:
        """Read the scores of the board of all time by sort key, as the index has them."""
        ...

    def sanctions(self, guild_id: GuildId) -> Mapping[str, list[UserId]]:
        """Name whom bans and mutes are in force for, by `ban` and `mute`."""
        ...

    def orphans(self, guild_id: GuildId) -> list[tuple[str, str]]:
        """Name the referral links whose campaign is gone, each with the campaign."""
        ...

    def overdue(self, until: datetime) -> dict[GuildId, list[tuple[str, datetime]]]:
        """Name the rows, of all guilds, whose time had come by then."""
        ...

    def admin_channel(self, guild_id: GuildId) -> ChannelId | None:
        """Say where the guild's admins are told of what is wrong."""
        ...


class Notes(Protocol):
    """Where the check keeps what it knows."""

    def progress(self, guilds: Iterable[GuildId]) -> dict[GuildId, Progress]:
        """Read how far guilds are; who was never checked is left out."""
        ...

    def advance(self, guild_id: GuildId, progress: Progress) -> None:
        """Note how far a guild is."""
        ...

    def known(self, guild_id: GuildId) -> list[Known]:
        """Read the differences that are not solved."""
        ...

    def keep(self, guild_id: GuildId, known: Sequence[Known]) -> None:
        """Write differences down."""
        ...


@dataclass(frozen=True, slots=True)
class Present:
    """A member, as Discord has them."""

    user_id: UserId
    joined_at: datetime | None
    """None where Discord does not say."""
    muted_until: datetime | None = None
    bot: bool = False


class HushError(Exception):
    """Discord asks to be left alone, or does not answer: the guild is asked no more for now."""


class Discord(Protocol):
    """Discord's side. Methods raise HushError."""

    def is_there(self, guild_id: GuildId) -> bool:
        """Say whether Usher is in a guild."""
        ...

    def members(self, guild_id: GuildId, after: UserId) -> list[Present] | None:
        """Read the thousand members after a user; None where Discord refuses."""
        ...

    def is_member(self, guild_id: GuildId, user_id: UserId) -> bool:
        """Say whether a user is a member."""
        ...

    def is_banned(self, guild_id: GuildId, user_id: UserId) -> bool | None:
        """Say whether a user is banned; None where Discord refuses to say."""
        ...


class Events(Protocol):
    """Takes observations for the event worker."""

    def send(self, observation: Observation) -> None:
        """Hand an observation over."""
        ...


class Effects(Protocol):
    """Takes effects for the effects function."""

    def send(self, effects: Sequence[Effect]) -> None:
        """Hand effects over."""
        ...
