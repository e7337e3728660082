"""Greetings in memory: the table's side and Discord's."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.builders import GUILD, at
from tests.fakes.fuse import Fuse, fused
from tests.fakes.staff import FakeStaff
from usher.attribution.outcomes import Confidence, Kind
from usher.attribution.queries import MemberOrigin, OutcomeName
from usher.contracts.effect import Greet, decode_effect, encode_effect
from usher.credit.queries import Tally
from usher.greeting.drafts import Drafts
from usher.greeting.model import Face, Place
from usher.greeting.service import Greetings
from usher.greeting.settings import Greeting, Occasion, read_greeting
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.platform.discord_rest import RefusedError
from usher.slash.replies import Json
from usher.times import format_time

CHANNEL = ChannelId("5")
IDA, NEW = UserId("900"), UserId("175928847299117063")


def origin(
    inviter: str | None = "900",
    outcome: OutcomeName = OutcomeName.ATTRIBUTED,
    kind: Kind = Kind.INVITE,
    code: str | None = "abc",
) -> MemberOrigin:
    """How the newcomer came."""
    return MemberOrigin(
        user_id=NEW,
        joined_at=at(10),
        left_at=None,
        outcome=outcome,
        kind=kind,
        code=InviteCode(code) if code else None,
        inviter_id=UserId(inviter) if inviter else None,
        confidence=Confidence.EXACT,
    )


@dataclass
class FakeGreetingRecords:
    """Implements Records on settings as the event worker writes them."""

    staff: FakeStaff = field(default_factory=FakeStaff)
    configured: dict[Occasion, Greeting] = field(default_factory=dict)
    origins: dict[UserId, MemberOrigin] = field(default_factory=dict)
    tallies: dict[UserId, Tally] = field(default_factory=dict)

    def greeting(self, guild_id: GuildId, occasion: Occasion) -> Greeting:
        if occasion in self.configured:
            return self.configured[occasion]
        prefix = f"{occasion.value}#"
        values = {
            name.removeprefix(prefix): held[0]
            for (guild, name), held in self.staff.settings.items()
            if guild == guild_id and name.startswith(prefix)
        }
        return read_greeting(occasion, values)

    def origin(self, guild_id: GuildId, user_id: UserId) -> MemberOrigin | None:
        del guild_id
        return self.origins.get(user_id)

    def tally(self, guild_id: GuildId, user_id: UserId) -> Tally:
        del guild_id
        return self.tallies.get(user_id, Tally())


@dataclass
class FakePeople:
    """Implements People."""

    members: dict[UserId, Face] = field(default_factory=dict)
    others: dict[UserId, Face] = field(default_factory=dict)
    here: Place = field(default_factory=lambda: Place("A *guild*", 42))

    def member(self, guild_id: GuildId, user_id: UserId) -> Face | None:
        del guild_id
        return self.members.get(user_id)

    def user(self, user_id: UserId) -> Face | None:
        return self.members.get(user_id) or self.others.get(user_id)

    def place(self, guild_id: GuildId) -> Place:
        del guild_id
        return self.here


@dataclass
class FakePost:
    """Implements Post as Discord does: a nonce posts once."""

    posted: dict[str, tuple[str, Json]] = field(default_factory=dict)
    """Where each message went and what it said, by its id."""
    closed: bool = False
    refusing: bool = False

    def send(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> None:
        del guild_id
        if self.refusing:
            raise RefusedError(403, 50013)
        self.posted.setdefault(message_id, (channel_id, body))

    def send_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        if not self.closed:
            self.posted.setdefault(message_id, (f"@{user_id}", body))
        return not self.closed


@dataclass
class FakeMarks:
    """Implements Marks."""

    places: dict[str, int] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    counted: dict[tuple[GuildId, Occasion, int], int] = field(default_factory=dict)

    def place(self, guild_id: GuildId, occasion: Occasion, id_: str, now: datetime) -> int | None:
        if id_ in self.settled:
            return None
        if id_ not in self.places:
            minute = guild_id, occasion, int(now.timestamp()) // 60
            self.counted[minute] = self.counted.get(minute, 0) + 1
            self.places[id_] = self.counted[minute]
        return self.places[id_]

    def settle(self, id_: str, what: str, now: datetime) -> None:
        del now
        self.settled[id_] = what


@dataclass
class Stage:
    """Everything around the effects door's greetings."""

    records: FakeGreetingRecords = field(default_factory=FakeGreetingRecords)
    people: FakePeople = field(default_factory=FakePeople)
    post: FakePost = field(default_factory=FakePost)
    marks: FakeMarks = field(default_factory=FakeMarks)
    now: datetime = field(default_factory=lambda: at(20))
    fuse: Fuse = field(default_factory=Fuse)

    def set(self, occasion: Occasion = Occasion.WELCOME, **changes: object) -> None:
        """Let the guild greet in its channel, but for what is changed."""
        wanted: dict[str, object] = {"on": True, "channel_id": CHANNEL, **changes}
        self.records.configured[occasion] = Greeting(occasion, **wanted)  # type: ignore[arg-type]

    def greet(self, order: Greet) -> None:
        """Do an order as it comes out of the queue, every call of an adapter a step of the fuse."""
        effect = decode_effect(encode_effect(order))
        assert isinstance(effect, Greet)
        drafts = Drafts(self._fused(self.records), self._fused(self.people))
        marks, post = self._fused(self.marks), self._fused(self.post)
        Greetings(drafts, marks, post, lambda: self.now).greet(effect)

    def _fused[T](self, adapter: T) -> T:
        return fused(adapter, lambda: self.fuse)

    def said(self) -> list[str]:
        """What was posted, in order."""
        return [str(body.get("content", "")) for _, body in self.post.posted.values()]


def order(
    user: str = NEW,
    occasion: Occasion = Occasion.WELCOME,
    id_: str = "g1",
    members: int | None = 42,
) -> Greet:
    left = format_time(at(3610)) if occasion is Occasion.FAREWELL else None
    return Greet(
        id_, GUILD, UserId(user), occasion.value, "A *guild*", format_time(at(10)), left, members
    )
