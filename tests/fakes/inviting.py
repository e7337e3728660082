"""What the invite commands call, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.staff import FakeStaff
from usher.attribution.code_records import CodeRecord
from usher.ids import ChannelId, GuildId, InviteCode
from usher.invites.ports import DeskError, Wish


@dataclass
class FakeDesk:
    """Implements InviteDesk; `error` is raised by the method named."""

    present: int | None = 3
    errors: dict[str, DeskError] = field(default_factory=dict)
    made: list[tuple[Wish, str]] = field(default_factory=list)
    revoked: list[tuple[InviteCode, str]] = field(default_factory=list)
    posted: dict[str, tuple[ChannelId, str]] = field(default_factory=dict)
    gone: set[InviteCode] = field(default_factory=set)

    def count(self, guild_id: GuildId) -> int | None:
        del guild_id
        self._try("count")
        return self.present

    def create(self, wish: Wish, reason: str) -> InviteCode:
        self._try("create")
        self.made.append((wish, reason))
        return InviteCode(f"made{len(self.made)}")

    def revoke(self, code: InviteCode, reason: str) -> bool:
        self._try("revoke")
        if code in self.gone:
            return False
        self.gone.add(code)
        self.revoked.append((code, reason))
        return True

    def post(self, channel_id: ChannelId, words: str, message_id: str) -> None:
        self._try("post")
        self.posted[message_id] = channel_id, words

    def _try(self, method: str) -> None:
        if method in self.errors:
            raise self.errors[method]


@dataclass
class FakeSettings:
    """Implements SettingReads on the settings that deeds have changed."""

    staff: FakeStaff

    def find(self, guild_id: GuildId, name: str) -> str | None:
        held = self.staff.settings.get((guild_id, name))
        return None if held is None else held[0]

    def group(self, guild_id: GuildId, group: str) -> Mapping[str, str]:
        prefix = f"{group}#"
        return {
            name.removeprefix(prefix): value
            for (guild, name), (value, _, _) in sorted(self.staff.settings.items())
            if guild == guild_id and name.startswith(prefix)
        }


@dataclass
class FakeRecords:
    """Implements CodeRecords."""

    known: dict[tuple[GuildId, InviteCode], CodeRecord] = field(default_factory=dict)

    def code(self, guild_id: GuildId, code: InviteCode, now: datetime) -> CodeRecord | None:
        del now
        return self.known.get((guild_id, code))
