"""Channels and their messages."""

from infra.practice.content.body import MessageBody, read_body
from infra.practice.content.message import Message
from infra.practice.entities import Channel
from infra.practice.errors import EDIT_OF_OTHERS, UNKNOWN_MESSAGE, ApiError
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import channel_json
from infra.practice.payloads.messages import message_json
from infra.practice.permissions import Permission
from infra.practice.posting import Authorship
from infra.practice.rest.call import Call
from infra.practice.rest.routing import NOTHING, Answer, Routes

routes = Routes()


@routes.add("GET", "/channels/{channel_id}")
async def get_channel(call: Call) -> Answer:
    """Answer with a channel."""
    return Answer(channel_json(call.world, call.channel()))


@routes.add("GET", "/channels/{channel_id}/messages")
async def list_messages(call: Call) -> Answer:
    """List messages, newest first; ephemeral ones are in nobody's history."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    limit = call.query_integer("limit", 1, 100, 50)
    before = call.query_integer("before", 0, 2**63 - 1, 2**63 - 1)
    after = call.query_integer("after", 0, 2**63 - 1, 0)
    found = [
        message
        for message in call.world.history(channel.id)
        if after < int(message.id) < before and message.visible_to is None
    ]
    return Answer([_json(call, message) for message in found[:limit]])


@routes.add("POST", "/channels/{channel_id}/messages")
async def create_message(call: Call) -> Answer:
    """Post a message, at most once for a nonce with `enforce_nonce`."""
    channel = call.channel(Permission.SEND_MESSAGES)
    fields, uploads = await call.fields_and_uploads()
    body = read_body(fields, uploads)
    _require_for(call, channel, body)
    if body.reference_id is not None:
        call.world.message(channel.id, body.reference_id)
    message, events = call.core.postbox.post(channel, body, Authorship(author_id=call.bot_id))
    call.publish(events)
    return Answer(_json(call, message))


@routes.add("GET", "/channels/{channel_id}/messages/{message_id}")
async def get_message(call: Call) -> Answer:
    """Answer with a message."""
    return Answer(_json(call, _message(call, Permission.READ_MESSAGE_HISTORY)))


@routes.add("PATCH", "/channels/{channel_id}/messages/{message_id}")
async def edit_message(call: Call) -> Answer:
    """Edit one of the bot's own messages."""
    message = _message(call)
    if message.author_id != call.bot_id:
        raise ApiError(EDIT_OF_OTHERS)
    fields, uploads = await call.fields_and_uploads()
    body = read_body(fields, uploads, editing=True)
    call.publish(call.core.postbox.edit(message, body))
    return Answer(_json(call, message))


@routes.add("DELETE", "/channels/{channel_id}/messages/{message_id}")
async def delete_message(call: Call) -> Answer:
    """Delete a message; somebody else's needs Manage Messages."""
    message = _message(call)
    if message.author_id != call.bot_id:
        call.channel(Permission.MANAGE_MESSAGES)
    call.publish(call.core.postbox.delete(message))
    return NOTHING


def _message(call: Call, permission: Permission = Permission.NONE) -> Message:
    channel = call.channel(permission)
    message = call.world.message(channel.id, call.id("message_id"))
    if message.visible_to is not None:
        raise ApiError(UNKNOWN_MESSAGE)
    return message


def _require_for(call: Call, channel: Channel, body: MessageBody) -> None:
    if channel.guild_id is not None and body.uploads:
        call.require_in(channel, Permission.ATTACH_FILES)


def _json(call: Call, message: Message) -> JsonObject:
    return message_json(call.world, message, call.core.postbox.origin)
