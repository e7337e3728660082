"""Channels in memory: what Discord shows of them, lets Usher change, and forgets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.builders import GUILD
from tests.fakes.effects import FakeEffects
from tests.fakes.rewards import FakeHall
from tests.fakes.timing import FakeTerms
from usher.channels.model import Channel, Kind, Message, Overwrite
from usher.channels.ports import DeskGoneError, Tools
from usher.ids import ChannelId, GuildId
from usher.invites.ports import DeskError, DeskRefusedError
from usher.slash.replies import Reply

GENERAL = ChannelId("700")


def channel(id_: str = GENERAL, *overwrites: Overwrite, **fields: object) -> Channel:
    made = Channel(ChannelId(id_), GUILD, Kind.TEXT, f"channel {id_}", overwrites=overwrites)
    return replace(made, **fields)  # type: ignore[arg-type]  # as the caller names them


def together[A, R](do: Callable[[A], R], many: Iterable[A]) -> Iterable[R]:
    """Does one after the other."""
    return [do(one) for one in many]


@dataclass
class FakeChannels:
    """Implements ChannelDesk and MessageDesk."""

    there: dict[ChannelId, Channel] = field(default_factory=dict)
    refused: set[tuple[ChannelId, str]] = field(default_factory=set)
    """Overwrites, or "slowmode", "thread", "pause", that Discord does not let Usher change."""
    failing: DeskError | None = None
    """What every change meets."""
    paused: datetime | None = None
    posts: dict[ChannelId, list[Message]] = field(default_factory=dict)
    changes: list[tuple[str, ChannelId, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, *channels: Channel) -> None:
        self.there |= {one.id: one for one in channels}

    def channel(self, channel_id: ChannelId) -> Channel | None:
        return self.there.get(channel_id)

    def channels(self, guild_id: GuildId) -> Sequence[Channel]:
        return [one for one in self.there.values() if one.guild_id == guild_id]

    def put(self, channel_id: ChannelId, overwrite: Overwrite, reason: str) -> None:
        self._change("put", channel_id, overwrite.id, reason)
        here = self.there[channel_id]
        kept = {one.id: one for one in here.overwrites} | {overwrite.id: overwrite}
        self.there[channel_id] = replace(here, overwrites=tuple(kept.values()))

    def remove(self, channel_id: ChannelId, overwrite_id: str, reason: str) -> None:
        self._change("remove", channel_id, overwrite_id, reason)
        here = self.there[channel_id]
        kept = tuple(one for one in here.overwrites if one.id != overwrite_id)
        self.there[channel_id] = replace(here, overwrites=kept)

    def slow(self, channel_id: ChannelId, seconds: int, reason: str) -> None:
        self._change("slow", channel_id, "slowmode", reason)
        self.there[channel_id] = replace(self.there[channel_id], slowmode=seconds)

    def lock_thread(self, channel_id: ChannelId, reason: str, *, locked: bool) -> None:
        self._change("lock", channel_id, "thread", reason)
        here = self.there[channel_id]
        self.there[channel_id] = replace(here, locked=locked, archived=False)

    def paused_until(self, guild_id: GuildId) -> datetime | None:
        del guild_id
        return self.paused

    def pause(self, guild_id: GuildId, until: datetime | None, reason: str) -> None:
        if (ChannelId(guild_id), "pause") in self.refused:
            raise DeskRefusedError
        self.reasons.append(reason)
        self.paused = until

    def messages(self, channel_id: ChannelId, before: str | None, limit: int) -> Sequence[Message]:
        found = sorted(self.posts.get(channel_id, []), key=lambda one: -int(one.id))
        return [one for one in found if before is None or int(one.id) < int(before)][:limit]

    def delete(self, channel_id: ChannelId, ids: Sequence[str], reason: str) -> None:
        if self.failing is not None:
            raise self.failing
        assert len(ids) <= 100
        self.reasons.append(reason)
        kept = [one for one in self.posts[channel_id] if one.id not in ids]
        self.posts[channel_id] = kept

    def _change(self, what: str, channel_id: ChannelId, whose: str, reason: str) -> None:
        if self.failing is not None:
            raise self.failing
        if channel_id not in self.there:
            raise DeskGoneError
        if (channel_id, whose) in self.refused:
            raise DeskRefusedError
        self.changes.append((what, channel_id, whose))
        self.reasons.append(reason)


@dataclass
class FakeProgress:
    """Implements Progress."""

    shown: list[str] = field(default_factory=list)

    def show(self, token: str, reply: Reply) -> None:
        del token
        self.shown.append(reply.content)


@dataclass
class FakeTools:
    """What the commands about channels stand on, and it as they see it."""

    hall: FakeHall
    desk: FakeChannels = field(default_factory=FakeChannels)
    terms: FakeTerms = field(default_factory=FakeTerms)
    orders: FakeEffects = field(default_factory=FakeEffects)
    progress: FakeProgress = field(default_factory=FakeProgress)

    def all(self) -> Tools:
        return Tools(
            self.desk, self.hall, self.terms, self.orders, self.desk, self.progress, together
        )
