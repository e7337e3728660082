"""What is remembered of an interaction for the fifteen minutes its token lives."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from infra.practice.json_types import JsonObject

TOKEN_LIFE = timedelta(minutes=15)


class Phase(StrEnum):
    """How far an interaction has come."""

    WAITING = "waiting"
    THINKING = "thinking"
    ANSWERED = "answered"
    FAILED = "failed"


class InteractionType(StrEnum):
    """The kinds of interaction, named for what a person did."""

    COMMAND = "command"
    COMPONENT = "component"
    AUTOCOMPLETE = "autocomplete"
    MODAL = "modal"


TYPE_NUMBERS = {
    InteractionType.COMMAND: 2,
    InteractionType.COMPONENT: 3,
    InteractionType.AUTOCOMPLETE: 4,
    InteractionType.MODAL: 5,
}


@dataclass(slots=True)
class Interaction:
    """One interaction.

    `original_id` is its first message, `follow_up_ids` the later ones; `source_message_id` the
    message whose component was used. `guild_id` is empty in a direct channel. A command of a
    context menu has its `command_type` and `target_id`, a modal the interaction that opened it.
    `failure` says why the application "did not respond", for the developer.
    `acknowledged_after` is in seconds.
    """

    id: str
    token: str
    kind: InteractionType
    name: str
    user_id: str
    guild_id: str
    channel_id: str
    created_at: datetime
    phase: Phase = Phase.WAITING
    ephemeral: bool = False
    original_id: str | None = None
    follow_up_ids: list[str] = field(default_factory=list)
    source_message_id: str | None = None
    command_type: int = 1
    target_id: str | None = None
    opened_by: str | None = None
    modal: JsonObject | None = None
    choices: list[JsonObject] = field(default_factory=list)
    failure: str | None = None
    acknowledged_after: float | None = None
