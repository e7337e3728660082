"""The desk at which interactions are opened, sent to the application, and their answers awaited."""

import asyncio
import base64
import secrets

from infra.practice.content.body import Upload
from infra.practice.content.message import Message
from infra.practice.core import Core
from infra.practice.errors import (
    ALREADY_ACKNOWLEDGED,
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    ApiError,
)
from infra.practice.intents import Dispatch
from infra.practice.interactions.answers import Answers
from infra.practice.interactions.outcome import Outcome, notice_of
from infra.practice.interactions.payload import interaction_json
from infra.practice.interactions.records import TOKEN_LIFE, Interaction, InteractionType, Phase
from infra.practice.interactions.resolving import Place
from infra.practice.json_types import Json, JsonObject
from infra.practice.payloads.messages import message_json

ANSWERED_LATER = 202


class Desk:
    """Opens interactions and keeps them until their tokens die."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._world = core.world
        self.answers = Answers(core.world, core.postbox)

    def open(
        self,
        kind: InteractionType,
        name: str,
        place: Place,
        source_message_id: str | None = None,
    ) -> Interaction:
        """Open an interaction of somebody in a channel."""
        self._forget_dead()
        interaction_id = self._world.new_id()
        secret = f"interaction:{interaction_id}:{secrets.token_urlsafe(64)}"
        interaction = Interaction(
            id=interaction_id,
            token=base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
            kind=kind,
            name=name,
            user_id=place.user_id,
            guild_id=place.channel.guild_id or "",
            channel_id=place.channel.id,
            created_at=self._world.now,
            source_message_id=source_message_id,
        )
        self._world.state.interactions[interaction.id] = interaction
        return interaction

    def visible_message(self, place: Place, message_id: str) -> Message:
        """Find a message that somebody sees: 10008 for the ephemeral ones of others."""
        message = self._world.message(place.channel.id, message_id)
        if message.visible_to not in (None, place.user_id):
            raise ApiError(UNKNOWN_MESSAGE)
        return message

    async def send(
        self, interaction: Interaction, data: JsonObject, message: JsonObject | None = None
    ) -> None:
        """Send an interaction: to the endpoint where one is set, else over the gateway.

        Afterwards it is answered, thinking or failed: there is no answer after three seconds.
        """
        payload = interaction_json(self._world, interaction, data, message)
        url = self._world.application.interactions_endpoint
        if url is None:
            self._core.publish([Dispatch(event="INTERACTION_CREATE", data=payload)])
            await self._await_callback(interaction, self._core.endpoint.limit)
            return
        loop = asyncio.get_running_loop()
        started = loop.time()
        reaction = await self._core.endpoint.send(url, payload)
        if reaction.status == ANSWERED_LATER and reaction.body is None:
            left = self._core.endpoint.limit - (loop.time() - started)
            await self._await_callback(interaction, max(left, 0.001))
            return
        if interaction.phase is not Phase.WAITING:
            return
        if reaction.failure is not None or not 200 <= reaction.status < 300:
            self._fail(interaction, reaction.failure or f"answered {reaction.status}")
            return
        try:
            self.acknowledge(interaction, reaction.body)
        except ApiError as error:
            self._fail(interaction, f"answer refused: {error.body}")
        interaction.acknowledged_after = reaction.seconds

    def acknowledge(
        self, interaction: Interaction, answer: Json, uploads: list[Upload] | None = None
    ) -> None:
        """Take the first answer of an interaction."""
        if interaction.phase is Phase.FAILED:
            raise ApiError(UNKNOWN_INTERACTION)
        if interaction.phase is not Phase.WAITING:
            raise ApiError(ALREADY_ACKNOWLEDGED)
        try:
            events = self.answers.accept(interaction, answer, uploads)
        except ApiError:
            interaction.phase = Phase.WAITING
            raise
        self._core.publish(events)

    def by_id(self, interaction_id: str, token: str) -> Interaction:
        """Find an interaction for its callback (404, 10062)."""
        interaction = self._world.state.interactions.get(interaction_id)
        if interaction is None or not secrets.compare_digest(interaction.token, token):
            raise ApiError(UNKNOWN_INTERACTION)
        return interaction

    def by_token(self, token: str) -> Interaction:
        """Find an acknowledged interaction by its token.

        Before its acknowledgement is registered, and for unknown tokens, 404 and 10015
        (discord-api-docs issue 7220); after fifteen minutes 401 and 50027 (issue 6851).
        """
        for interaction in self._world.state.interactions.values():
            if secrets.compare_digest(interaction.token.encode(), token.encode()):
                if interaction.created_at + TOKEN_LIFE <= self._world.now:
                    raise ApiError(INVALID_WEBHOOK_TOKEN)
                if interaction.phase in (Phase.WAITING, Phase.FAILED):
                    raise ApiError(UNKNOWN_WEBHOOK)
                return interaction
        raise ApiError(UNKNOWN_WEBHOOK)

    async def settle(self, interaction: Interaction, follow_ups: int, patience: float) -> Outcome:
        """Wait for a deferred answer and a number of follow-ups, then say what is to be seen."""

        def done() -> bool:
            enough = len(interaction.follow_up_ids) >= follow_ups
            return interaction.phase is Phase.FAILED or (
                interaction.phase is not Phase.THINKING and enough
            )

        await self._core.wait_until(done, patience)
        return self.outcome(interaction)

    def outcome(self, interaction: Interaction) -> Outcome:
        """Say what is to be seen of an interaction now."""
        kept = self._world.state.messages.get(interaction.channel_id, {})
        ids = [interaction.original_id, *interaction.follow_up_ids]
        origin = self._core.postbox.origin
        return Outcome(
            interaction_id=interaction.id,
            token=interaction.token,
            phase=interaction.phase,
            messages=[
                message_json(self._world, kept[message_id], origin)
                for message_id in ids
                if message_id is not None and message_id in kept
            ],
            notice=notice_of(interaction),
            detail=interaction.failure,
            modal=interaction.modal,
            choices=interaction.choices,
            acknowledged_after=interaction.acknowledged_after,
        )

    async def _await_callback(self, interaction: Interaction, patience: float) -> None:
        def acknowledged() -> bool:
            return interaction.phase is not Phase.WAITING

        if not await self._core.wait_until(acknowledged, patience):
            self._fail(interaction, f"no answer within {self._core.endpoint.limit:g} s")

    def _fail(self, interaction: Interaction, detail: str) -> None:
        interaction.phase = Phase.FAILED
        interaction.failure = detail
        self._core.publish([])

    def _forget_dead(self) -> None:
        before = self._world.now - 2 * TOKEN_LIFE
        interactions = self._world.state.interactions
        for key in [item.id for item in interactions.values() if item.created_at < before]:
            del interactions[key]
