"""What members do with commands, buttons and modals, and what they get to see."""

from collections.abc import Mapping

from infra.practice.core import Core
from infra.practice.errors import UNKNOWN_CHANNEL, ApiError
from infra.practice.interactions.desk import Desk
from infra.practice.interactions.filling import Filled
from infra.practice.interactions.options import OptionValue
from infra.practice.interactions.outcome import Outcome
from infra.practice.interactions.person import Person
from infra.practice.interactions.pressing import Pressing
from infra.practice.interactions.resolving import NotSendableError, Place
from infra.practice.json_types import JsonObject
from infra.practice.moderating import Moderating


class Conversing(Moderating):
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
        """Have a member press a button, or choose `values` from a menu, of a message.

        The message may be one of the bot in their direct channel.
        """
        pressing = self._pressing(guild_id, user_id, self.channel_of_message(message_id))
        return await pressing.click(message_id, custom_id, values or [], patience)

    async def submit_modal(
        self,
        guild_id: str,
        user_id: str,
        interaction_id: str,
        values: Filled,
        *,
        patience: float = 30.0,
    ) -> Outcome:
        """Have a member submit the modal that the interaction opened; `values` by custom id.

        A menu takes a list of values; users, roles and channels by id, mention or name.
        """
        opener = self.world.state.interactions.get(interaction_id)
        if opener is None:
            raise NotSendableError("no modal is open")
        pressing = self._pressing(guild_id, user_id, opener.channel_id)
        return await pressing.submit(interaction_id, values, patience)

    async def use_on_user(
        self,
        guild_id: str,
        user_id: str,
        name: str,
        target_id: str,
        *,
        channel_id: str | None = None,
        patience: float = 30.0,
    ) -> Outcome:
        """Have a member use the command `name` of the context menu of a user."""
        person = self.person(guild_id, user_id, channel_id)
        return await person.use_on_user(name, target_id, patience)

    async def use_on_message(
        self, guild_id: str, user_id: str, name: str, message_id: str, *, patience: float = 30.0
    ) -> Outcome:
        """Have a member use the command `name` of the context menu of a message."""
        person = self.person(guild_id, user_id, self.channel_of_message(message_id))
        return await person.use_on_message(name, message_id, patience)

    def outcome(self, interaction_id: str) -> Outcome:
        """Say what is to be seen of an interaction now."""
        return self._desk.outcome(self.world.state.interactions[interaction_id])

    def person(self, guild_id: str, user_id: str, channel_id: str | None = None) -> Person:
        """Take a member's seat in a channel, the system channel unless told."""
        guild = self.world.guild(guild_id)
        self.world.member(guild, user_id)
        place = Place(self.channel_of(guild, channel_id), user_id, guild)
        return Person(self.core, self._desk, place)

    def _pressing(self, guild_id: str, user_id: str, channel_id: str | None) -> Pressing:
        direct = self.world.state.direct_channels.get(channel_id or "")
        if direct is not None:
            if direct.recipient_id != user_id:
                raise ApiError(UNKNOWN_CHANNEL)
            return Pressing(self.core, self._desk, Place(direct, user_id))
        guild = self.world.guild(guild_id)
        self.world.member(guild, user_id)
        place = Place(self.channel_of(guild, channel_id), user_id, guild)
        return Pressing(self.core, self._desk, place)
