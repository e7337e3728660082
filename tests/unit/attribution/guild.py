"""A guild to tell a story with: each call is something that Discord showed the listener."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from usher.attribution.facts import Fact, JoinRecorded, JoinRevised, PoolCredited
from usher.attribution.memory import GuildInMemory
from usher.attribution.outcomes import Outcome
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import (
    AuditEntry,
    GatewayEvent,
    ImportEnded,
    InviteCreated,
    InviteDeleted,
    InviteLook,
    InviteRow,
    InviteTargeted,
    MemberAdded,
    MemberFound,
    MemberJoined,
    MemberLeft,
    MemberSearched,
    Observation,
    Person,
    VanityLook,
)
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.invites.notes import CodeNote, note_setting, write_note

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def invite(
    code: str,
    uses: int | None,
    *,
    by: str = "",
    max_uses: int = 0,
    created: float = -3600,
    expires: float | None = None,
) -> InviteRow:
    return InviteRow(
        code=InviteCode(code),
        inviter_id=UserId(by or f"inviter-of-{code}"),
        channel_id=ChannelId("1"),
        uses=uses,
        max_uses=max_uses,
        max_age=0,
        temporary=False,
        created_at=at(created),
        expires_at=None if expires is None else at(expires),
    )


@dataclass
class Guild:
    """Feeds the rules and remembers every fact."""

    state: GuildInMemory = field(default_factory=GuildInMemory)
    facts: list[Fact] = field(default_factory=list)
    _events: list[GatewayEvent] = field(default_factory=list)
    _sent: int = 0

    def joined(
        self, user: str, when: float, *, heard: float | None = None, bot: bool = False
    ) -> None:
        person = Person(UserId(user), user, user, bot=bot)
        arrival = when + 0.02 if heard is None else heard
        self._events.append(MemberJoined(person, at(when), at(arrival)))

    def left(self, user: str, when: float) -> None:
        self._events.append(MemberLeft(UserId(user), at(when)))

    def created(self, row: InviteRow, when: float) -> None:
        self._events.append(InviteCreated(row, at(when)))

    def deleted(self, code: str, when: float) -> None:
        self._events.append(InviteDeleted(InviteCode(code), at(when)))

    def revoked(self, code: str, when: float) -> None:
        entry = AuditEntry(42, UserId("moderator"), None, InviteCode(code), at(when))
        self._events.append(entry)

    def found(self, user: str, when: float, heard: float) -> None:
        person = Person(UserId(user), user, user)
        self._events.append(MemberFound(person, at(when), at(heard)))

    def searched(
        self,
        user: str,
        when: float,
        heard: float,
        code: str | None,
        *,
        source: int = 5,
        by: str | None = None,
    ) -> None:
        person = Person(UserId(user), user, user)
        found = None if code is None else InviteCode(code)
        inviter = None if by is None else UserId(by)
        self._events.append(MemberSearched(person, at(when), at(heard), source, found, inviter))

    def imported(
        self,
        user: str,
        when: float,
        code: str | None,
        *,
        inviter: str | None = None,
        source: int = 5,
        bot: bool = False,
    ) -> None:
        person = Person(UserId(user), user, user, bot=bot)
        found = None if code is None else InviteCode(code)
        by = None if inviter is None else UserId(inviter)
        event = MemberSearched(person, at(when), at(when), source, found, by, imported=True)
        self._events.append(event)

    def import_ended(self, when: float, *, by_counts: bool) -> None:
        self._events.append(ImportEnded(at(when), by_counts))

    def targeted(self, code: str, *users: str, when: float) -> None:
        self._events.append(InviteTargeted(InviteCode(code), tuple(map(UserId, users)), at(when)))

    def made_for(self, code: str, user: str, when: float) -> None:
        value = write_note(CodeNote(made_for=UserId(user)))
        setting = note_setting(InviteCode(code))
        deed = SettingChanged(f"made-{code}", setting, value, UserId("manager"), at(when))
        self._events.append(deed)

    def added(
        self,
        user: str,
        when: float,
        *,
        link: str | None = None,
        by: str | None = None,
        done: bool = True,
    ) -> None:
        owner = None if by is None else UserId(by)
        self._events.append(MemberAdded(UserId(user), at(when), owner, link, done))

    def audited(self, action: int, row: InviteRow, when: float) -> None:
        self._events.append(AuditEntry(action, UserId("m"), None, row.code, at(when), row))

    def shown(
        self, when: float, *rows: InviteRow, vanity: int | None = None, gap: bool = False
    ) -> list[Fact]:
        look = InviteLook(at(when), 200, rows=rows)
        counter = None
        if vanity is not None:
            counter = VanityLook(at(when), 200, InviteCode("our-guild"), vanity)
        return self._observe(when, look, counter, gap=gap)

    def refused(self, when: float, status: int = 403, *, gap: bool = False) -> list[Fact]:
        return self._observe(when, InviteLook(at(when), status), None, gap=gap)

    def refused_vanity(
        self, when: float, status: int, *rows: InviteRow, gap: bool = False
    ) -> list[Fact]:
        look = InviteLook(at(when), 200, rows=rows)
        return self._observe(when, look, VanityLook(at(when), status), gap=gap)

    def waited(self, when: float) -> list[Fact]:
        return self._observe(when, None, None)

    def _observe(
        self, when: float, look: InviteLook | None, vanity: VanityLook | None, *, gap: bool = False
    ) -> list[Fact]:
        self._sent += 1
        observation = Observation(
            id=f"look{self._sent}",
            guild_id=GuildId("9"),
            guild_name="Guild",
            at=at(when),
            events=tuple(self._events),
            look=look,
            vanity=vanity,
            gap=gap,
        )
        self._events = []
        facts = list(self.state.observe(observation))
        self.facts.extend(facts)
        return facts

    def word(self, user: str) -> Outcome:
        """The latest outcome said of a user's latest join."""
        said = [
            fact.outcome if isinstance(fact, JoinRecorded) else fact.after
            for fact in self.facts
            if (isinstance(fact, JoinRecorded) and fact.person.user_id == user)
            or (isinstance(fact, JoinRevised) and fact.user_id == user)
        ]
        assert said, f"nothing was said of {user}"
        return said[-1]

    def records(self, user: str) -> int:
        return sum(isinstance(f, JoinRecorded) and f.person.user_id == user for f in self.facts)

    def pooled(self, inviter: str) -> int:
        return sum(
            f.delta for f in self.facts if isinstance(f, PoolCredited) and f.inviter_id == inviter
        )
