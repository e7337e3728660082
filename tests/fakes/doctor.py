"""What the doctor asks, in memory; each probe can be made to fail."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.builders import GUILD, START
from tests.fakes.rewards import OWN, OWN_ROLE, FakeHall, role
from usher.attribution.accuracy import Accuracy
from usher.attribution.model import Head
from usher.channels.model import Channel
from usher.doctor.facts import (
    Alert,
    Application,
    Books,
    Codes,
    Search,
    Server,
    Session,
    Settings,
)
from usher.doctor.model import ProbeError
from usher.doctor.watching_rules import MEMBERS_INTENT, MEMBERS_LIMITED
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.referrals.model import Campaign
from usher.rewards.hierarchy import Hall, Role

NOW = START
EVERYTHING = (1 << 50) - 1 & ~(1 << 3)
"""Every permission but Administrator."""
TALK = 1 << 10 | 1 << 11 | 1 << 14


def hall(own: int = EVERYTHING, *roles: Role, position: int = 50) -> Hall:
    town = FakeHall()
    town.put(role(GUILD, 0, TALK), role(OWN_ROLE, position, own, managed=True), *roles)
    found = town.hall(GUILD)
    assert found is not None
    return found


def server(given: Hall | None = None, *channels: Channel, features: Collection[str] = ()) -> Server:
    return Server(given or hall(), {one.id: one for one in channels}, frozenset(features))


def session(now: datetime = NOW, *, held: bool = True, silent: timedelta = timedelta(0)) -> Session:
    until = now + timedelta(seconds=30) if held else now - timedelta(minutes=2)
    return Session(0, 1, "task-1", until, now - silent, MEMBERS_INTENT)


def books(**fields: object) -> Books:
    head = Head(version=3, looked_at=NOW, shown_at=NOW, since=NOW - timedelta(days=30))
    whole: dict[str, object] = {
        "head": head,
        "codes": Codes(2, 1, InviteCode("abc"), NOW - timedelta(hours=1)),
        "accuracy": Accuracy(),
    }
    return Books(**(whole | fields))  # type: ignore[arg-type]  # as the caller names them


@dataclass
class FakeDiscordProbe:
    """Implements DiscordProbe."""

    there: Server = field(default_factory=server)
    flags: int = MEMBERS_LIMITED
    told: tuple[Alert, ...] = ()
    failing: set[str] = field(default_factory=set)

    def server(self, guild_id: GuildId, used: Collection[ChannelId]) -> Server:
        del guild_id, used
        _fail(self.failing, "server")
        return self.there

    def alerts(self, guild_id: GuildId) -> tuple[Alert, ...]:
        del guild_id
        _fail(self.failing, "alerts")
        return self.told

    def application(self) -> Application:
        _fail(self.failing, "application")
        return Application(self.flags)


@dataclass
class FakeTableProbe:
    """Implements TableProbe."""

    chosen: Settings = field(default_factory=Settings)
    offers: tuple[Campaign, ...] = ()
    kept: Books = field(default_factory=books)
    gate: Search = field(default_factory=Search)
    listening: Session | None = field(default_factory=session)
    failing: set[str] = field(default_factory=set)

    def settings(self, guild_id: GuildId) -> Settings:
        del guild_id
        _fail(self.failing, "settings")
        return self.chosen

    def campaigns(self, guild_id: GuildId) -> tuple[Campaign, ...]:
        del guild_id
        _fail(self.failing, "campaigns")
        return self.offers

    def books(self, guild_id: GuildId, now: datetime) -> Books:
        del guild_id, now
        _fail(self.failing, "books")
        return self.kept

    def search(self, guild_id: GuildId) -> Search:
        del guild_id
        _fail(self.failing, "search")
        return self.gate

    def session(self, guild_id: GuildId, bot_id: UserId) -> Session | None:
        del guild_id
        assert bot_id == OWN
        _fail(self.failing, "session")
        return self.listening


def _fail(failing: Collection[str], name: str) -> None:
    if name in failing:
        raise ProbeError(f"no {name} today.")
