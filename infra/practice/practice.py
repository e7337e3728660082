"""The practice Discord as one thing: what tests and the page do with it."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from infra.practice.attachments import AttachmentStore
from infra.practice.codec import decode, encode
from infra.practice.control import mount_control
from infra.practice.conversing import Conversing
from infra.practice.core import Core
from infra.practice.faults.faults import Faults
from infra.practice.gateway.sessions import Hub
from infra.practice.gateway.terms import GatewayTerms
from infra.practice.intents import Intents
from infra.practice.interactions.endpoint import Endpoint, EndpointCheck
from infra.practice.interactions.signing import Signer
from infra.practice.invite_page import mount_invite_page
from infra.practice.locales import locale_of
from infra.practice.moments import Clock, utc_now
from infra.practice.oauth import secret_of
from infra.practice.oauth_page import mount_oauth_page
from infra.practice.posting import Postbox
from infra.practice.rest.limits import Limits, RateLimits
from infra.practice.routes import mount_attachments, mount_gateway, mount_rest
from infra.practice.seed import seeded_world
from infra.practice.storage import StateFile
from infra.practice.world import State, World


class Practice(Conversing):
    """A Discord of one's own.

    `state_file`: where everything is kept; the default world where it does not exist yet, and in
    memory alone for None. `clock`: the time of this world, in UTC. `approved_intents`: the
    privileged intents granted to the application. `answer_limit`: seconds that the endpoint has
    to answer an interaction. `heartbeat_interval`: seconds between a client's heartbeats, unless
    `gateway` gives the gateway's terms whole. `rate_limits`: how often REST may be asked.

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
        gateway: GatewayTerms | None = None,
        rate_limits: RateLimits | None = None,
    ) -> None:
        self._storage = StateFile(state_file, lambda: encode(self.world.state))
        stored = self._storage.load()
        world = seeded_world(clock) if stored is None else World(decode(State, stored), clock)
        application = world.application
        self._signer = Signer(application.signing_seed)
        self._attachments = AttachmentStore(
            state_file.with_suffix(".files") if state_file is not None else None
        )
        self._limits = Limits(rate_limits or RateLimits())
        terms = gateway or GatewayTerms(heartbeat_interval=heartbeat_interval)
        hub = Hub(world, approved_intents, terms)
        hub.changed = self._storage.mark_dirty
        super().__init__(
            Core(
                world,
                hub,
                Postbox(world, self._attachments),
                self._signer,
                Endpoint(self._signer, clock, application.id, answer_limit),
                Faults(hub),
                self._storage.mark_dirty,
            )
        )
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
    def client_secret(self) -> str:
        """The application's secret, for OAuth2's token endpoint."""
        return secret_of(self.world.application.signing_seed)

    def register_redirect(self, address: str) -> None:
        """Register an address to which people who signed in are led back."""
        self.world.grants.redirects.add(address)

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

    @property
    def gateway(self) -> Hub:
        """The gateway: its sessions and terms; have it reconnect or invalidate its clients."""
        return self.core.hub

    @property
    def faults(self) -> Faults:
        """What goes wrong, on demand."""
        return self.core.faults

    @property
    def rate_limits(self) -> RateLimits:
        """How often REST may be asked; generous unless set."""
        return self._limits.terms

    @rate_limits.setter
    def rate_limits(self, terms: RateLimits) -> None:
        self._limits.terms = terms

    @property
    def invalid_requests(self) -> int:
        """The 401, 403 and 429 of the last ten minutes; Discord bans for 10 000."""
        return self._limits.invalid_requests

    @property
    def asked(self) -> Mapping[str, int]:
        """How often each route of REST was asked, such as `GET /guilds/{guild_id}/invites`."""
        return self._limits.asked

    def speak(self, user_id: str, language: str) -> None:
        """Note the language of somebody's client, as a browser names it; nothing for nobody."""
        user = self.world.state.users.get(user_id)
        if user is not None and language:
            user.locale = locale_of(language)

    def add_routes(self, app: web.Application) -> None:
        """Mount `/api/v10`, `/gateway` and everything under `/practice` on an application.

        The practice Discord closes, and writes its state, with the application.
        """
        mount_rest(app, self.core, self._desk, self._limits)
        mount_gateway(app, self.core)
        mount_attachments(app, self._attachments.get)
        mount_control(app, self)
        mount_invite_page(app, self)
        mount_oauth_page(app, self)

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

    def attachment(self, attachment_id: str) -> bytes | None:
        """Return the bytes of an attachment."""
        return self._attachments.get(attachment_id)
