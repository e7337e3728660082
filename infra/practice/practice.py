"""The practice Discord as one thing: what tests and the page do with it."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from infra.practice.attachments import AttachmentStore
from infra.practice.codec import decode, encode
from infra.practice.control import mount_control
from infra.practice.core import Core
from infra.practice.gateway.sessions import Hub
from infra.practice.intents import Intents
from infra.practice.interactions.desk import Desk
from infra.practice.interactions.endpoint import Endpoint, EndpointCheck
from infra.practice.interactions.options import OptionValue
from infra.practice.interactions.outcome import Outcome
from infra.practice.interactions.person import Person
from infra.practice.interactions.signing import Signer
from infra.practice.json_types import JsonObject
from infra.practice.moments import Clock, utc_now
from infra.practice.population import Population
from infra.practice.posting import Postbox
from infra.practice.routes import mount_attachments, mount_gateway, mount_rest
from infra.practice.seed import seeded_world
from infra.practice.storage import StateFile
from infra.practice.world import State, World


class Practice(Population):
    """A Discord of one's own.

    `state_file`: where everything is kept; the default world where it does not exist yet, and in
    memory alone for None. `clock`: the time of this world, in UTC. `approved_intents`: the
    privileged intents granted to the application. `answer_limit`: seconds that the endpoint has
    to answer an interaction. `heartbeat_interval`: seconds between a client's heartbeats.

    Methods that Discord would refuse raise ApiError; what a client would not let one do raises
    NotSendableError.
    """

    def __init__(
        self,
        state_file: Path | None = None,
        clock: Clock = utc_now,
        *,
        approved_intents: Intents = Intents.GUILD_MEMBERS,
        answer_limit: float = 3.0,
        heartbeat_interval: float = 41.25,
    ) -> None:
        self._storage = StateFile(state_file, lambda: encode(self.world.state))
        stored = self._storage.load()
        world = seeded_world(clock) if stored is None else World(decode(State, stored), clock)
        application = world.application
        self._signer = Signer(application.signing_seed)
        self._attachments = AttachmentStore(
            state_file.with_suffix(".files") if state_file is not None else None
        )
        self._heartbeat_interval = heartbeat_interval
        super().__init__(
            Core(
                world,
                Hub(world, approved_intents),
                Postbox(world, self._attachments),
                self._signer,
                Endpoint(self._signer, clock, application.id, answer_limit),
                self._storage.mark_dirty,
            )
        )
        self._desk = Desk(self.core)
        if stored is None:
            self._storage.mark_dirty()

    @property
    def application_id(self) -> str:
        """The application's id."""
        return self.world.application.id

    @property
    def bot_token(self) -> str:
        """The bot's token, for `Authorization: Bot …` and IDENTIFY."""
        return self.world.application.bot_token

    @property
    def public_key_hex(self) -> str:
        """The key with which the endpoint verifies interactions."""
        return self._signer.public_key_hex

    @property
    def origin(self) -> str:
        """Scheme, host and port under which attachments are reached."""
        return self.core.postbox.origin

    @origin.setter
    def origin(self, origin: str) -> None:
        self.core.postbox.origin = origin

    @property
    def interactions_endpoint(self) -> str | None:
        """Where interactions are POSTed; None sends them over the gateway, as Discord does."""
        return self.world.application.interactions_endpoint

    @interactions_endpoint.setter
    def interactions_endpoint(self, url: str | None) -> None:
        self.world.application.interactions_endpoint = url
        self.core.publish([])

    @property
    def approved_intents(self) -> Intents:
        """The privileged intents granted to the application; others close with 4014."""
        return self.core.hub.approved

    @approved_intents.setter
    def approved_intents(self, intents: Intents) -> None:
        self.core.hub.approved = intents

    def add_routes(self, app: web.Application) -> None:
        """Mount `/api/v10`, `/gateway`, `/practice` and `/practice/api` on an application.

        The practice Discord closes, and writes its state, with the application.
        """
        mount_rest(app, self.core, self._desk)
        mount_gateway(app, self.core, self._heartbeat_interval)
        mount_attachments(app, self._attachments.get)
        mount_control(app, self)

        async def close(_: web.Application) -> None:
            await self.close()

        app.on_cleanup.append(close)

    async def close(self) -> None:
        """Close connections to the endpoint and write the state."""
        await self.core.endpoint.close()
        await self._storage.close()

    async def verify_endpoint(self) -> EndpointCheck:
        """Check the interactions endpoint as Discord does before it accepts one.

        One signed PING must be answered with type 1, forged and unsigned ones with 401. Nothing
        is refused afterwards: the result says what is wrong.
        """
        if self.interactions_endpoint is None:
            return EndpointCheck(("no interactions endpoint is set",))
        return await self.core.endpoint.verify(self.interactions_endpoint)

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
    ) -> list[JsonObject]:
        """Return the choices that autocomplete offers for the option `focused`."""
        return await self.person(guild_id, user_id).suggest(line, dict(options), focused)

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

    def attachment(self, attachment_id: str) -> bytes | None:
        """Return the bytes of an attachment."""
        return self._attachments.get(attachment_id)

    def _channel_of_message(self, message_id: str) -> str | None:
        for channel_id, kept in self.world.state.messages.items():
            if message_id in kept:
                return channel_id
        return None
