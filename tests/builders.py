"""Valid values with one thing changed: `observe(joined("7"), look=look(row("abc", uses=3)))`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from usher.attribution.outcomes import (
    Ambiguous,
    Attributed,
    Confidence,
    Kind,
    Method,
    Outcome,
    Reason,
    Unattributed,
)
from usher.contracts.deeds import InvitesGranted, RecountAsked, SettingChanged, UpgradeAssigned
from usher.contracts.observation import (
    AuditEntry,
    GatewayEvent,
    InviteLook,
    InviteRow,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    MemberSearched,
    Observation,
    Person,
    VanityLook,
)
from usher.ids import VANITY, ChannelId, GuildId, InviteCode, UserId

GUILD = GuildId("613425648685547541")
START = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)

_ids = count(1)


def at(seconds: float) -> datetime:
    """A moment after the start of every test's story."""
    return START + timedelta(seconds=seconds)


def person(user_id: str, *, bot: bool = False, name: str | None = None) -> Person:
    username = name or f"user{user_id}"
    return Person(UserId(user_id), username, username.title(), bot=bot)


def joined(user_id: str, seconds: float = 10, *, bot: bool = False) -> MemberJoined:
    return MemberJoined(person(user_id, bot=bot), joined_at=at(seconds), at=at(seconds + 0.05))


def left(user_id: str, seconds: float = 20, *, audited: bool = False) -> MemberLeft:
    return MemberLeft(UserId(user_id), at(seconds), audited)


def banned(user_id: str, seconds: float = 20) -> MemberBanned:
    return MemberBanned(UserId(user_id), at(seconds))


def removal(action: int, user_id: str | None, seconds: float = 20, by: str = "500") -> AuditEntry:
    """An audit log entry of a kick (20) or ban (22), received a moment after it was made."""
    received, made = at(seconds + 0.2), at(seconds)
    return AuditEntry(action, UserId(by), user_id, None, received, None, made)


def pruned(count: int, seconds: float = 20, by: str = "500") -> AuditEntry:
    """The entry of a prune."""
    made = at(seconds)
    return AuditEntry(21, UserId(by), None, None, made, None, made, count)


def granted(user_id: str, invites: int | None, id_: str, seconds: float = 20) -> InvitesGranted:
    return InvitesGranted(id_, UserId(user_id), invites, UserId("990"), at(seconds))


def changed(name: str, value: str | None, id_: str, seconds: float = 20) -> SettingChanged:
    return SettingChanged(id_, name, value, UserId("990"), at(seconds))


def upgraded(user_id: str, staff_id: str, id_: str, seconds: float = 20) -> UpgradeAssigned:
    mapping = '{"ib_link":"https://broker.example/ref/ida","ib_code":"IDA1"}'
    who = UserId(user_id), UserId(staff_id)
    return UpgradeAssigned(id_, *who, mapping, UserId("990"), at(seconds))


def recount(*users: str, id_: str = "recount", seconds: float = 20) -> RecountAsked:
    return RecountAsked(id_, tuple(UserId(user) for user in users), UserId("990"), at(seconds))


def searched(user_id: str, joined_seconds: float, code: str, inviter: str) -> MemberSearched:
    """What Discord has on record of a join by an invite."""
    member = person(user_id)
    return MemberSearched(
        member, at(joined_seconds), at(joined_seconds + 30), 5, InviteCode(code), UserId(inviter)
    )


def row(
    code: str,
    uses: int | None = 0,
    inviter: str | None = "900",
    max_uses: int = 0,
    *,
    expires: float | None = None,
    created: float = -86400,
) -> InviteRow:
    return InviteRow(
        code=InviteCode(code),
        inviter_id=None if inviter is None else UserId(inviter),
        channel_id=ChannelId("41771983423143937"),
        uses=uses,
        max_uses=max_uses,
        max_age=0,
        temporary=False,
        created_at=at(created),
        expires_at=None if expires is None else at(expires),
    )


def look(*rows: InviteRow, seconds: float = 11, full: bool = True, status: int = 200) -> InviteLook:
    return InviteLook(at=at(seconds), status=status, full=full, rows=rows)


def vanity(code: str, uses: int, seconds: float = 11) -> VanityLook:
    return VanityLook(at=at(seconds), status=200, code=InviteCode(code), uses=uses)


def observe(
    *events: GatewayEvent,
    look: InviteLook | None = None,
    vanity: VanityLook | None = None,
    seconds: float = 12,
    id: str | None = None,  # noqa: A002 - the observation's own field
    guild: GuildId = GUILD,
    gap: bool = False,
    names: Sequence[tuple[str, str]] = (("900", "ida"),),
) -> Observation:
    return Observation(
        id=id or f"obs-{next(_ids)}",
        guild_id=guild,
        guild_name="A guild",
        at=at(seconds),
        events=events,
        look=look,
        vanity=vanity,
        gap=gap,
        names=tuple((UserId(user_id), name) for user_id, name in names),
    )


def by(inviter: str | None = "900", code: str = "abc", before: int = 0) -> Attributed:
    """The outcome of a join by an invite."""
    return Attributed(
        kind=Kind.INVITE,
        code=InviteCode(code),
        inviter_id=None if inviter is None else UserId(inviter),
        confidence=Confidence.EXACT,
        method=Method.USE_COUNT,
        candidates=(InviteCode(code),),
        uses_before=before,
        uses_after=before + 1,
    )


def by_vanity(code: str = "cool") -> Attributed:
    """The outcome of a join by the vanity code."""
    return Attributed(
        kind=Kind.VANITY,
        code=InviteCode(code),
        inviter_id=VANITY,
        confidence=Confidence.EXACT,
        method=Method.VANITY_COUNT,
        candidates=(InviteCode(code),),
    )


def open_between(*codes: str) -> Outcome:
    """The outcome of a join that several codes explain."""
    return Ambiguous(tuple(InviteCode(code) for code in codes), Reason.SEVERAL_POSSIBLE)


def unknown(reason: Reason = Reason.NO_USE_SEEN) -> Outcome:
    """The outcome of a join that nothing explains."""
    return Unattributed(reason)
