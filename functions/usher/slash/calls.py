"""What a member asked for, found and checked, ready to run."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.slash.actions import Action
from usher.slash.commands import Answer, Command
from usher.slash.completing import Completer, Suggestion, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.interaction import Interaction, names_of_sender
from usher.slash.menus import Menu
from usher.slash.modals import read_answers, read_chosen
from usher.slash.options import Option

SUGGESTION_LIMIT: Final = 100
"""Characters of a suggested text (Discord docs: Application Command Option Choice)."""


@frozen
class Call:
    """What a member may run, with its arguments."""

    command: Command | Menu | Action
    interaction: Interaction
    guild_id: GuildId
    user_id: UserId
    arguments: Mapping[str, object] = field(default_factory=dict)
    target: tuple[object, ...] = ()
    """What a menu was opened on."""

    @property
    def ephemeral(self) -> bool:
        """Whether a message of its own is seen by this member alone."""
        return isinstance(self.command, Action) or self.command.ephemeral

    @property
    def edits(self) -> bool:
        """Whether the answer takes the place of the message that was pressed."""
        command = self.command
        return isinstance(command, Action) and self.interaction.on_message and not command.anew

    def run[S](self, services: S, now: datetime) -> Answer:
        """Run the command; raises what the command raises, UserError among it."""
        asked, named = self.interaction, self.interaction.resolved
        ctx = Ctx(
            services=services,
            guild_id=self.guild_id,
            user_id=self.user_id,
            now=now,
            called=names_of_sender(asked.raw),
            interaction_id=asked.id,
            locale=asked.locale,
            permissions=asked.permissions,
            roles=asked.roles,
            channel_id=asked.channel_id,
            app_permissions=asked.app_permissions,
            attachment_limit=asked.attachment_limit,
            users=named.users,
            members=named.members,
            channels=named.channels,
            attachments=named.attachments,
            chosen=read_chosen(asked.data),
            answers=read_answers(asked.data),
            token=asked.token,
        )
        return self.command.run(ctx, *self.target, **self.arguments)


@frozen
class Completion:
    """An option that a member is typing, of a command that they may run."""

    option: Option
    completer: Completer
    interaction: Interaction
    guild_id: GuildId
    user_id: UserId
    typed: str

    def run[S](self, services: S, now: datetime) -> list[Suggestion]:
        """Ask the completer; what the option itself would refuse is left out."""
        held = self.interaction
        typing = Typing(
            services, self.guild_id, self.user_id, now, self.typed, held.permissions, held.roles
        )
        return [one for one in self.completer(typing) if _fits(self.option, one)]


def _fits(option: Option, suggestion: Suggestion) -> bool:
    name, value = suggestion
    try:
        option.read(value)
    except UserError:
        return False
    return bool(name) and (not isinstance(value, str) or 1 <= len(value) <= SUGGESTION_LIMIT)
