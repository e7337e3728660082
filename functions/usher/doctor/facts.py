"""What the doctor knows of a guild before it judges. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from usher.attribution.accuracy import Accuracy
from usher.attribution.model import Head
from usher.channels.model import Channel
from usher.ids import ChannelId, InviteCode
from usher.rewards.hierarchy import Hall
from usher.rewards.problems import Problem


@dataclass(frozen=True, slots=True)
class Server:
    """A guild as Discord has it."""

    hall: Hall
    channels: Mapping[ChannelId, Channel]
    """Those that Usher is set to use among them, threads too; who is not here is gone."""
    features: frozenset[str] = frozenset()
    paused_until: datetime | None = None
    """Until when nobody gets in by an invite."""
    hidden: frozenset[ChannelId] = frozenset()
    """Channels that are there, though Discord does not show them to Usher."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One of Discord's own rules tells moderators in a channel."""

    rule: str
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class Application:
    """The bot's application."""

    flags: int = 0
    """Discord docs: Application Flags."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a guild has set, by group and key; those at their default are left out."""

    guild: Mapping[str, str] = field(default_factory=dict)
    welcome: Mapping[str, str] = field(default_factory=dict)
    farewell: Mapping[str, str] = field(default_factory=dict)
    mod: Mapping[str, str] = field(default_factory=dict)
    automod: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, str] = field(default_factory=dict)
    fake: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept of a shard's session with the gateway."""

    shard: int
    shards: int
    owner: str | None = None
    """Which process has it; None where none ever had."""
    held_until: datetime | None = None
    heard_until: datetime | None = None
    """Until when everything that happened has been heard."""
    intents: int = 0


@dataclass(frozen=True, slots=True)
class Codes:
    """The invites that Usher knows."""

    active: int = 0
    ended: int = 0
    newest: InviteCode | None = None
    newest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Whether Discord's own record of joins may be asked."""

    closed_until: datetime | None = None
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Overdue:
    """What should have ended by now: bans, mutes, slowmodes, locks."""

    kind: str
    what: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """When Discord, table and ledger were compared last, and with which result."""

    at: datetime
    repairs: int = 0
    lasting: int = 0
    """Differences that were reported and last."""
    asked_at: datetime | None = None
    """When Discord was compared last; None for not yet."""


@dataclass(frozen=True, slots=True)
class Books:
    """A guild as the table has it."""

    head: Head | None = None
    codes: Codes = Codes()
    accuracy: Accuracy = field(default_factory=Accuracy)
    """Of the last seven days."""
    problems: tuple[Problem, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    terms: frozenset[str] = frozenset()
    """Kinds of what holds for a time at present."""
    checked: Checked | None = None
    """None for not yet."""
    failing_hooks: int = 0
    """Webhooks to which nothing more is sent, or that fail."""
