"""What onboardings are kept in, told to, and sent through."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from usher.contracts.effect import Effect
from usher.frozen import frozen
from usher.funnel.ports import Arrival
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.onboarding.model import Answers, Draft, Record, Session, Stay
from usher.referrals.model import CampaignId, LinkCode, Question
from usher.rewards.problems import Problem
from usher.slash.replies import Json


class Sessions(Protocol):
    """How far members are. Reads are consistent. Methods may raise an error of the store."""

    def find(self, stay: Stay) -> Session | None:
        """Read the session of a membership."""
        ...

    def latest(self, guild_id: GuildId, user_id: UserId) -> Session | None:
        """Read the session of a member's latest membership that has one."""
        ...

    def open(self, session: Session) -> Session:
        """Write a session unless its membership has one; return what stands."""
        ...

    def follow(self, stay: Stay, campaign_id: CampaignId, link: LinkCode | None) -> None:
        """Note by which link the member came after all."""
        ...

    def offered(self, stay: Stay, where: str, at: datetime) -> None:
        """Note where the button was sent; the first time stands."""
        ...

    def started(self, stay: Stay, at: datetime) -> None:
        """Note that the button was pressed; the first time stands."""
        ...

    def completed(self, stay: Stay, fields: int, at: datetime) -> None:
        """Note that all is answered; the first time stands."""
        ...

    def settled(
        self, stay: Stay, given: Collection[RoleId], owed: Collection[RoleId], at: datetime
    ) -> None:
        """Note that what follows was done."""
        ...

    def every(self, guild_id: GuildId) -> Iterable[Session]:
        """Read all sessions of a guild."""
        ...


class Drafts(Protocol):
    """Answers of onboardings that are under way. Methods may raise an error of the store."""

    def draft(self, stay: Stay) -> Draft:
        """Read what was answered so far, consistently."""
        ...

    def keep(self, stay: Stay, answers: Answers, before: Draft, until: datetime) -> None:
        """Write answers over a draft as it was read; raises StaleError."""
        ...

    def drop(self, stay: Stay) -> None:
        """Forget the answers of a membership."""
        ...

    def forget(self, guild_id: GuildId, user_id: UserId) -> None:
        """Forget all that a member has answered."""
        ...


class AnswerShelf(Protocol):
    """Answers for good, beside people's names. Methods may raise errors of the bucket."""

    def keep(self, record: Record) -> None:
        """Keep what a member has answered, unless they were erased; the first time stands."""
        ...

    def records(self, guild_id: GuildId, user_id: UserId) -> tuple[Record, ...]:
        """Read what a member has answered, newest first, without what was erased."""
        ...

    def export(self, questions: Sequence[Question], sessions: Sequence[Session]) -> bytes:
        """Write what was answered as a CSV file: a membership a row, a question a column."""
        ...


class Arrivals(Protocol):
    """By which link members came. May raise an error of the store."""

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        """Read a member's latest membership, and by which link it came; None for nobody known."""
        ...


class Recorder(Protocol):
    """The funnel: each step once a membership, however often told (SPEC 5.8)."""

    def started(self, stay: Stay, at: datetime, claimed: LinkCode | None) -> None:
        """Record that the onboarding was begun; may raise an error of the store."""
        ...

    def converted(
        self,
        stay: Stay,
        at: datetime,
        value: Decimal,
        metadata: Mapping[str, str | int],
        claimed: LinkCode | None,
    ) -> bool:
        """Record that the member became what the campaign is for; may raise the same.

        False where their join is not on record yet: it is to be told again once it is.
        """
        ...

    def qualified(self, session: Session, at: datetime) -> None:
        """Tell those who have asked to hear of it; may raise an error of the queue."""
        ...


class Orders(Protocol):
    """The effects queue."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, to be done after `delay` seconds; raises an error of the queue."""
        ...


@frozen
class Room:
    """A channel in which text is written, as far as a newcomer and Usher are concerned."""

    channel_id: ChannelId
    name: str
    position: int
    writable: bool
    """Usher sees it and may send messages there."""
    visible: bool
    """The newcomer sees it."""


@frozen
class Lobby:
    """A guild's name and its channels."""

    name: str
    system_channel_id: ChannelId | None
    rooms: tuple[Room, ...]


class Door(Protocol):
    """Where newcomers are met. Methods may raise DiscordError."""

    def lobby(self, guild_id: GuildId, newcomer: Collection[RoleId]) -> Lobby:
        """Read the channels, as a newcomer with these roles sees them."""
        ...

    def say(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> bool:
        """Post a message, once for an id within minutes; False where Discord refuses."""
        ...

    def say_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        """Send it to a user alone; False where that cannot be done."""
        ...


class Problems(Protocol):
    """What keeps things from working: told once in the admin channel. May raise DiscordError."""

    def note(self, guild_id: GuildId, problem: Problem) -> None:
        """Tell of a problem, unless it is known."""
        ...

    def still(self, guild_id: GuildId, problem: Problem) -> None:
        """Keep a problem that was looked at and lasts."""
        ...

    def over(self, guild_id: GuildId, problem: Problem) -> None:
        """Forget a problem that is mended, and say so where it was told."""
        ...


class Outcomes(Protocol):
    """What became of what programs asked for, for a day. May raise an error of the store."""

    def keep(self, guild_id: GuildId, asked: str, outcome: str, where: str, at: datetime) -> None:
        """Keep what became of it; `where` is a channel's id, or empty."""
        ...

    def find(self, guild_id: GuildId, asked: str) -> tuple[str, str] | None:
        """Read what became of it, and where; None for not yet."""
        ...
