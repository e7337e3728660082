"""What an application may answer, and what becomes of it.

Source: Discord API reference, "Receiving and Responding to Interactions", section Interaction
Callback Type.
"""

from enum import IntEnum

from infra.practice.content.body import EPHEMERAL, LOADING, MessageBody, Upload, read_body
from infra.practice.content.message import InteractionOrigin, Message
from infra.practice.content.modal import read_modal
from infra.practice.entities import Channel
from infra.practice.errors import ApiError, FormErrors
from infra.practice.intents import Dispatches
from infra.practice.interactions.records import TYPE_NUMBERS, Interaction, InteractionType, Phase
from infra.practice.json_types import Json, JsonObject, as_list, as_object, as_objects
from infra.practice.posting import Authorship, Postbox
from infra.practice.world import World

COMMAND_REPLY = 20
CHOICES = 25


class AnswerType(IntEnum):
    """How an application answers."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE_MESSAGE = 7
    CHOICES = 8
    MODAL = 9


_ALLOWED = {
    InteractionType.COMMAND: {4, 5, 9},
    InteractionType.COMPONENT: {4, 5, 6, 7, 9},
    InteractionType.AUTOCOMPLETE: {8},
    InteractionType.MODAL: {4, 5, 6, 7},
}


class Answers:
    """Turns answers and follow-ups into messages."""

    def __init__(self, world: World, postbox: Postbox) -> None:
        self._world = world
        self._postbox = postbox

    def accept(
        self, interaction: Interaction, answer: Json, uploads: list[Upload] | None = None
    ) -> Dispatches:
        """Apply the first answer; one that Discord would refuse raises 50035."""
        body = as_object(answer)
        kind, data = body.get("type"), as_object(body.get("data"))
        allowed = set(_ALLOWED[interaction.kind])
        if interaction.kind is InteractionType.MODAL and interaction.source_message_id is None:
            allowed -= {6, 7}
        if not isinstance(kind, int) or kind not in allowed:
            errors = FormErrors()
            errors.choices("type", ", ".join(str(item) for item in sorted(allowed)))
            errors.raise_if_any()
        events = self._apply(interaction, AnswerType(int(str(kind))), data, uploads or [])
        after = self._world.now - interaction.created_at
        interaction.acknowledged_after = after.total_seconds()
        return events

    def follow_up(self, interaction: Interaction, body: MessageBody) -> tuple[Message, Dispatches]:
        """Post a follow-up; the first after a deferral takes the place of the thinking message.

        Source: Discord API reference, "Create Followup Message".
        """
        original = self.original(interaction)
        if original is not None and original.flags & LOADING:
            return original, self.edit(interaction, original, body)
        message, events = self._post(interaction, body, ephemeral=body.ephemeral)
        interaction.follow_up_ids.append(message.id)
        return message, events

    def edit(self, interaction: Interaction, message: Message, body: MessageBody) -> Dispatches:
        """Edit a message of the interaction; a thinking one becomes the answer."""
        thinking = bool(message.flags & LOADING)
        message.flags &= ~LOADING
        events = self._postbox.edit(message, body, silent=thinking)
        if thinking:
            interaction.phase = Phase.ANSWERED
        return events

    def original(self, interaction: Interaction) -> Message | None:
        """Find the interaction's first message."""
        if interaction.original_id is None:
            return None
        kept = self._world.state.messages.get(interaction.channel_id, {})
        return kept.get(interaction.original_id)

    def _apply(
        self, interaction: Interaction, kind: AnswerType, data: JsonObject, uploads: list[Upload]
    ) -> Dispatches:
        interaction.phase = Phase.ANSWERED
        flags = data.get("flags")
        ephemeral = isinstance(flags, int) and bool(flags & EPHEMERAL)
        match kind:
            case AnswerType.MESSAGE:
                body = _under_data(data, uploads)
                message, events = self._post(interaction, body, ephemeral=ephemeral, first=True)
                interaction.original_id = message.id
                interaction.ephemeral = ephemeral
                return events
            case AnswerType.DEFERRED_MESSAGE:
                blank = read_body({}, editing=True)
                message, events = self._post(
                    interaction, blank, ephemeral=ephemeral, first=True, thinking=True
                )
                interaction.original_id = message.id
                interaction.ephemeral = ephemeral
                interaction.phase = Phase.THINKING
                return events
            case AnswerType.UPDATE_MESSAGE:
                interaction.original_id = interaction.source_message_id
                source = self.original(interaction)
                body = _under_data(data, uploads, editing=True)
                return self._postbox.edit(source, body) if source is not None else []
            case AnswerType.DEFERRED_UPDATE:
                interaction.original_id = interaction.source_message_id
            case AnswerType.CHOICES:
                interaction.choices = _choices(data)
            case AnswerType.MODAL:
                interaction.modal = read_modal(data)
            case AnswerType.PONG:
                pass
        return []

    def _post(
        self,
        interaction: Interaction,
        body: MessageBody,
        *,
        ephemeral: bool,
        first: bool = False,
        thinking: bool = False,
    ) -> tuple[Message, Dispatches]:
        application = self._world.application
        command = interaction.kind is InteractionType.COMMAND
        authorship = Authorship(
            author_id=application.bot_id,
            webhook_id=application.id,
            application_id=application.id,
            interaction=self._origin(interaction),
            visible_to=interaction.user_id if ephemeral else None,
            type=COMMAND_REPLY if first and command else 0,
            flags=(EPHEMERAL if ephemeral else 0) | (LOADING if thinking else 0),
        )
        return self._postbox.post(self._channel(interaction), body, authorship)

    def _origin(self, interaction: Interaction) -> InteractionOrigin:
        opener = self._world.state.interactions.get(interaction.opened_by or "")
        return InteractionOrigin(
            id=interaction.id,
            type=TYPE_NUMBERS[interaction.kind],
            user_id=interaction.user_id,
            name=interaction.name,
            message_id=interaction.source_message_id,
            command_type=interaction.command_type,
            target_id=interaction.target_id,
            triggering=None if opener is None else self._origin(opener),
        )

    def _channel(self, interaction: Interaction) -> Channel:
        return self._world.channel(interaction.channel_id)


def _under_data(data: JsonObject, uploads: list[Upload], *, editing: bool = False) -> MessageBody:
    try:
        return read_body(data, uploads, editing=editing)
    except ApiError as error:
        if error.errors is None:
            raise
        raise ApiError(error.refusal, {"data": error.errors}) from error


def _choices(data: JsonObject) -> list[JsonObject]:
    items = as_list(data.get("choices"))
    errors = FormErrors()
    if len(items) > CHOICES:
        errors.too_long("data.choices", CHOICES)
    for index, item in enumerate(items):
        choice = as_object(item)
        name = str(choice.get("name") or "")
        if not 1 <= len(name) <= 100:
            errors.bad_length(f"data.choices.{index}.name", 1, 100)
        if choice.get("value") is None:
            errors.required(f"data.choices.{index}.value")
    errors.raise_if_any()
    return as_objects(items)
