"""Messages as JSON."""

from urllib.parse import quote

from infra.practice.content.message import Attachment, InteractionOrigin, Message
from infra.practice.entities import User
from infra.practice.json_types import Json, JsonObject
from infra.practice.moments import stamp
from infra.practice.payloads.people import bare_member_json, user_json
from infra.practice.world import World

COMMAND, COMPONENT, MODAL_SUBMIT = 2, 3, 5
ON_USER, ON_MESSAGE = 2, 3


def attachment_json(
    channel_id: str, attachment: Attachment, origin: str, *, ephemeral: bool
) -> JsonObject:
    """Write an attachment; its bytes are served under `origin`."""
    url = f"{origin}/practice/attachments/{channel_id}/{attachment.id}/{quote(attachment.filename)}"
    body: JsonObject = {
        "id": attachment.id,
        "filename": attachment.filename,
        "size": attachment.size,
        "url": url,
        "proxy_url": url,
        "content_type": attachment.content_type,
    }
    if attachment.description is not None:
        body["description"] = attachment.description
    if ephemeral:
        body["ephemeral"] = True
    return body


def message_json(world: World, message: Message, origin: str) -> JsonObject:
    """Write a message as REST answers it."""
    body: JsonObject = {
        "id": message.id,
        "channel_id": message.channel_id,
        "author": _author_json(world, message),
        "type": message.type,
        "content": message.content,
        "timestamp": stamp(message.timestamp),
        "edited_timestamp": stamp(message.edited_timestamp) if message.edited_timestamp else None,
        "flags": message.flags,
        "tts": message.tts,
        "pinned": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [user_json(world.user(user_id)) for user_id in message.mention_ids],
        "mention_roles": list(message.mention_role_ids),
        "attachments": _attachments(message, origin),
        "embeds": message.embeds,
        "components": message.components,
    }
    _add_provenance(world, message, body, origin)
    return body


def message_event_json(world: World, message: Message, origin: str) -> JsonObject:
    """Write the data of MESSAGE_CREATE and MESSAGE_UPDATE."""
    body = message_json(world, message, origin)
    if message.guild_id is not None:
        body["guild_id"] = message.guild_id
        member = world.guild(message.guild_id).members.get(message.author_id)
        if member is not None:
            body["member"] = {**bare_member_json(member), "mute": False, "deaf": False}
    return body


def without_content(event: JsonObject) -> JsonObject:
    """Empty what only MESSAGE_CONTENT shows."""
    return {**event, "content": "", "embeds": [], "attachments": [], "components": []}


def _attachments(message: Message, origin: str) -> list[Json]:
    hidden = message.visible_to is not None
    return [
        attachment_json(message.channel_id, item, origin, ephemeral=hidden)
        for item in message.attachments
    ]


def _author_json(world: World, message: Message) -> Json:
    if message.author_name is not None:
        return user_json(User(id=message.author_id, username=message.author_name, bot=True))
    return user_json(world.user(message.author_id))


def _add_provenance(world: World, message: Message, body: JsonObject, origin: str) -> None:
    if message.nonce is not None:
        body["nonce"] = message.nonce
    if message.webhook_id is not None:
        body["webhook_id"] = message.webhook_id
    if message.application_id is not None:
        body["application_id"] = message.application_id
    if message.interaction is not None:
        body["interaction_metadata"] = _origin_json(world, message, message.interaction)
        if message.interaction.type == 2:
            body["interaction"] = {
                "id": message.interaction.id,
                "type": 2,
                "name": message.interaction.name,
                "user": user_json(world.user(message.interaction.user_id)),
            }
    if message.reference_id is not None:
        reference: JsonObject = {
            "type": 0,
            "channel_id": message.channel_id,
            "message_id": message.reference_id,
        }
        if message.guild_id is not None:
            reference["guild_id"] = message.guild_id
        body["message_reference"] = reference
        referenced = world.state.messages.get(message.channel_id, {}).get(message.reference_id)
        if referenced is None or referenced.reference_id is None:
            body["referenced_message"] = (
                message_json(world, referenced, origin) if referenced else None
            )


def _origin_json(world: World, message: Message, interaction: InteractionOrigin) -> JsonObject:
    body: JsonObject = {
        "id": interaction.id,
        "type": interaction.type,
        "user": user_json(world.user(interaction.user_id)),
        "authorizing_integration_owners": {"0": message.guild_id or "0"},
    }
    if interaction.type == COMPONENT:
        body["interacted_message_id"] = interaction.message_id
    if interaction.type == MODAL_SUBMIT and interaction.triggering is not None:
        body["triggering_interaction_metadata"] = _origin_json(
            world, message, interaction.triggering
        )
    if interaction.type == COMMAND:
        body["name"] = interaction.name
        body["command_type"] = interaction.command_type
        if interaction.command_type == ON_USER:
            body["target_user"] = user_json(world.user(interaction.target_id or ""))
        elif interaction.command_type == ON_MESSAGE:
            body["target_message_id"] = interaction.target_id
    return body
