"""What members do with commands, buttons and modals, and what they get to see."""

from collections.abc import Mapping

from infra.practice.core import Core
from infra.practice.interactions.desk import Desk
from infra.practice.interactions.options import OptionValue
from infra.practice.interactions.outcome import Outcome
from infra.practice.interactions.person import Person
from infra.practice.json_types import JsonObject
from infra.practice.role_keeping import RoleKeeping


class Conversing(RoleKeeping):
    """The members' side of interactions.

    What a client would not let one do raises NotSendableError.
    """

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._desk = Desk(core)

    async def run_command(
        self,
        guild_id: str,
        user_id: str,
        line: str,
        options: Mapping[str, OptionValue] | None = None,
        *,
        channel_id: str | None = None,
        follow_ups: int = 0,
        patience: float = 30.0,
    ) -> Outcome:
        """Have a member run a command such as `/invite view` and wait for what they get to see.

        `options` are by name: users by id, mention or name, roles and channels likewise. A
        deferred answer is awaited for `patience` seconds, as are as many `follow_ups` as asked.
        """
        person = self.person(guild_id, user_id, channel_id)
        return await person.run(line, dict(options or {}), follow_ups, patience)

    async def suggest(
        self,
        guild_id: str,
        user_id: str,
        line: str,
        options: Mapping[str, OptionValue],
        focused: str,
        *,
        channel_id: str | None = None,
    ) -> list[JsonObject]:
        """Return the choices that autocomplete offers for the option `focused`."""
        person = self.person(guild_id, user_id, channel_id)
        return await person.suggest(line, dict(options), focused)

    async def click(
        self,
        guild_id: str,
        user_id: str,
        message_id: str,
        custom_id: str,
        values: list[str] | None = None,
        *,
        patience: float = 30.0,
    ) -> Outcome:
        """Have a member press a button, or choose `values` from a menu, of a message."""
        channel_id = self._channel_of_message(message_id)
        person = self.person(guild_id, user_id, channel_id)
        return await person.click(message_id, custom_id, values or [], patience)

    async def submit_modal(
        self,
        guild_id: str,
        user_id: str,
        interaction_id: str,
        values: Mapping[str, str],
        *,
        patience: float = 30.0,
    ) -> Outcome:
        """Have a member submit the modal that the interaction opened; `values` by custom id."""
        channel_id = self.world.state.interactions[interaction_id].channel_id
        person = self.person(guild_id, user_id, channel_id)
        return await person.submit(interaction_id, dict(values), patience)

    def outcome(self, interaction_id: str) -> Outcome:
        """Say what is to be seen of an interaction now."""
        return self._desk.outcome(self.world.state.interactions[interaction_id])

    def person(self, guild_id: str, user_id: str, channel_id: str | None = None) -> Person:
        """Take a member's seat in a channel, the system channel unless told."""
        guild = self.world.guild(guild_id)
        channel = self.channel_of(guild, channel_id)
        return Person(self.core, self._desk, guild, user_id, channel.id)

    def _channel_of_message(self, message_id: str) -> str | None:
        for channel_id, kept in self.world.state.messages.items():
            if message_id in kept:
                return channel_id
        return None
