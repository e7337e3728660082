"""Messages of channels, threads and direct channels.

Source: Discord API reference, "Message".
"""

from datetime import timedelta

from infra.practice.audit import AuditAction, audit
from infra.practice.content.body import read_body
from infra.practice.content.message import Message
from infra.practice.entities import Channel
from infra.practice.errors import (
    CANNOT_MESSAGE_USER,
    DIRECT_MESSAGE_OF_OTHERS,
    EDIT_OF_OTHERS,
    THREAD_LOCKED,
    TOO_OLD_TO_DELETE,
    UNKNOWN_MESSAGE,
    WRONG_CHANNEL_TYPE,
    ApiError,
)
from infra.practice.intents import Intents
from infra.practice.json_types import JsonObject
from infra.practice.moments import snowflake_floor
from infra.practice.payloads.messages import message_json, without_content
from infra.practice.permissions import Permission, sending_in
from infra.practice.posting import Authorship
from infra.practice.rest.call import Call
from infra.practice.rest.routing import NOTHING, Answer, Routes

LAST_ID = 2**63 - 1
AT_LEAST, AT_MOST = 2, 100
DELETED_TOGETHER = timedelta(days=14)
routes = Routes()


@routes.add("GET", "/channels/{channel_id}/messages")
async def list_messages(call: Call) -> Answer:
    """List messages, newest first, `before`, `after` or `around` an id.

    Those after an id are the next ones to it. Ephemeral ones are in nobody's history.
    """
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    limit = call.query_integer("limit", 1, 100, 50)
    shown = [item for item in call.world.history(channel.id) if item.visible_to is None]
    query = call.request.query
    if "around" in query:
        middle = call.query_integer("around", 0, LAST_ID, 0)
        newer = [item for item in shown if int(item.id) > middle][-(limit // 2) :]
        older = [item for item in shown if int(item.id) <= middle]
        shown = [*newer, *older][:limit]
    elif "after" in query:
        after = call.query_integer("after", 0, LAST_ID, 0)
        shown = [item for item in shown if int(item.id) > after][-limit:]
    else:
        before = call.query_integer("before", 0, LAST_ID, LAST_ID)
        shown = [item for item in shown if int(item.id) < before][:limit]
    return Answer([_json(call, message) for message in shown])


@routes.add("POST", "/channels/{channel_id}/messages")
async def create_message(call: Call) -> Answer:
    """Post a message, at most once for a nonce with `enforce_nonce`."""
    channel = call.channel()
    _check_sending(call, channel)
    fields, uploads = await call.fields_and_uploads()
    body = read_body(fields, uploads)
    if channel.guild_id is not None and body.uploads:
        call.require_in(channel, Permission.ATTACH_FILES)
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
        if message.guild_id is None:
            raise ApiError(DIRECT_MESSAGE_OF_OTHERS)
        call.channel(Permission.MANAGE_MESSAGES)
    call.publish(call.core.postbox.delete(message))
    return NOTHING


@routes.add("POST", "/channels/{channel_id}/messages/bulk-delete")
async def delete_messages(call: Call) -> Answer:
    """Delete 2 to 100 messages, none of them older than two weeks; unknown ones count too."""
    channel = call.channel(Permission.MANAGE_MESSAGES)
    if channel.guild_id is None:
        raise ApiError(WRONG_CHANNEL_TYPE)
    form = await call.form()
    ids = form.snowflakes("messages") or []
    if not AT_LEAST <= len(ids) <= AT_MOST:
        form.errors.bad_length("messages", AT_LEAST, AT_MOST)
    if len(set(ids)) != len(ids):
        form.errors.add("messages", "SET_TYPE_CONTAINS_DUPLICATES", "Contains duplicates")
    form.check()
    oldest = snowflake_floor(call.world.now - DELETED_TOGETHER)
    if any(int(message_id) < oldest for message_id in ids):
        raise ApiError(TOO_OLD_TO_DELETE)
    kept = call.world.state.messages.get(channel.id, {})
    found = [kept[it] for it in ids if it in kept and kept[it].visible_to is None]
    guild = call.world.guild(channel.guild_id)
    entry = audit(
        call.world,
        guild,
        AuditAction.MESSAGE_BULK_DELETE,
        call.bot_id,
        channel.id,
        options={"count": str(len(found))},
        reason=call.reason,
    )
    call.publish([*call.core.postbox.delete_together(found), entry])
    return NOTHING


def _message(call: Call, permission: Permission = Permission.NONE) -> Message:
    channel = call.channel(permission)
    message = call.world.message(channel.id, call.id("message_id"))
    if message.visible_to is not None:
        raise ApiError(UNKNOWN_MESSAGE)
    return message


def _check_sending(call: Call, channel: Channel) -> None:
    if channel.guild_id is not None:
        call.require_in(channel, sending_in(channel))
        locked = channel.thread is not None and channel.thread.locked
        if locked and not call.held_in(channel) & Permission.MANAGE_THREADS:
            raise ApiError(THREAD_LOCKED)
        return
    person = call.world.user(channel.recipient_id or "")
    guilds = call.world.state.guilds.values()
    shared = any({person.id, call.bot_id} <= guild.members.keys() for guild in guilds)
    if person.bot or not shared or not person.open_to_messages:
        raise ApiError(CANNOT_MESSAGE_USER)


def _json(call: Call, message: Message) -> JsonObject:
    """Write a message; what others wrote is empty without MESSAGE_CONTENT, over REST too.

    Source: Gateway, Message Content Intent: it affects "fields across Discord's APIs".
    """
    shown = message_json(call.world, message, call.core.postbox.origin)
    own = call.bot_id in (message.author_id, *message.mention_ids)
    if own or message.guild_id is None or call.core.hub.approved & Intents.MESSAGE_CONTENT:
        return shown
    return without_content(shown)
