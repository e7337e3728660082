"""The event worker's door over fakes, every call of which burns one fuse."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import StringIO

from event_worker.batch import EventDoor
from event_worker.parking import Parking
from tests.builders import GUILD
from tests.fakes.fifo import Message, deliver, record
from tests.fakes.fuse import BrokenOffError, DiedError, Fuse, fused
from tests.fakes.guilds import FakeGuilds
from tests.fakes.logs import FakeMeter
from tests.fakes.worker import Worker
from usher.attribution.ports import GuildSettings
from usher.contracts.observation_codec import decode
from usher.credit.rules import ALL_TIME, inviter_of
from usher.greeting.settings import Occasion
from usher.ids import ChannelId, GuildId, UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LineType
from usher.platform.logging import Logger

SILENT = Logger(service="crashes", level="CRITICAL", stream=StringIO())


@dataclass
class World:
    """Everything that outlives a worker."""

    fuse: Fuse = field(default_factory=Fuse)
    room: int = 12
    guilds: FakeGuilds = field(default_factory=FakeGuilds)

    def __post_init__(self) -> None:
        self.guilds.configured[GUILD] = GuildSettings(ChannelId("77"), webhooks=True)
        self.guilds.greeting[GUILD] = frozenset(Occasion)
        self._worker = Worker(guilds=self.guilds, room=self.room)

    def door(self) -> EventDoor:
        """Build what a new process has."""
        kept = self._worker
        kept.burn(self.fuse)
        guilds = fused(self.guilds, lambda: self.fuse)
        return EventDoor(
            service=replace(kept.service, guilds=guilds),
            parking=Parking(kept.objects, guilds, lambda _: None),
            decode=decode,
            passing=(BrokenOffError,),
            log=SILENT,
            meter=FakeMeter(),
        )

    def play(self, messages: Iterable[Message]) -> "World":
        """Let the queue deliver messages until it is empty."""
        deliver(self.door, messages)
        return self

    def begin(self, one: Message, fuse: Fuse) -> None:
        """Let a worker begin a message and die where the fuse says, if it gets there."""
        burning, self.fuse = self.fuse, fuse
        with suppress(DiedError):
            self.door().handle([record(one, 1)], lambda: 15_000)
        self.fuse = burning
        self._worker.burn(burning)

    def left(self) -> dict[str, object]:
        """Tell everything that is there when all is done.

        Left out is whose burst wrote a member's row ahead: it tells how a burst was cut, and who
        breaks off cuts it anew.
        """
        guilds = {
            guild_id: {**vars(guild), "members": {u: m.now for u, m in guild.members.items()}}
            for guild_id, guild in self.guilds.guilds.items()
        }
        return {
            "guilds": guilds,
            "marks": self.guilds.marks,
            "objects": self.objects(""),
            "effects": self._worker.effects.done(),
            "greeted": self._worker.effects.greeted(),
            "asked": self._worker.confirmations.asked(),
            "told": self._worker.hooks.told(),
        }

    def objects(self, prefix: str) -> dict[str, bytes]:
        """Tell what the bucket holds under a prefix."""
        return self._worker.objects.under(prefix)

    def credit(self, guild_id: GuildId = GUILD) -> dict[UserId, int]:
        """Tell the effective credit of each inviter, as counted."""
        counters = self.guilds.guilds[guild_id].counters
        found = {
            who: tally.effective for (who, period), tally in counters.items() if period == ALL_TIME
        }
        return {who: number for who, number in found.items() if number}

    def credit_of_lines(self, guild_id: GuildId = GUILD) -> dict[UserId, int]:
        """Tell the effective credit that members present and lines without a pairing amount to."""
        found: dict[UserId, int] = {}
        for member in self.guilds.guilds[guild_id].members.values():
            inviter = inviter_of(member.now.word)
            if member.now.booked and inviter is not None:
                found[inviter] = found.get(inviter, 0) + 1
        for content in self.objects(f"lines/guild={guild_id}/").values():
            line = read_line(content)
            if line.type is LineType.CREDIT and line.staff_id is not None:
                found[line.staff_id] = found.get(line.staff_id, 0) + (line.delta or 0)
        return {who: number for who, number in found.items() if number}
