"""What the gateway listener saw of one guild: absolute facts, never an opinion.

An Observation holds gateway events in the order in which they arrived and, where the listener
looked, what Discord answered for the guild's invites and its vanity code. The event worker
compares it with what is stored and decides.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.contracts.audit_acts import AuditAct
from usher.contracts.automod import AutomodActed
from usher.contracts.deeds import Deed, RecountAsked
from usher.contracts.mending import LinesUnbooked, MemberMissing
from usher.ids import ChannelId, GuildId, InviteCode, RoleId, UserId

OBSERVATION_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Person:
    """A user's public names and marks at the time of an event, as Discord gave them."""

    user_id: UserId
    username: str
    display_name: str
    """Nickname in the guild, else global name, else username."""
    discriminator: str = "0"
    bot: bool = False
    has_avatar: bool = False


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """GUILD_MEMBER_ADD. May repeat, and may come for somebody already there (Discord docs)."""

    person: Person
    joined_at: datetime
    """Discord's own time of the join; with guild and user it identifies the membership."""
    at: datetime
    """When the listener received the event."""
    pending: bool = False
    flags: int = 0
    roles: tuple[RoleId, ...] = ()
    """Roles held from the beginning: an invite may grant some."""


@dataclass(frozen=True, slots=True)
class MemberUpdated:
    """GUILD_MEMBER_UPDATE of somebody who joined within a week, where it says something new.

    It tells who passed the screening and which roles are held; a fake rule may ask for one of them.
    """

    user_id: UserId
    joined_at: datetime
    pending: bool
    """Has not passed the guild's membership screening yet."""
    roles: tuple[RoleId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """GUILD_MEMBER_REMOVE: a leave, a kick or a ban; Discord does not say which."""

    user_id: UserId
    at: datetime
    audited: bool = False
    """The listener is told of the guild's audit log: it would hear of a kick or a ban."""
    until: datetime | None = None
    """Where a session's replay told of it: by when it had happened. `at` is then the earliest."""
    began_by: datetime | None = None
    """The latest time at which the membership that it ended can have begun."""


@dataclass(frozen=True, slots=True)
class MemberBanned:
    """GUILD_BAN_ADD."""

    user_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberUnbanned:
    """GUILD_BAN_REMOVE."""

    user_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class InviteRow:
    """One invite as Discord lists it."""

    code: InviteCode
    inviter_id: UserId | None
    channel_id: ChannelId | None
    uses: int | None
    """None where Discord hid the count: unknown, never zero."""
    max_uses: int
    """0 for no limit."""
    max_age: int
    """Seconds; 0 for no end."""
    temporary: bool
    created_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class InviteCreated:
    """INVITE_CREATE; `invite.uses` is always 0 there."""

    invite: InviteRow
    at: datetime


@dataclass(frozen=True, slots=True)
class InviteDeleted:
    """INVITE_DELETE: revoked by a person, or consumed by its last use. Expiry sends nothing."""

    code: InviteCode
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """GUILD_AUDIT_LOG_ENTRY_CREATE, cut to what attribution may use."""

    action: int
    """Discord's audit log event number, for example 42 for an invite deleted by a person."""
    user_id: UserId | None
    target_id: str | None
    code: InviteCode | None
    """The invite's code for actions 40 to 42."""
    at: datetime
    """When it was received; for an entry read from the log later, when it was made."""
    invite: "InviteRow | None" = None
    """The invite as the entry tells it, for actions 40 and 42: as made, or as it ended."""
    made_at: datetime | None = None
    """When it was made, by Discord's clock, for actions 20 to 22: kick, prune, ban."""
    removed: int | None = None
    """How many members a prune removed (action 21); it names none of them."""
    act: AuditAct | None = None
    """What moderation may use, of kicks, bans, timeouts and their ends."""


@dataclass(frozen=True, slots=True)
class InviteTargeted:
    """Usher made an invite that only these users can use."""

    code: InviteCode
    users: tuple[UserId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberAdded:
    """Usher adds a user to the guild itself, with their leave (`guilds.join`)."""

    user_id: UserId
    at: datetime
    """When Discord was asked to."""
    inviter_id: UserId | None = None
    """Whose link they came by."""
    link: str | None = None
    """The code of that link."""
    done: bool = True
    """Discord answered that it did. False: it is being asked, and its answer may be lost."""


@dataclass(frozen=True, slots=True)
class MemberFound:
    """A member in the guild's list, read after an absence."""

    person: Person
    joined_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberSearched:
    """What Discord's own record says of a member's join (POST members-search, undocumented)."""

    person: Person
    joined_at: datetime
    at: datetime
    source: int
    """`join_source_type`: 1 API, 2 integration, 3 discovery, 4 hub, 5 invite, 6 vanity, …"""
    code: InviteCode | None
    inviter_id: UserId | None
    imported: bool = False
    """Told by an import: a join that was never seen is to be recorded."""


@dataclass(frozen=True, slots=True)
class ImportEnded:
    """An import of the guild came to its end: by names, or by counts where Discord gave none."""

    at: datetime
    by_counts: bool
    """True: present use counts are to stand for members whom nobody names. False: Discord's record
    of every present member was told, so that counts stand for nobody any more."""


@dataclass(frozen=True, slots=True)
class CodesDue:
    """The clock: a time noted for these codes has come. Discord tells of no expiry."""

    codes: tuple[InviteCode, ...]
    at: datetime


type GatewayEvent = (
    MemberJoined
    | MemberUpdated
    | MemberLeft
    | MemberBanned
    | MemberUnbanned
    | InviteCreated
    | InviteDeleted
    | AuditEntry
    | InviteTargeted
    | MemberAdded
    | MemberFound
    | MemberSearched
    | Deed
    | RecountAsked
    | ImportEnded
    | CodesDue
    | AutomodActed
    | LinesUnbooked
    | MemberMissing
)


@dataclass(frozen=True, slots=True)
class InviteLook:
    """One answer to GET /guilds/{id}/invites."""

    at: datetime
    """When the answer was complete: no later use can be in it."""
    status: int
    """HTTP status; 200, or the refusal. 0 when no answer came."""
    full: bool = True
    """True: `rows` is the whole list. False: only rows changed since this listener's last look."""
    rows: tuple[InviteRow, ...] = ()
    gone: tuple[InviteCode, ...] = ()
    """Partial looks: codes of this listener's last look that are not listed any more."""

    @property
    def ok(self) -> bool:
        """Whether this is an observation at all; a failed look is none."""
        return self.status == 200


@dataclass(frozen=True, slots=True)
class VanityLook:
    """One answer to GET /guilds/{id}/vanity-url."""

    at: datetime
    status: int
    code: InviteCode | None = None
    """None when the guild has no vanity code."""
    uses: int | None = None

    @property
    def ok(self) -> bool:
        """Whether this is an observation at all."""
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Observation:
    """Events of one guild since the listener's last message, and a look if one was made."""

    id: str
    """Unique a message; also the SQS deduplication id."""
    guild_id: GuildId
    guild_name: str
    at: datetime
    """When the listener sealed it."""
    events: tuple[GatewayEvent, ...] = ()
    look: InviteLook | None = None
    vanity: VanityLook | None = None
    gap: bool = False
    """The listener was away just before: what happened in between was not seen."""
    names: tuple[tuple[UserId, str], ...] = ()
    """Usernames of the inviters in `look.rows` and of invite creators."""
    member_count: int | None = None
    """The guild's members after the events; None where Discord has not told of them yet."""
