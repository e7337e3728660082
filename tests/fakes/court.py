"""A guild whose moderators are at work: everything of moderation on fakes, with a clock."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.builders import GUILD, START
from tests.fakes.effects import FakeEffects
from tests.fakes.fuse import Fuse, fused
from tests.fakes.moderation import FakeCases, FakeDesk, FakeFiles
from usher.contracts.case_effects import CheckMute, LogCase, NoteByHand, PostCard
from usher.contracts.effect import EndDue
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.moderation.by_hand import ByHand
from usher.moderation.ending import SlotEndings
from usher.moderation.guard import Action, Actor
from usher.moderation.model import Case, Slot, SlotKind
from usher.moderation.order import Order
from usher.moderation.ports import CaseBook, Discord, Files, Found, Orders, Post
from usher.moderation.service import Sanctions
from usher.moderation.settings import ModSettings
from usher.moderation.settling import Settling
from usher.rewards.hierarchy import Hall, Role
from usher.slash.permissions import Permission
from usher.times import format_time
from usher.timing.terms import end_due

OWNER, USHER, MOD, MEMBER = (UserId(one) for one in ("1", "2", "3", "5"))
HIGH, MODS, LOW = RoleId("100"), RoleId("101"), RoleId("102")
LOG = ChannelId("900")
EVERYTHING = int(Permission.BAN_MEMBERS | Permission.KICK_MEMBERS | Permission.MODERATE_MEMBERS)
HALL = Hall(
    GUILD,
    "Home",
    OWNER,
    {
        RoleId(GUILD): Role(RoleId(GUILD), "@everyone", 0, 0),
        HIGH: Role(HIGH, "Usher", 9, int(Permission.ADMINISTRATOR)),
        MODS: Role(MODS, "Mods", 5, EVERYTHING),
        LOW: Role(LOW, "Low", 1, 0),
    },
    USHER,
    frozenset({HIGH}),
)
ACTOR = Actor(MOD, EVERYTHING, frozenset({MODS}))


@dataclass
class Told:
    """Implements Admins and Trouble."""

    sentences: list[str] = field(default_factory=list)
    channels: list[ChannelId] = field(default_factory=list)
    deaf: bool = False

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        del guild_id, message_id
        self.sentences.append(sentence)
        return not self.deaf

    def silent(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        del guild_id
        self.channels.append(channel_id)


@dataclass
class Court:
    """One guild."""

    now: datetime = START
    settings: ModSettings = field(default_factory=lambda: ModSettings(log_channel_id=LOG))
    book: FakeCases = field(default_factory=FakeCases)
    effects: FakeEffects = field(default_factory=FakeEffects)
    told: Told = field(default_factory=Told)
    fuse: Fuse = field(default_factory=Fuse)
    desk: FakeDesk = field(init=False)
    files: FakeFiles = field(default_factory=FakeFiles)
    cards: list[PostCard] = field(default_factory=list)
    keys: int = 0

    def __post_init__(self) -> None:
        self.desk = FakeDesk(HALL, lambda: self.now)
        for user, roles in ((MOD, {MODS}), (MEMBER, {LOW})):
            self.desk.members[user] = Found(user, f"user{user}", False, frozenset(roles))

    def read(self, guild_id: GuildId) -> ModSettings:
        """As Rulebook."""
        del guild_id
        return self.settings

    @property
    def sanctions(self) -> Sanctions:
        """With every call of an adapter a step of the fuse."""

        def burns() -> Fuse:
            return self.fuse

        book: CaseBook = fused(self.book, burns)
        discord: Discord = fused(self.desk, burns)
        post: Post = fused(self.desk, burns)
        orders: Orders = fused(self.effects, burns)
        files: Files = fused(self.files, burns)
        return Sanctions(book, discord, post, orders, self, lambda: self.now, files)

    @property
    def settling(self) -> Settling:
        return Settling(self.sanctions, self.told)

    @property
    def endings(self) -> SlotEndings:
        return SlotEndings(self.sanctions, self.settling, self.told)

    def order(self, action: Action, user: UserId = MEMBER, **changes: object) -> Order:
        """One more order of the moderator's."""
        self.keys += 1
        order = Order(GUILD, f"i{self.keys}", action, user, ACTOR, "spam", self.now)
        if action is Action.WARN:
            order = replace(order, points=1)
        return replace(order, **changes)  # type: ignore[arg-type]

    def ban(self, length: timedelta | None = None, user: UserId = MEMBER) -> Case:
        until = None if length is None else self.now + length
        return self.do(self.order(Action.BAN, user, until=until))

    def do(self, order: Order) -> Case:
        case = self.sanctions.do(order)
        self.work()
        return self.case(case.number)

    def case(self, number: int) -> Case:
        found = self.book.find(GUILD, number)
        assert found is not None
        return found

    def slot(self, kind: SlotKind = SlotKind.BAN, user: UserId = MEMBER) -> Slot:
        return self.book.slot(GUILD, kind, user)

    def work(self) -> None:
        """Do the effects that were sent; those about times wait for `passes`.

        One that breaks off stays in the queue.
        """
        while self.effects.sent:
            effect = self.effects.sent[0]
            match effect:
                case LogCase():
                    self.settling.log(effect)
                case NoteByHand():
                    ByHand(self.sanctions).note(effect)
                case CheckMute():
                    self.endings.returned(effect)
                case PostCard():
                    self.cards.append(effect)
                case _:
                    pass
            self.effects.sent.remove(effect)

    def passes(self, length: timedelta) -> None:
        """Let time go by, in steps of the sweep."""
        until = self.now + length
        while True:
            due = [at for at in self.book.times() if at <= until]
            if not due:
                break
            self.now = max(self.now, min(due))
            before = self.now
            self.sweep()
            if self.book.times() and min(self.book.times()) <= before:
                self.now = min(until, before + timedelta(minutes=1))
                if self.now >= until:
                    self.sweep()
                    break
        self.now = until

    def sweep(self) -> None:
        """Tell of what is due."""
        for key, at in self.book.due(self.now):
            order: EndDue = end_due(GUILD, key, at)
            assert order.due_at == format_time(at)
            self.settling.end(order) if key.startswith("X#case#") else self.endings.end(order)
            self.work()

    def dms(self, user: UserId = MEMBER) -> list[str]:
        return self.desk.shown(self.desk.box(user))

    def log(self) -> list[str]:
        return self.desk.shown(LOG)
