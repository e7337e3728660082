"""Messages, their files, and the interactions that they answer."""

from dataclasses import dataclass, field
from datetime import datetime

from infra.practice.json_types import JsonObject


@dataclass(slots=True)
class Attachment:
    """A file of a message; `size` is in bytes."""

    id: str
    filename: str
    size: int
    content_type: str
    description: str | None = None


@dataclass(slots=True)
class InteractionOrigin:
    """The interaction that a message answers.

    `message_id`: the message whose component was used. `target_id`: whom or what a command of a
    context menu was used on. `triggering`: what opened the modal that was submitted.
    """

    id: str
    type: int
    user_id: str
    name: str
    message_id: str | None = None
    command_type: int = 1
    target_id: str | None = None
    triggering: "InteractionOrigin | None" = None


@dataclass(slots=True)
class Message:
    """A message. `visible_to` names the only member who sees it when it is ephemeral."""

    id: str
    channel_id: str
    guild_id: str | None
    author_id: str
    timestamp: datetime
    content: str = ""
    type: int = 0
    flags: int = 0
    edited_timestamp: datetime | None = None
    tts: bool = False
    embeds: list[JsonObject] = field(default_factory=list)
    components: list[JsonObject] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mention_ids: list[str] = field(default_factory=list)
    mention_role_ids: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    nonce: str | None = None
    author_name: str | None = None
    webhook_id: str | None = None
    application_id: str | None = None
    interaction: InteractionOrigin | None = None
    reference_id: str | None = None
    visible_to: str | None = None
