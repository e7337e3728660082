"""What the attribution service asks of the world, and what may go wrong there."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from usher.attribution.model import CodeState, Decision, Head, Membership, Stored
from usher.attribution.noticing import LEAD, Notice
from usher.attribution.plan import Part
from usher.contracts.confirmation import ConfirmationRequest
from usher.contracts.effect import Effect
from usher.contracts.hook_event import HookEvent
from usher.contracts.observation import Observation
from usher.credit.fake import Rules
from usher.credit.rules import MemberRecord, Members
from usher.greeting.rules import Ended
from usher.greeting.settings import Occasion
from usher.hooks.line_facts import Telling
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.ledger.lines import Line
from usher.ledger.names import Names
from usher.policy.rules import Policy
from usher.rewards.owed import NOTHING, Owed

type Attribute = Callable[[Stored, Observation], Decision]
"""The pure decision, `rules.attribute`."""

type NeedsClosed = Callable[[Stored, Observation], bool]
"""`rules.needs_closed_groups`."""


class PoisonError(Exception):
    """A message can never be processed, however often it is repeated; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StaleHeadError(Exception):
    """The guild's state moved on since it was read: decide again."""


class AppliedError(Exception):
    """Events of the transaction were applied before; `event_ids` names them. It wrote nothing."""

    def __init__(self, event_ids: frozenset[str]) -> None:
        super().__init__(f"{len(event_ids)} events applied before")
        self.event_ids = event_ids


class ContestedError(Exception):
    """Other workers kept changing the guild; the message may succeed later."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is stored of a guild, as far as an observation touches it."""

    stored: Stored
    """Without closed groups."""
    done: bool = False
    """This observation was applied before, whole."""
    own: Mapping[Membership, datetime] | None = None
    """Joins of the observation that it recorded itself, and the timestamps of their lines."""
    notices: tuple[Notice, ...] = ()
    """What it gave to tell of codes, where it was applied before."""
    guild_name: str = ""
    """As last told."""
    owed: Owed = NOTHING
    """Whose standing is to be looked at, where it was applied before."""
    ended: tuple[Ended, ...] = ()
    """Who went, where it was applied before."""
    told: tuple[Telling, ...] = ()
    """Of which lines webhooks tell, where it was applied before."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one observation changes in the table."""

    guild_id: GuildId
    guild_name: str
    observation_id: str
    head: Head
    """The new head; it replaces the one of the version before."""
    codes_before: Mapping[InviteCode, CodeState]
    """States of changed codes that were stored before."""
    members_before: Mapping[UserId, MemberRecord]
    parts: tuple[Part, ...]
    """One transaction each; only the last advances the head."""
    notices: tuple[Notice, ...] = ()
    """What is to be told of codes once it is written."""
    lead: timedelta | None = None
    """How long before its end a code is told of; None where nobody is to be told."""
    owed: Owed = NOTHING
    """Whose standing is to be looked at once it is written."""
    ended: tuple[Ended, ...] = ()
    """Who went."""
    told: tuple[Telling, ...] = ()
    """Of which lines webhooks tell once it is written."""
    pending: frozenset[str] = frozenset()
    """Joins, by event id, of members who have to pass the screening first."""


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """Settings that the event worker heeds."""

    join_log_channel_id: ChannelId | None = None
    members_search: bool = True
    """Discord's own record may be asked (`auto`; `off` in the row)."""
    notice_channel_id: ChannelId | None = None
    """Where notices about invites go; None for nowhere."""
    notice_lead: timedelta = LEAD
    """How long before its end a code is told of."""
    policy: Policy = field(default_factory=Policy)
    """What is asked of members' invites."""
    standings: bool = False
    """Ranks or milestones are on: members are looked at when their invites change."""
    referrals: bool = False
    """There are referral links: who joins may be counted for one."""
    webhooks: bool = False
    """There are webhooks: what is recorded is told to them."""
    mutes: bool = False
    """There are mutes that Discord does not know the end of: who comes back is looked at."""
    automod: bool = False
    """Something is done about whoever Discord's own rules have caught."""
    raids: bool = False
    """Joins are watched for raids."""


class Guilds(Protocol):
    """The stored state of guilds. Reads are consistent. Methods may raise AWS errors."""

    def load(self, observation: Observation) -> Loaded:
        """Read what an observation touches; raises StaleHeadError, StateError."""
        ...

    def reopen(self, stored: Stored, observation: Observation) -> Stored:
        """Add the groups closed lately, and the codes of their uses."""
        ...

    def members(self, guild_id: GuildId, users: Collection[UserId], observation_id: str) -> Members:
        """Read member records; who has none is left out."""
        ...

    def added(self, guild_id: GuildId, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Read how many invites admins have added to members in all."""
        ...

    def applied(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Say which events were applied already."""
        ...

    def commit(self, change: Change) -> float:
        """Write a change; return the write units it took.

        Raises StaleHeadError, AppliedError, PoisonError when the change can never be stored.
        """
        ...

    def mark_gap(self, guild_id: GuildId, message_id: str) -> bool:
        """Note that a message of the guild went unseen, once; False for a guild never seen."""
        ...

    def settings(self, guild_id: GuildId) -> GuildSettings:
        """Read the guild's settings."""
        ...

    def rules(self, guild_id: GuildId) -> Rules:
        """Read by which rules memberships are fake."""
        ...

    def greets(self, guild_id: GuildId) -> frozenset[Occasion]:
        """Read what the guild greets."""
        ...

    def screened(
        self, guild_id: GuildId, memberships: Collection[Membership]
    ) -> frozenset[Membership]:
        """Pick the memberships that began with the screening still before them."""
        ...


class Ledger(Protocol):
    """The ledger as the service writes it. Methods may raise AWS errors."""

    def record(self, lines: Sequence[Line], names: Sequence[Names]) -> tuple[Line, ...]:
        """Write lines and names; return the lines that stand, in the same order."""
        ...

    def read(
        self, guild_id: GuildId, event_ids: Sequence[tuple[str, datetime]]
    ) -> tuple[Line, ...]:
        """Read lines by event id and timestamp."""
        ...


class Effects(Protocol):
    """Takes effects to be done in Discord, each at least once."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, to be done after `delay` seconds; raises when not all were taken."""
        ...


class Hooks(Protocol):
    """Takes events that webhooks tell of, each at least once."""

    def send(self, events: Sequence[HookEvent]) -> None:
        """Hand events over; raises when not all were taken."""
        ...


class Confirmations(Protocol):
    """Takes requests to ask Discord how members joined, each at least once."""

    def send(self, requests: Sequence[tuple[ConfirmationRequest, int]]) -> None:
        """Hand over requests with their delays in seconds; raises when not all were taken."""
        ...
