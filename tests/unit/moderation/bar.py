"""Moderation commands in front of a court: what a member types, and what they read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tests.builders import GUILD
from tests.fakes.court import EVERYTHING, MOD, MODS, Court
from tests.fakes.moderation import FakeFiles
from usher.contracts.deeds import Deed, SettingChanged
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.moderation.amending import Bench
from usher.moderation.catalogue import ACTIONS
from usher.moderation.ports import CaseBook
from usher.moderation.settings import ModSettings, read_settings
from usher.slash.actions import Action
from usher.slash.buttons import Button, Press
from usher.slash.commands import Command
from usher.slash.completing import Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.menus import Menu
from usher.slash.modals import Answers, Modal
from usher.slash.replies import Reply
from usher.slash.resolved import AttachmentId, ResolvedAttachment

MANAGE = 1 << 5


@dataclass
class Papers:
    """Implements Attached."""

    texts: dict[str, str] = field(default_factory=dict)

    def fetch(self, url: str, limit: int) -> bytes:
        return self.texts[url].encode()[:limit]


@dataclass
class Bar:
    """Implements Services; settings that commands change are in force at once."""

    trial: Court = field(default_factory=Court)
    values: dict[str, str] = field(default_factory=dict)
    papers: Papers = field(default_factory=Papers)

    def __post_init__(self) -> None:
        self.values.setdefault("mod#log_channel_id", "900")
        self._read()

    @property
    def court(self) -> Bench:
        return Bench(self.trial.sanctions)

    @property
    def evidence(self) -> FakeFiles:
        return self.trial.files

    @property
    def attached(self) -> Papers:
        return self.papers

    @property
    def cases(self) -> CaseBook:
        return self.trial.book

    @property
    def rulebook(self) -> Court:
        return self.trial

    @property
    def deeds(self) -> "Bar":
        return self

    @property
    def settings(self) -> "Bar":
        return self

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        """As Deeds."""
        assert guild_id == GUILD
        for deed in deeds:
            assert isinstance(deed, SettingChanged)
            if deed.value is None:
                self.values.pop(deed.name, None)
            else:
                self.values[deed.name] = deed.value
        self._read()
        return True

    def find(self, guild_id: GuildId, name: str) -> str | None:
        """As SettingReads."""
        del guild_id
        return self.values.get(name)

    def group(self, guild_id: GuildId, group: str) -> Mapping[str, str]:
        del guild_id
        prefix = f"{group}#"
        return {
            name.removeprefix(prefix): value
            for name, value in self.values.items()
            if name.startswith(prefix)
        }

    def _read(self) -> None:
        self.trial.settings = read_settings(self.group(GUILD, "mod"))

    @property
    def rules(self) -> ModSettings:
        return self.trial.settings

    def ctx(
        self,
        user: UserId = MOD,
        permissions: int = EVERYTHING,
        roles: frozenset[RoleId] = frozenset({MODS}),
        answers: Answers | None = None,
        files: Mapping[AttachmentId, ResolvedAttachment] | None = None,
    ) -> Ctx["Bar"]:
        self.trial.keys += 1
        return Ctx(
            self,
            GUILD,
            user,
            self.trial.now,
            interaction_id=f"i{self.trial.keys}",
            permissions=permissions,
            roles=roles,
            channel_id=ChannelId("1"),
            answers=answers or {},
            attachments=files or {},
        )

    def ask(
        self,
        what: Command | Action | Menu,
        *named: object,
        ctx: Ctx["Bar"] | None = None,
        **options: object,
    ) -> str:
        """Run something; return what is read."""
        return said(self.reply(what, *named, ctx=ctx, **options))

    def reply(
        self,
        what: Command | Action | Menu,
        *named: object,
        ctx: Ctx["Bar"] | None = None,
        **options: object,
    ) -> Reply:
        try:
            answer = what.run(ctx or self.ctx(), *named, **options)
        except UserError as error:
            return Reply(error.sentence)
        finally:
            self.trial.work()
        assert isinstance(answer, Reply)
        return answer

    def form(
        self, what: Action | Menu, *named: object, ctx: Ctx["Bar"] | None = None, **options: object
    ) -> Modal:
        answer = what.run(ctx or self.ctx(), *named, **options)
        assert isinstance(answer, Modal)
        return answer

    def typing(self, typed: str, permissions: int = EVERYTHING) -> Typing["Bar"]:
        return Typing(self, GUILD, MOD, self.trial.now, typed, permissions)

    def press(self, press: Press, ctx: Ctx["Bar"] | None = None) -> Reply | Modal:
        """Press what a button or a form stands for."""
        [found] = [one for one in ACTIONS if one.name == press.action]
        try:
            answer = found.run(ctx or self.ctx(), **press.arguments)
        except UserError as error:
            return Reply(error.sentence)
        finally:
            self.trial.work()
        return answer

    def pressed(self, press: Press, ctx: Ctx["Bar"] | None = None) -> str:
        """Press it; return what is read."""
        answer = self.press(press, ctx)
        assert isinstance(answer, Reply)
        return said(answer)

    def opened(self, press: Press, ctx: Ctx["Bar"] | None = None) -> Modal:
        """Press it; return the form that opens."""
        answer = self.press(press, ctx)
        assert isinstance(answer, Modal)
        return answer

    def later(self, **length: float) -> None:
        self.trial.now += timedelta(**length)


def said(reply: Reply) -> str:
    fields = " ".join(
        f"{embed.title} {embed.description} "
        + " ".join(f"{one.name}: {one.value}" for one in embed.fields)
        for embed in reply.embeds
    )
    return f"{reply.content} {fields}".strip()


def button(reply: Reply, label: str) -> Press:
    """What a button of a reply does."""
    [found] = [
        one for row in reply.rows for one in row if isinstance(one, Button) and one.label == label
    ]
    return found.press
