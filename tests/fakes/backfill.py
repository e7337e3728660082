"""Guilds' backfills in memory, the queue of their steps, and the replies that show them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from tests.fakes.fuse import Fuse
from usher.attribution.backfill_codec import decode_backfill, encode_backfill
from usher.attribution.backfill_state import Backfill
from usher.contracts.backfill import BackfillStep, decode_request, encode_step
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.slash.replies import Reply


@dataclass
class FakeBackfills:
    """Implements Backfills."""

    fuse: Fuse = field(default_factory=Fuse)
    rows: dict[GuildId, Backfill] = field(default_factory=dict)
    names: dict[GuildId, str] = field(default_factory=dict)
    known: Callable[[UserId], MemberRecord | None] = lambda _: None
    done: Callable[[str], bool] = lambda _: True

    def read(self, guild_id: GuildId) -> Backfill | None:
        return self.rows.get(guild_id)

    def write(self, guild_id: GuildId, backfill: Backfill) -> bool:
        def act() -> bool:
            held = self.rows.get(guild_id)
            if backfill.version != (held.version if held else 0):
                return False
            text = encode_backfill(replace(backfill, version=0))
            self.rows[guild_id] = decode_backfill(text, backfill.version + 1)
            return True

        return self.fuse.step("row", act)

    def guild_name(self, guild_id: GuildId) -> str:
        return self.names.get(guild_id, "")

    def records(
        self, guild_id: GuildId, users: Collection[UserId]
    ) -> Mapping[UserId, MemberRecord]:
        del guild_id
        return {user: record for user in users if (record := self.known(user)) is not None}

    def applied(self, guild_id: GuildId, observation_id: str) -> bool:
        del guild_id
        return self.done(observation_id)


@dataclass
class FakeSteps:
    """Implements Steps; messages wait in order."""

    fuse: Fuse = field(default_factory=Fuse)
    waiting: list[tuple[BackfillStep, int]] = field(default_factory=list)

    def send(self, step: BackfillStep, delay: int) -> None:
        assert 1 <= delay <= 900
        read = decode_request(encode_step(step))
        assert read == step
        self.fuse.step("step", lambda: self.waiting.append((step, delay)))


@dataclass
class FakeProgress:
    """Implements Progress."""

    shown: list[tuple[str, Reply]] = field(default_factory=list)

    def show(self, token: str, reply: Reply) -> None:
        self.shown.append((token, reply))

    @property
    def said(self) -> list[str]:
        """What the replies say, in order."""
        return [
            reply.content or " ".join(embed.description for embed in reply.embeds)
            for _, reply in self.shown
        ]
